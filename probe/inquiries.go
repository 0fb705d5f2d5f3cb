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
// What a group asks follows from its own checks, as if they were the whole run, and
// from what it was answered before: [diagnose.Questions] of its part of the record.
// Three things are the run's:
//
//   - A follow-up that would do what one of another group does already, such as look
//     whether other providers answer, whether any name can be looked up, or what comes
//     in place of an empty page, is not made again. The event "shared" says whom its
//     answer serves as well.
//   - The one login more of a run goes to the group that is first to ask for it.
//   - There is a bound on the follow-ups of a round ([diagnose.Room]); what is shared
//     doesn't count.
type inquiries struct {
	asked map[string]*asked // by what they do
	made  [maxRounds + 1]int
	login *group // that had the one login more
}

// asked is a follow-up that a group has ordered.
type asked struct {
	check   stage.Check
	by      *group
	ended   bool
	waiting []*group // others that wait for it
}

// ask orders the follow-ups of a group's next round. asks is false where it has no
// question, and waits where all that it wants to know is known already.
func (r *run) ask(g *group) (asks, waits bool) {
	if r.opt.NoFollowUps || g.final || g.round == maxRounds {
		return false, false
	}
	rec := r.log.part(r.membersOf(g))
	if g.round == 0 && !troubled(rec) {
		return false, false // a healthy group raises no question
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

func troubled(rec *stage.Record) bool {
	for i := range rec.Checks {
		if rec.Checks[i].Troubled() {
			return true
		}
	}
	return false
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

// engage returns the jobs of follow-ups, those left out that were made beside the
// waiting, that somebody else makes, or that there is no room for. some is false where
// nothing is to be learnt by any. silent is what is waited for meanwhile. It needs the
// lock.
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

// serve lets a follow-up that the group has made serve further checks of it.
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

// note remembers a follow-up that serves the group.
func (g *group) note(c stage.Check) {
	if g.mine == nil {
		g.mine = make(map[string]int)
	}
	g.mine[diagnose.Alike(c)] = len(g.followUps)
	g.followUps = append(g.followUps, c)
}

// commission returns the job of a follow-up that nobody else makes.
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

// unused returns an id that no follow-up of the group has: those that were made beside
// the waiting had theirs from what was known then.
func (g *group) unused(id string) string {
	free := id
	for n := 2; slices.ContainsFunc(g.followUps, func(f stage.Check) bool { return f.ID == free }); n++ {
		free = fmt.Sprintf("%s#%d", id, n)
	}
	return free
}

// share lets another group's follow-up serve these checks of g as well.
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
