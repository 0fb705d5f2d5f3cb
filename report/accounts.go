package report

import (
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// owners returns, by Check.ID, the account that each check was made for, if the same
// server is checked for several people: protocol and address don't distinguish them.
func owners(rec *stage.Record) map[string]prose.Value {
	first := make(map[stage.Endpoint]int) // subject
	several := make(map[stage.Endpoint]bool)
	for _, c := range endpointChecks(rec) {
		e := c.Check.Endpoint
		if s, ok := first[e]; !ok {
			first[e] = c.Check.Subject
		} else if s != c.Check.Subject {
			several[e] = true
		}
	}
	out := make(map[string]prose.Value)
	for _, c := range endpointChecks(rec) {
		if s := rec.Subject(c); s != nil && several[c.Check.Endpoint] {
			out[c.Check.ID] = say.CellFor(prose.Data(s.Argument))
		}
	}
	return out
}
