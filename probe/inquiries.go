package probe

import (
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
	rec := r.log.part(r.members(g))
	if g.round == 0 && !troubled(rec) {
		return false, false // a healthy group raises no question
	}
	if r.over(g) {
		return false, false
	}
	g.round++
	var checks []stage.Check
	for _, q := range diagnose.Questions(rec) {
		if q.Check.Round == g.round {
			checks = append(checks, q.Check)
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

// order puts the follow-ups of a round into the queue, those left out that somebody
// else makes or that there is no room for.
func (r *run) order(g *group, checks []stage.Check) (some, waits bool) {
	r.mu.Lock()
	var jobs []queue.Job
	for i := range checks {
		c := &checks[i]
		a := r.asked[diagnose.Doing(*c)]
		switch {
		case a != nil && a.by != g:
			r.share(g, a, c.Parents)
			some = true
		case c.Kind == stage.KindLogin && r.login != nil && r.login != g, r.made[c.Round] >= diagnose.Room(len(r.plan.Checks)):
		default:
			jobs = append(jobs, r.commission(g, c))
			some = true
		}
	}
	g.left += len(jobs)
	waits = g.left > 0
	r.mu.Unlock()
	r.queue.AddNext(jobs...)
	return some, waits
}

// commission returns the job of a follow-up that nobody else makes.
func (r *run) commission(g *group, c *stage.Check) queue.Job {
	a := &asked{check: *c, by: g}
	if key := diagnose.Doing(*c); r.asked[key] == nil {
		r.asked[key] = a
	}
	if c.Kind == stage.KindLogin {
		r.login = g
	}
	r.made[c.Round]++
	g.followUps = append(g.followUps, *c)
	r.log.event(stage.Event{Type: stage.EventCheck, Check: c.ID, Ordered: c})
	return &task{run: r, check: c, group: g, asked: a}
}

// share lets another group's follow-up serve these checks of g as well.
func (r *run) share(g *group, a *asked, parents []string) {
	c := a.check
	c.Parents = parents
	g.followUps = append(g.followUps, c)
	r.log.event(stage.Event{Type: stage.EventShared, Check: c.ID, Parents: parents})
	if !a.ended {
		a.waiting = append(a.waiting, g)
		g.left++
	}
}
