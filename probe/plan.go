package probe

import (
	"fmt"
	"slices"

	"maildoctor/probe/stage"
)

// Target is whose mail is examined, and where.
type Target struct {
	Subject   stage.Subject
	Endpoints []PlannedEndpoint
}

// PlannedEndpoint is an endpoint and what its profile says of it.
type PlannedEndpoint struct {
	stage.Endpoint
	Optional bool
	Note     stage.NoteID   // id of the profile's note on it
	User     string         // user name here, where it is not the subject's
	UserForm stage.UserForm // how user names are formed here, where that is not the profile's way
	Public   bool           // a host of the embedded catalogue

	// Forgeable holds where whoever answers for the name servers could have named the
	// server: no password goes there (RFC 6186 6).
	Forgeable bool
}

// NewPlan lists the checks of a run: those endpoints of the targets whose
// protocol is wanted (none given: all), in the targets' order, each once.
func NewPlan(targets []Target, wanted []stage.Protocol) stage.Plan {
	var p stage.Plan
	for i, t := range targets {
		p.Subjects = append(p.Subjects, t.Subject)
		for _, e := range t.Endpoints {
			if len(wanted) > 0 && !slices.Contains(wanted, e.Protocol) {
				continue
			}
			p.Checks = append(p.Checks, stage.Check{
				Kind: stage.KindEndpoint, Subject: i, Endpoint: e.Endpoint,
				Optional: e.Optional, Note: e.Note, User: e.User, UserForm: e.UserForm, Public: e.Public, Forgeable: e.Forgeable,
			})
		}
	}
	nameChecks(p.Checks)
	groupChecks(p)
	return p
}

// nameChecks gives each check its id: protocol and port, the host where that
// is ambiguous, and a number where even that is.
func nameChecks(checks []stage.Check) {
	short := func(c stage.Check) string { return fmt.Sprintf("%s-%d", c.Endpoint.Protocol, c.Endpoint.Port) }
	long := func(c stage.Check) string { return short(c) + "@" + c.Endpoint.Host }
	uses := make(map[string]int)
	for _, c := range checks {
		uses[short(c)]++
	}
	seen := make(map[string]int)
	for i, c := range checks {
		id := short(c)
		if uses[id] > 1 {
			id = long(c)
		}
		seen[id]++
		if n := seen[id]; n > 1 {
			id = fmt.Sprintf("%s#%d", id, n)
		}
		checks[i].ID = id
	}
}
