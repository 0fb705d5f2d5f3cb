package probe

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/dial"
	"maildoctor/probe/queue"
	"maildoctor/probe/stage"
)

// groups are the groups of a run. Checks that share a host, an address or an account
// form one: what one of them met bears on the others. Hosts and accounts are known
// from the plan (see [NewPlan]); two groups that turn out to share an address before
// either has ended its part of the plan become one, and the stream says so.
//
// A group goes its way by itself: its checks of the plan, then up to two rounds of
// the follow-ups that its own checks give reason for, some of them while a server is
// silent, and then it has ended, whatever the others do.
type groups struct {
	mu        sync.Mutex
	base      context.Context
	running   int
	thinking  chan struct{} // has room for as many groups as can be thought about at a time
	allEnded  chan struct{}
	outOfTime bool              // a group was ended by its limit
	at        map[string]*group // by address of their hosts: the latest
	inquiries
}

// group is one of them.
type group struct {
	into      *group   // the one that it has become part of
	parts     []*group // that have become part of it
	checks    []int    // of the plan
	addresses []string
	followUps []stage.Check
	mine      map[string]int // places in followUps, by what is done

	quiet   map[*task]*silence // that others need not wait for
	mulling int                // it is being asked beside its waiting, so often
	stale   bool               // and something has happened meanwhile

	left  int  // checks of the round that have not ended, and mulling
	round int  // of follow-ups
	apart bool // its part of the plan has ended: nobody joins it any more
	final bool // nothing more is asked: the handshakes of other programs have been ordered

	begun  int       // checks that didn't go back into the queue
	start  time.Time // when the first of them began; zero before
	latest *group    // of its parts and itself, the one that began last; nil: itself
}

// form makes the groups of the plan, and a job for each of its checks.
func (r *run) form(ctx context.Context) []queue.Job {
	r.base, r.allEnded = ctx, make(chan struct{})
	r.thinking = make(chan struct{}, runtime.GOMAXPROCS(0))
	r.at, r.asked = make(map[string]*group), make(map[string]*asked)
	numbers := make(map[int]*group)
	tasks := make([]task, len(r.plan.Checks))
	jobs := make([]queue.Job, len(tasks))
	for i := range r.plan.Checks {
		c := &r.plan.Checks[i]
		g := numbers[c.Group]
		if g == nil {
			g = new(group)
			numbers[c.Group] = g
			r.running++
		}
		g.checks = append(g.checks, i)
		g.left++
		tasks[i] = task{run: r, check: c, group: g}
		jobs[i] = &tasks[i]
	}
	return jobs
}

// whole returns the group that a group is part of.
func (g *group) whole() *group {
	for g.into != nil {
		if g.into.into != nil {
			g.into = g.into.into // the way gets shorter each time
		}
		g = g.into
	}
	return g
}

// last returns that part of a group which began last: follow-ups are on its time.
func (g *group) last() *group {
	if g = g.whole(); g.latest != nil {
		return g.latest
	}
	return g
}

// begun returns the context of a task that begins. The time of its group begins with
// the first one.
func (r *run) begun(t *task) (context.Context, context.CancelFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := t.group
	if t.check.FollowUp() {
		return r.within(g.last())
	}
	g.begun++
	if g.start.IsZero() {
		g.start = time.Now()
		g.whole().latest = g
	}
	return r.within(g)
}

// within returns a context that ends with the time of a group. Each task has one of
// its own: groups by the thousand that wait need none.
func (r *run) within(g *group) (context.Context, context.CancelFunc) {
	return context.WithDeadlineCause(r.base, g.start.Add(r.opt.RunTimeout), errOutOfTime)
}

// wentBack says that a task is in the queue again, before it has dialled anybody.
// Where all of its group are, their time begins anew.
func (r *run) wentBack(t *task) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t.check.FollowUp() {
		return
	}
	if t.group.begun--; t.group.begun == 0 {
		t.group.start = time.Time{}
	}
}

// spent is how much of the time of two connect timeouts a group has used. One that
// began with the run, or soon after it, counts from there.
func (r *run) spent(g *group) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	start := g.last().start
	if start.Sub(r.log.start) <= r.opt.ConnectTimeout/2 {
		start = r.log.start
	}
	return time.Since(start)
}

// located says where the name of a check's host led. Groups that share an address are
// one from then on.
func (r *run) located(t *task, addresses []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range addresses {
		g := t.group.whole()
		other := r.at[a]
		if other != nil {
			other = other.whole()
		}
		switch {
		case other == g:
		case other == nil || other.apart:
			r.at[a] = g
			g.addresses = append(g.addresses, a)
		default:
			r.log.event(stage.Event{Type: stage.EventMerged, Check: t.check.ID, Merged: &stage.Merge{
				With: r.plan.Checks[other.checks[0]].ID, Address: a,
			}})
			r.join(g, other)
		}
	}
}

// join makes one group of two.
func (r *run) join(a, b *group) {
	if len(a.checks) > len(b.checks) {
		a, b = b, a
	}
	if x, y := a.last(), b.last(); x.start.After(y.start) {
		b.latest = x
	}
	a.into = b
	b.parts = append(append(b.parts, a), a.parts...)
	b.checks = append(b.checks, a.checks...)
	b.addresses = append(b.addresses, a.addresses...)
	b.left += a.left
	for _, c := range a.followUps {
		b.note(c)
	}
	for t, q := range a.quiet {
		b.quiet = quietly(b.quiet, t, q)
	}
	b.mulling, b.stale = a.mulling+b.mulling, a.stale || b.stale
	a.checks, a.parts, a.addresses, a.followUps, a.mine, a.quiet = nil, nil, nil, nil, nil, nil
	r.running--
}

// ended says that a task has ended, one way or another. Groups that have waited for it
// go on.
func (r *run) ended(t *task) {
	r.mu.Lock()
	waiting := []*group{t.group}
	if t.asked != nil {
		t.asked.ended = true
		waiting = append(waiting, t.asked.waiting...)
	}
	var ready []*group
	for _, g := range waiting {
		g = g.whole()
		if g.left--; g.left == 0 {
			g.apart = true
			ready = append(ready, g)
		} else {
			r.mull(g)
		}
	}
	r.mu.Unlock()
	for _, g := range ready {
		r.goOn(g)
	}
}

// goOn goes on with a group whose round has ended: to the next one, to the handshakes
// of other programs, or to its end.
func (r *run) goOn(g *group) {
	r.thinking <- struct{}{}
	defer func() { <-r.thinking }()
	for {
		switch asks, waits := r.ask(g); {
		case !asks && r.asPrograms(g):
			return
		case !asks:
			r.conclude(g)
			return
		case waits:
			return
		}
	}
}

// conclude ends a group.
func (r *run) conclude(g *group) {
	if r.log.tellsGroups() {
		rec := r.log.part(r.membersOf(g))
		r.log.group(rec, diagnose.Diagnose(rec))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, i := range g.checks {
		r.known.Delete(strings.ToLower(r.plan.Checks[i].Endpoint.Host))
	}
	for _, a := range g.addresses {
		if o := r.at[a]; o != nil && o.whole() == g {
			delete(r.at, a)
		}
	}
	g.checks, g.parts, g.addresses, g.followUps, g.mine, g.quiet = nil, nil, nil, nil, nil, nil
	if r.running--; r.running == 0 {
		close(r.allEnded)
	}
}

// membersOf is [run.members] for those who don't have the lock.
func (r *run) membersOf(g *group) []stage.Check {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.members(g)
}

// members returns the checks of a group: the plan's in its order, then the follow-ups.
// It needs the lock.
func (r *run) members(g *group) []stage.Check {
	slices.Sort(g.checks)
	all := make([]stage.Check, 0, len(g.checks)+len(g.followUps))
	for _, i := range g.checks {
		all = append(all, r.plan.Checks[i])
	}
	return append(all, g.followUps...)
}

// overrun notes that something was left undone since ctx has ended.
func (r *run) overrun(ctx context.Context) {
	if endState(ctx) != stage.RanOutOfTime {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outOfTime = true
}

// over reports whether the time of a group has ended, or that of the run, and notes
// that something was left undone since.
func (r *run) over(g *group) bool {
	r.mu.Lock()
	ctx, cancel := r.base, context.CancelFunc(func() {})
	if g = g.last(); !g.start.IsZero() { // else none of its checks has begun: the run has ended
		ctx, cancel = r.within(g)
	}
	r.mu.Unlock()
	defer cancel()
	if !dial.Over(ctx) {
		return false
	}
	r.overrun(ctx)
	return true
}
