package discover

import (
	"context"

	"maildoctor/probe/stage"
	"maildoctor/profiles"
)

// Known returns what a profile says about an address or a domain, in the form of what is
// published. Nobody is asked.
func Known(m profiles.Match) *Result {
	a := fromProfile(m.Profile, m.Address)
	s := stage.Source{ID: stage.SourceCatalogue, Domain: m.Domain, Outcome: a.outcome, Provider: m.Profile.Name, Settings: a.settings}
	if !m.Profile.Builtin {
		s.ID = stage.SourceOwn
	}
	return &Result{Address: m.Address, Domain: m.Domain, Sources: []stage.Source{s}}
}

// askOwn looks the domain up in the user's own profiles; nobody is asked.
func askOwn(_ context.Context, q *question) answer { return q.inCatalogue(false) }

// askCatalogue looks it up in those that the program has itself.
func askCatalogue(_ context.Context, q *question) answer { return q.inCatalogue(true) }

// inCatalogue returns what the profile of the domain says, where it comes from there.
// The user's own wins over the built-in one.
func (q *question) inCatalogue(builtin bool) answer {
	m, err := q.Catalogue.Find(q.whom())
	if err != nil || m.Profile == nil || m.Profile.Builtin != builtin {
		return absent
	}
	return fromProfile(m.Profile, q.address)
}

// fromProfile are the settings of a profile, for an address if there is one.
func fromProfile(p *profiles.Profile, address string) answer {
	if len(p.Endpoints) == 0 {
		return absent
	}
	a := answer{outcome: stage.SourceFound, provider: p.Name}
	for _, e := range p.Endpoints {
		a.settings = append(a.settings, stage.Setting{Endpoint: e.Endpoint, User: p.UserNameFor(e, address)})
	}
	return a
}
