package probe

import (
	"fmt"
	"slices"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/queue"
	"maildoctor/probe/stage"
)

// inquiries are the follow-ups of a run.
//
// The questions of a group follow from its own checks alone, and from earlier answers:
// [diagnose.Questions] of its part of the record. Three things apply to the whole run:
//
//   - A follow-up that another group makes already is not made again. Examples are
//     whether other providers answer, whether any name resolves, and what is returned
//     in place of an empty page. The event "shared" lists the further checks that its
//     answer serves.
//   - The run's one additional login goes to the first group that asks for it.
//   - The number of follow-ups per round is limited ([diagnose.Room]). Shared ones
//     don't count.
type inquiries struct {
	asked map[string]*asked // by what they do
	made  [maxRounds + 1]int
	login *group // the group that used the one additional login
}

// asked is a follow-up that a group ordered.
type asked struct {
	check   stage.Check
	by      *group
	ended   bool
	waiting []*group // other groups that wait for its result
}

// ask orders the follow-ups of a group's next round. asks is false if the group has no
// question; waits is false if all answers are already known.
func (r *run) ask(g *group) (asks, waits bool) {
	if r.opt.NoFollowUps || g.final || g.tried || g.round == maxRounds {
		return false, false
	}
	rec := r.log.part(r.membersOf(g))
	if g.round == 0 && !rec.Asks() {
		return false, false
	}
	if r.over(g) {
		return false, false
	}
	g.round++
	var checks []stage.Check
	for _, c := range diagnose.Raised(rec) {
		if c.Round == g.round {
			checks = append(checks, c)
		}
	}
	return r.order(g, checks)
}

// order puts the follow-ups of a round into the queue.
func (r *run) order(g *group, checks []stage.Check) (some, waits bool) {
	r.mu.Lock()
	jobs, some := r.engage(g, checks, nil)
	waits = g.left > 0
	r.mu.Unlock()
	r.queue.AddNext(jobs...)
	return some, waits
}

// engage returns the jobs of the follow-ups that have to be made. It leaves out those
// already made during a wait, those that another group makes, and those beyond the
// bound. some is false if none of the follow-ups yields anything new. silent are the
// stages waited for meanwhile. The caller must hold the lock.
func (r *run) engage(g *group, checks []stage.Check, silent []*silence) (jobs []queue.Job, some bool) {
	for i := range checks {
		c := &checks[i]
		if at, ok := g.mine[diagnose.Alike(*c)]; ok {
			r.serve(&g.followUps[at], c.Parents)
			continue
		}
		a := r.asked[diagnose.Doing(*c)]
		switch {
		case a != nil && a.by.whole() != g:
			r.share(g, a, c.Parents)
			some = true
		case c.Kind == stage.KindLogin && r.login != nil && r.login.whole() != g, r.made[c.Round] >= diagnose.Room(len(r.plan.Checks)):
		default:
			jobs = append(jobs, r.commission(g, c, silent))
			some = true
		}
	}
	g.left += len(jobs)
	return jobs, some
}

// serve adds parents to a follow-up that the group has already made.
func (r *run) serve(f *stage.Check, parents []string) {
	var more []string
	for _, p := range parents {
		if !slices.Contains(f.Parents, p) {
			more = append(more, p)
		}
	}
	if len(more) > 0 {
		f.Parents = append(slices.Clone(f.Parents), more...)
		r.log.event(stage.Event{Type: stage.EventShared, Check: f.ID, Parents: more})
	}
}

// note records a follow-up as one for the group.
func (g *group) note(c stage.Check) {
	if g.mine == nil {
		g.mine = make(map[string]int)
	}
	g.mine[diagnose.Alike(c)] = len(g.followUps)
	g.followUps = append(g.followUps, c)
}

// commission returns the job of a new follow-up.
func (r *run) commission(g *group, c *stage.Check, silent []*silence) queue.Job {
	c.ID = g.unused(c.ID)
	a := &asked{check: *c, by: g}
	if key := diagnose.Doing(*c); r.asked[key] == nil {
		r.asked[key] = a
	}
	if c.Kind == stage.KindLogin {
		r.login = g
	}
	r.made[c.Round]++
	g.note(*c)
	r.log.event(stage.Event{Type: stage.EventCheck, Check: c.ID, Ordered: c})
	return &task{run: r, check: c, group: g, asked: a, aside: asideOf(*c, silent)}
}

// unused returns an id that no follow-up of the group has. Ids of follow-ups made
// during a wait were assigned separately, so that the next ones may collide.
func (g *group) unused(id string) string {
	free := id
	for n := 2; slices.ContainsFunc(g.followUps, func(f stage.Check) bool { return f.ID == free }); n++ {
		free = fmt.Sprintf("%s#%d", id, n)
	}
	return free
}

// share makes another group's follow-up serve these checks of g as well.
func (r *run) share(g *group, a *asked, parents []string) {
	c := a.check
	c.Parents = parents
	g.note(c)
	r.log.event(stage.Event{Type: stage.EventShared, Check: c.ID, Parents: parents})
	if !a.ended {
		a.waiting = append(a.waiting, g)
		g.left++
	}
}
