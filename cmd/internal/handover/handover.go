// Package handover puts together the settings that are handed over to a program, with
// what there is to know of them: of a profile, of what is published, of a run.
package handover

import (
	"cmp"
	"slices"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles/discover"
	"maildoctor/profiles/export"
)

// Settings are settings to hand over.
type Settings struct {
	export.Settings
	Notes []Note
}

// Note is something to know about them.
type Note struct {
	Said    prose.Value
	Server  stage.Endpoint // that it is about; the zero Endpoint: all
	Caution bool           // something may be wrong with using them
}

// Note adds what is to be known of all servers.
func (e *Settings) Note(said ...prose.Value) {
	for _, v := range said {
		e.Notes = append(e.Notes, Note{Said: v})
	}
}

// caution adds what may be wrong with a server.
func (e *Settings) caution(v stage.Endpoint, said prose.Value) {
	e.Notes = append(e.Notes, Note{said, v, true})
}

// add adds a server with what has to be said about it.
func (e *Settings) add(v export.Server) {
	e.Servers = append(e.Servers, v)
	host := prose.Data(v.Host)
	switch v.Security {
	case stage.None:
		e.caution(v.Endpoint, say.ExportCleartext(host))
	case stage.StartTLSIfOffered:
		e.Notes = append(e.Notes, Note{Said: say.ExportIfOffered(host), Server: v.Endpoint})
	}
	if v.Token {
		e.caution(v.Endpoint, say.ExportToken(host))
	}
}

// Keep leaves out the servers that are not in a result.
func (e *Settings) Keep(r *discover.Result) {
	e.Servers = slices.DeleteFunc(e.Servers, func(v export.Server) bool {
		return !slices.ContainsFunc(r.Candidates(), func(c discover.Candidate) bool { return c.Endpoint == v.Endpoint })
	})
}

// Named gives every server the user name that was typed.
func (e *Settings) Named(user string) {
	for i := range e.Servers {
		e.Servers[i].User = cmp.Or(user, e.Servers[i].User)
	}
}
