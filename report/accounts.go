package report

import (
	"maildoctor/probe/stage"
)

// wordsFor says whose account a connection was made for.
const wordsFor = "for {argument}"

// owners says whom each check was made for, by Check.ID, where the same server
// is examined for several people: protocol and address then tell nothing apart.
func owners(rec *stage.Record) map[string]string {
	subjects := make(map[stage.Endpoint]map[int]bool)
	for _, c := range endpointChecks(rec) {
		e := c.Check.Endpoint
		if subjects[e] == nil {
			subjects[e] = make(map[int]bool)
		}
		subjects[e][c.Check.Subject] = true
	}
	out := make(map[string]string)
	for _, c := range endpointChecks(rec) {
		if s := rec.Subject(c); s != nil && len(subjects[c.Check.Endpoint]) > 1 {
			out[c.Check.ID] = say(wordsFor, "argument", s.Argument)
		}
	}
	return out
}
