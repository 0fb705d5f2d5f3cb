package probe

import (
	"maildoctor/probe/diagnose"
	"maildoctor/probe/stage"
)

// A run may go on with an earlier one that ended before all was examined. What the
// earlier stream says of groups that had ended is taken over into the record and the
// sinks, and their checks are not made again.

// takeOver takes over what the earlier run has examined. It must be called before the
// groups are formed.
func (r *run) takeOver() error {
	e := r.opt.Earlier
	if e == nil {
		return nil
	}
	checks := make(map[string]stage.Check)
	for _, c := range r.plan.Checks {
		if e.Wronged[c.ID] {
			r.logins.wrong.first(r.logins.book.Login(c, nil))
		}
		if e.Checks[c.ID] {
			checks[c.ID] = c
		}
	}
	var ordered []stage.Check
	err := e.Events(func(event stage.Event) error {
		if event.Type == stage.EventCheck {
			checks[event.Check] = *event.Ordered
			ordered = append(ordered, *event.Ordered)
		}
		r.log.takes(event)
		if event.Type == stage.EventDone {
			r.log.closed(checks[event.Check])
		}
		return nil
	})
	if err == nil {
		r.remember(e.Groups, ordered)
	}
	return err
}

// remember makes what the follow-ups have found known to the groups that are still to
// come, and passes the groups to the sinks.
func (r *run) remember(groupOf map[string]int, ordered []stage.Check) {
	groups := make(map[int]*group)
	var order []*group
	for i, c := range r.plan.Checks {
		if !r.opt.Earlier.Checks[c.ID] {
			continue
		}
		g := groups[groupOf[c.ID]]
		if g == nil {
			g = new(group)
			groups[groupOf[c.ID]] = g
			order = append(order, g)
		}
		g.checks = append(g.checks, i)
	}
	for _, c := range ordered {
		if c.Repeats() {
			continue
		}
		seen := make(map[*group]bool)
		for _, p := range c.Parents {
			if g := groups[groupOf[p]]; g != nil && !seen[g] {
				seen[g] = true
				g.followUps = append(g.followUps, c)
			}
		}
		r.alreadyAsked(groups[groupOf[c.Parents[0]]], c)
	}
	if !r.log.tellsGroups() {
		return
	}
	for _, g := range order {
		rec := r.log.part(r.members(g))
		r.log.group(rec, diagnose.Diagnose(rec))
	}
}

// alreadyAsked notes a follow-up of the earlier run, so that it is not made again.
func (r *run) alreadyAsked(by *group, c stage.Check) {
	a := &asked{check: c, by: by, ended: true}
	switch {
	case c.Kind == stage.KindPublished:
		r.published[c.Endpoint.Host] = a
	case c.FollowUp() && !c.Kind.Trial() && c.Kind != stage.KindProgram:
		r.asked[diagnose.Doing(c)] = a
		r.made[c.Round]++
		if c.Kind == stage.KindLogin {
			r.login = by
		}
	}
}
