package handover

import (
	"cmp"
	"slices"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/discover"
	"maildoctor/profiles/export"
	"maildoctor/profiles/published"
)

// FromProfile are the settings that a profile has; from says where it has them from.
func FromProfile(m profiles.Match, from prose.Value) Settings {
	p := m.Profile
	e := Settings{Settings: export.Settings{Address: m.Address, Domain: m.Domain}}
	if e.Domain == "" && len(p.Domains) > 0 {
		e.Domain = p.Domains[0]
	}
	e.Note(from)
	token := slices.ContainsFunc(p.Notes, func(n profiles.Note) bool { return n.ID == stage.NoteOAuthOnly })
	for _, optional := range []bool{false, true} { // people are sent first to what the provider stands by
		for _, protocol := range order {
			for _, v := range p.Endpoints {
				if v.Protocol != protocol || v.Optional != optional {
					continue
				}
				user := p.UserNameFor(v, m.Address)
				if m.Address == "" {
					user = templates[cmp.Or(v.UserForm, p.UserForm)]
				}
				e.add(export.Server{Endpoint: v.Endpoint, User: user, Token: token})
			}
		}
	}
	return e
}

// order is the one in which a program is given what a provider offers alike.
var order = []stage.Protocol{stage.IMAP, stage.POP3, stage.SMTP}

// templates are the user names of accounts that nobody has named.
var templates = map[stage.UserForm]string{stage.FullAddress: published.FullAddress, stage.LocalPart: published.LocalPart}

// Published is what a caller concludes from what is published.
type Published struct {
	Best      []discover.Candidate // the first of each protocol
	Said      []prose.Value        // of the sources
	Forgeable func(discover.Candidate) bool
}

// FromPublished are the settings that are published.
func FromPublished(r *discover.Result, p Published) Settings {
	e := Settings{Settings: export.Settings{Address: r.Address, Domain: r.Domain}}
	for _, v := range p.Said {
		unsafe := v.ID() == say.DiscoveryUnsafe(v).ID() || v.ID() == say.DiscoveryGuessed(v).ID()
		e.Notes = append(e.Notes, Note{Said: v, Caution: unsafe})
	}
	for _, c := range p.Best {
		user := cmp.Or(c.User, r.Address) // as check logs in
		if r.Address == "" {
			user = cmp.Or(c.User, published.FullAddress)
		}
		e.add(export.Server{Endpoint: c.Endpoint, User: user, Token: tokenAlone(c.Mechanisms)})
		if p.Forgeable(c) {
			e.caution(c.Endpoint, say.ExportForgeable(prose.Data(c.Host), prose.Data(r.Domain)))
		}
	}
	return e
}

// tokenAlone reports whether a source wants OAuth2 and names nothing else.
func tokenAlone(mechanisms []string) bool {
	return len(mechanisms) > 0 && !slices.ContainsFunc(mechanisms, func(m string) bool { return m != string(published.OAuth2Token) })
}
