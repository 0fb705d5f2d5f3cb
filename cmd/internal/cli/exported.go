package cli

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

// exportKnown are the settings that a profile has.
func exportKnown(m profiles.Match) exported {
	p := m.Profile
	e := exported{Settings: export.Settings{Address: m.Address, Domain: m.Domain}}
	if e.Domain == "" && len(p.Domains) > 0 {
		e.Domain = p.Domains[0]
	}
	e.note(say.ShownFrom(prose.Data(p.Source.Title), when(p.Source)))
	token := slices.ContainsFunc(p.Notes, func(n profiles.Note) bool { return n.ID == stage.NoteOAuthOnly })
	for _, optional := range []bool{false, true} { // people are sent first to what the provider stands by
		for _, protocol := range exportOrder {
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

// exportOrder is the one in which a program is given what a provider offers alike.
var exportOrder = []stage.Protocol{stage.IMAP, stage.POP3, stage.SMTP}

// templates are the user names of accounts that nobody has named.
var templates = map[stage.UserForm]string{stage.FullAddress: published.FullAddress, stage.LocalPart: published.LocalPart}

// exportFound are the settings that are published.
func exportFound(r *discover.Result) exported {
	e := exported{Settings: export.Settings{Address: r.Address, Domain: r.Domain}}
	for _, v := range discovered(r) {
		unsafe := v.ID() == say.DiscoveryUnsafe(v).ID() || v.ID() == say.DiscoveryGuessed(v).ID()
		e.notes = append(e.notes, exportNote{said: v, caution: unsafe})
	}
	for _, c := range best(r) {
		user := cmp.Or(c.User, r.Address) // as check logs in
		if r.Address == "" {
			user = cmp.Or(c.User, published.FullAddress)
		}
		e.add(export.Server{Endpoint: c.Endpoint, User: user, Token: tokenAlone(c.Mechanisms)})
		if forgeable(c, r.Domain) {
			e.caution(c.Endpoint, say.ExportForgeable(prose.Data(c.Host), prose.Data(r.Domain)))
		}
	}
	return e
}

// tokenAlone reports whether a source wants OAuth2 and names nothing else.
func tokenAlone(mechanisms []string) bool {
	return len(mechanisms) > 0 && !slices.ContainsFunc(mechanisms, func(m string) bool { return m != string(published.OAuth2Token) })
}

// keep leaves out the servers that are not in a result.
func (e *exported) keep(r *discover.Result) {
	e.Servers = slices.DeleteFunc(e.Servers, func(v export.Server) bool {
		return !slices.ContainsFunc(r.Candidates(), func(c discover.Candidate) bool { return c.Endpoint == v.Endpoint })
	})
}

// add adds a server with what has to be said about it.
func (e *exported) add(v export.Server) {
	e.Servers = append(e.Servers, v)
	host := prose.Data(v.Host)
	switch v.Security {
	case stage.None:
		e.caution(v.Endpoint, say.ExportCleartext(host))
	case stage.StartTLSIfOffered:
		e.notes = append(e.notes, exportNote{said: say.ExportIfOffered(host), server: v.Endpoint})
	}
	if v.Token {
		e.caution(v.Endpoint, say.ExportToken(host))
	}
}

// named gives every server the user name that was typed.
func (e *exported) named(user string) {
	for i := range e.Servers {
		e.Servers[i].User = cmp.Or(user, e.Servers[i].User)
	}
}
