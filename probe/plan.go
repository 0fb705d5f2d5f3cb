package probe

import (
	"fmt"
	"slices"

	"maildoctor/probe/stage"
)

// Target says whose mail is examined, and on which endpoints.
type Target struct {
	Subject   stage.Subject
	Endpoints []PlannedEndpoint
}

// PlannedEndpoint is an endpoint with what its profile says about it.
type PlannedEndpoint struct {
	stage.Endpoint
	Optional bool
	Note     stage.NoteID   // id of the profile's note about it
	User     string         // user name to use here, if not the subject's
	UserForm stage.UserForm // how user names are formed here, if not in the profile's way
	Public   bool           // the host is in the embedded catalogue

	// Forgeable is set if the server's name may come from a forged DNS answer. No
	// password is sent there (RFC 6186 6).
	Forgeable bool
}

// NewPlan returns the plan for the endpoints of the targets, in their order and without
// duplicates. Only endpoints of the wanted protocols are included; with none given, all
// are.
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

// nameChecks gives each check its id: protocol and port, then the host if that is
// ambiguous, then a number if it still is.
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
