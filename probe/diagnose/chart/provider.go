package chart

import (
	"slices"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// provider returns the profile of the server's operator: the subject's own or, if
// that isn't in the catalogue, that of the catalogue's provider with this server. It
// ignores that provider if the provider has other servers for the address.
func (k *Exam) provider() *stage.Profile {
	own := k.Subject.Profile
	if own != nil && (own.Builtin || len(own.Notes) > 0) {
		return own
	}
	if len(k.Subject.Own) > 0 {
		return own // the account is at other servers, so this profile doesn't apply to it
	}
	for _, p := range k.Subject.Servers {
		if slices.ContainsFunc(p.Endpoints, func(e stage.Endpoint) bool { return strings.EqualFold(e.Host, k.Host()) }) {
			return p
		}
	}
	return own
}

// Note returns a note of the provider's, and the name of that provider. If the
// provider isn't known, the owner of a web page in the server's reply stands in.
func (k *Exam) Note(id stage.NoteID) (n stage.Note, whose prose.Value, ok bool) {
	if p := k.provider(); p != nil {
		n, ok = p.Note(id)
		return n, prose.Data(p.Name), ok
	}
	if l := k.Login.Provider; l != nil {
		n, ok = l.Note(id)
		return n, prose.Data(l.Name), ok
	}
	return n, whose, false
}

// Quote returns the text of a note with its source: the provider's page or, if
// somebody else compiled it, that.
func Quote(whose prose.Value, n stage.Note) prose.Value {
	if n.By != "" {
		return say.CompiledSays(prose.Data(n.By), prose.Data(n.Text))
	}
	return say.PageSays(whose, prose.Data(n.Text))
}

// ProviderKnown reports whether a profile names the operator of at least some of a
// run's servers. It is worked out once for all groups of a run.
func ProviderKnown(rec *stage.Record) bool {
	return rec.OfPlan(providerOfPlan{}, func() any {
		subjects := rec.Header.Plan.Subjects
		for i := range subjects {
			if subjects[i].Profile != nil {
				return true
			}
		}
		return false
	}).(bool)
}

type providerOfPlan struct{}

// Party returns the term for the servers' operator that is used throughout a run.
func (k *Exam) Party() prose.Value { return party(!k.unnamed) }

// PartyOf returns that term for a record.
func PartyOf(rec *stage.Record) prose.Value { return party(ProviderKnown(rec)) }

func party(known bool) prose.Value {
	if known {
		return say.YourProvider()
	}
	return say.TheOperator()
}

// ProviderName returns the provider's name, or a general term for it.
func (k *Exam) ProviderName() prose.Value {
	if p := k.provider(); p != nil && p.Name != "" {
		return prose.Data(p.Name)
	}
	return k.Party()
}
