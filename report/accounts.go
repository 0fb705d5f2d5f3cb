package report

import (
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// owners says whom each check was made for, by Check.ID, where the same server
// is examined for several people: protocol and address then tell nothing apart.
func owners(rec *stage.Record) map[string]prose.Value {
	subjects := make(map[stage.Endpoint]map[int]bool)
	for _, c := range endpointChecks(rec) {
		e := c.Check.Endpoint
		if subjects[e] == nil {
			subjects[e] = make(map[int]bool)
		}
		subjects[e][c.Check.Subject] = true
	}
	out := make(map[string]prose.Value)
	for _, c := range endpointChecks(rec) {
		if s := rec.Subject(c); s != nil && len(subjects[c.Check.Endpoint]) > 1 {
			out[c.Check.ID] = say.CellFor(prose.Data(s.Argument))
		}
	}
	return out
}
