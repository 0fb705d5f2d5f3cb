package probe

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/queue"
	"maildoctor/probe/stage"
)

// groups are the groups of a run. Checks that share a host, an address or an account
// form one, because what one of them finds bears on the others. Hosts and accounts are
// known from the plan (see [NewPlan]). Two groups found to share an address are merged
// if neither has ended its part of the plan, and an event records it.
//
// Each group proceeds independently: first its checks of the plan, then up to two
// rounds of follow-ups that its own checks call for, some of them while a server is
// silent.
type groups struct {
	mu        sync.Mutex
	base      context.Context
	running   int
	thinking  chan struct{} // semaphore: limits how many groups are diagnosed at a time
	allEnded  chan struct{}
	outOfTime bool              // a group ended because of its time limit
	at        map[string]*group // the latest group by address of its hosts
	inquiries
	published map[string]*asked // trials of what is published, by domain
}

// group is one group of checks.
type group struct {
	into      *group   // the group that it was merged into
	parts     []*group // groups merged into it
	checks    []int    // indexes into the plan's checks
	addresses []string
	followUps []stage.Check
	mine      map[string]int // index into followUps, by what the follow-up does

	quiet   map[*task]*silence // tasks that the others need not wait for
	mulling int                // number of calls of mullOver in progress
	stale   bool               // something has happened during mullOver

	left  int  // checks of the round that have not ended, plus mulling
	round int  // current round of follow-ups
	apart bool // its part of the plan has ended: no group may be merged into it
	final bool // no more questions are asked: the handshakes as other programs have been ordered
	tried bool // likewise: the trials of what the plan's file expects have been ordered

	again  time.Time // when the latest further try of a check started, or zero
	begun  int       // checks that started and didn't go back into the queue
	start  time.Time // start of the first of them, or zero
	latest *group    // the part of the group, or the group itself, that started last; nil: itself
}

func newGroups() groups {
	return groups{
		allEnded: make(chan struct{}), thinking: make(chan struct{}, runtime.GOMAXPROCS(0)),
		at: make(map[string]*group), published: make(map[string]*asked), inquiries: inquiries{asked: make(map[string]*asked)},
	}
}

// form creates the groups of the plan, and a job for each of its checks.
func (r *run) form(ctx context.Context) []queue.Job {
	r.base = ctx
	numbers := make(map[int]*group)
	tasks := make([]task, len(r.plan.Checks))
	jobs := make([]queue.Job, 0, len(tasks))
	for i := range r.plan.Checks {
		c := &r.plan.Checks[i]
		if r.opt.Earlier != nil && r.opt.Earlier.Checks[c.ID] {
			continue
		}
		g := numbers[c.Group]
		if g == nil {
			g = new(group)
			numbers[c.Group] = g
			r.running++
		}
		g.checks = append(g.checks, i)
		g.left++
		tasks[i] = task{run: r, check: c, group: g}
		jobs = append(jobs, &tasks[i])
	}
	return jobs
}

// whole returns the group that g is now part of.
func (g *group) whole() *group {
	for g.into != nil {
		if g.into.into != nil {
			g.into = g.into.into // path compression
		}
		g = g.into
	}
	return g
}

// last returns the part of a group that started last. Follow-ups use its time limit.
func (g *group) last() *group {
	if g = g.whole(); g.latest != nil {
		return g.latest
	}
	return g
}

// begun returns the context of a starting task. The first task starts the time limit of
// the group.
func (r *run) begun(t *task) (context.Context, context.CancelFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := t.group
	if t.check.FollowUp() {
		return r.within(g.last())
	}
	if t.check.Repeats() {
		g.whole().again = time.Now()
	}
	g.begun++
	if g.start.IsZero() {
		g.start = time.Now()
		g.whole().latest = g
	}
	return r.within(g)
}

// within returns a context that ends at the group's time limit. There is one per task,
// so that thousands of waiting groups need none.
func (r *run) within(g *group) (context.Context, context.CancelFunc) {
	return context.WithDeadlineCause(r.base, g.start.Add(r.opt.RunTimeout), errOutOfTime)
}

// wentBack records that a task has gone back into the queue before dialling. When none
// of the group's tasks remain started, its time limit starts afresh.
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

// spent returns how much of the time of two connect timeouts a group has used. For a
// group that started with the run, or soon after, the time counts from the run's start.
func (r *run) spent(g *group) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	start := g.last().start
	if tried := g.whole().again; tried.After(start) {
		return time.Since(tried)
	}
	if start.Sub(r.log.start) <= r.opt.ConnectTimeout/2 {
		start = r.log.start
	}
	return time.Since(start)
}

// located records the addresses of a check's host. Groups that share an address are
// merged.
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

// join merges two groups.
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
	if a.again.After(b.again) {
		b.again = a.again
	}
	b.mulling, b.stale = a.mulling+b.mulling, a.stale || b.stale
	a.checks, a.parts, a.addresses, a.followUps, a.mine, a.quiet = nil, nil, nil, nil, nil, nil
	r.running--
}

// ended records that a task has ended, for whatever reason. Groups waiting for it
// continue.
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

// goOn continues with a group whose round has ended: with the next round, with the
// handshakes as other programs, or by ending the group.
func (r *run) goOn(g *group) {
	r.thinking <- struct{}{}
	defer func() { <-r.thinking }()
	for {
		switch asks, waits := r.ask(g); {
		case !asks && (r.asExpected(g) || r.asPrograms(g)):
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
	if r.stateOf(g) == stage.Complete {
		ids := make([]string, len(g.checks))
		for n, i := range g.checks {
			ids[n] = r.plan.Checks[i].ID
		}
		r.log.concluded(ids)
	}
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

// membersOf is [run.members] for callers that don't hold the lock.
func (r *run) membersOf(g *group) []stage.Check {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.members(g)
}

// members returns the checks of a group: those of the plan in its order, then the
// follow-ups. The caller must hold the lock.
func (r *run) members(g *group) []stage.Check {
	slices.Sort(g.checks)
	all := make([]stage.Check, 0, len(g.checks)+len(g.followUps))
	for _, i := range g.checks {
		all = append(all, r.plan.Checks[i])
	}
	return append(all, g.followUps...)
}

// overrun records that something was left undone because ctx ended.
func (r *run) overrun(ctx context.Context) {
	if endState(ctx) != stage.RanOutOfTime {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outOfTime = true
}

// over reports whether the group's time limit, or the run, has ended. If so, it records
// that something was left undone.
func (r *run) over(g *group) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	state := r.stateOf(g)
	r.outOfTime = r.outOfTime || state == stage.RanOutOfTime
	return state != stage.Complete
}

// stateOf returns how the group's time ended: [stage.Complete] if it hasn't. The caller
// must hold the lock.
func (r *run) stateOf(g *group) stage.EndState {
	if g = g.last(); g.start.IsZero() { // none of its checks has started, because the run ended
		return endState(r.base)
	}
	ctx, cancel := r.within(g)
	defer cancel()
	return endState(ctx)
}
