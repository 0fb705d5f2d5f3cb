package probe

import (
	"context"
	"slices"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/queue"
	"maildoctor/probe/stage"
)

// Questions beside the waiting. A server that takes a connection and stays silent is
// waited for until its stage's limit. When all checks of a group have ended or are
// silent, what would be asked if those stages ended so is asked at once
// ([diagnose.Beside]); what came of it is there when they have ended.
//
// Where nothing else of the group has failed, the server may be well, and slow to greet
// or to answer: then it is not dialled again before as much time is left as follow-ups
// take. To a ClientHello nobody who is well is slow to answer.

// awaited says that a server is waited for from now on.
func (r *run) awaited(q *silence) {
	r.mu.Lock()
	defer r.mu.Unlock()
	q.since = time.Now()
	q.times++
	n := q.times
	q.timer = time.AfterFunc(silentAfter, func() { r.quiet(q, n, q.stage == stage.Handshake || q.task.check.FollowUp()) })
	if last := q.end.Sub(q.since) - r.opt.ConnectTimeout; last > silentAfter {
		q.late = time.AfterFunc(last, func() { r.quiet(q, n, true) })
	} else {
		q.sure = true
	}
}

// quiet says that the server has been silent for a while, since it was waited for the
// n-th time.
func (r *run) quiet(q *silence, n int, sure bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if q.times != n {
		return
	}
	q.sure = q.sure || sure
	r.rests(q)
}

// rests puts a task among those of its group that others need not wait for.
func (r *run) rests(q *silence) {
	g := q.task.group.whole()
	g.quiet = quietly(g.quiet, q.task, q)
	r.mull(g)
}

func quietly(all map[*task]*silence, t *task, q *silence) map[*task]*silence {
	if all == nil {
		all = make(map[*task]*silence)
	}
	all[t] = q
	return all
}

// stirs says that the server has spoken, or is no longer waited for.
func (r *run) stirs(q *silence) {
	r.mu.Lock()
	defer r.mu.Unlock()
	q.times++
	for _, t := range []*time.Timer{q.timer, q.late} {
		if t != nil {
			t.Stop()
		}
	}
	if g := q.task.group.whole(); g.quiet[q.task] == q {
		delete(g.quiet, q.task)
	}
}

// mull has a group asked beside its waiting, if nothing else goes on in it.
func (r *run) mull(g *group) {
	switch {
	case r.opt.NoFollowUps || len(g.quiet) == 0:
	case g.mulling > 0:
		g.stale = true
	case g.left == len(g.quiet):
		g.mulling++
		g.left++ // nobody goes on with the group meanwhile
		go r.mullOver(g)
	}
}

// mullOver asks what a group wants to know beside its waiting.
func (r *run) mullOver(g *group) {
	r.thinking <- struct{}{}
	jobs := r.beside(g)
	<-r.thinking
	r.mu.Lock()
	g = g.whole()
	g.mulling--
	g.left--
	ready := g.left == 0
	switch {
	case ready:
		g.apart = true
	case g.stale && g.mulling == 0:
		g.stale = false
		r.mull(g)
	}
	r.mu.Unlock()
	r.queue.AddNext(jobs...)
	if ready {
		r.goOn(g)
	}
}

// beside returns the jobs of the follow-ups that a group orders beside its waiting.
func (r *run) beside(g *group) []queue.Job {
	if r.over(g) {
		return nil
	}
	rec, silent := r.supposed(g)
	if rec == nil {
		return nil
	}
	checks := diagnose.Beside(rec)
	r.mu.Lock()
	defer r.mu.Unlock()
	g = g.whole()
	for _, q := range silent {
		if g.quiet[q.task] != q {
			g.stale = true // somebody has spoken meanwhile
			return nil
		}
	}
	jobs, _ := r.engage(g, checks, silent)
	return jobs
}

// supposed returns the record of a group as it would be if those of its stages ended
// now in which nothing has come; none where they may be well.
func (r *run) supposed(g *group) (*stage.Record, []*silence) {
	r.mu.Lock()
	members := r.members(g.whole())
	var silent []*silence
	var of []stage.Silence
	sure := false
	for t, q := range g.whole().quiet {
		if q.stage == "" {
			continue
		}
		silent, sure = append(silent, q), sure || q.sure
		of = append(of, stage.Silence{Check: t.check.ID, Stage: q.stage, For: stage.Ms(time.Since(q.since))})
	}
	r.mu.Unlock()
	rec := r.log.part(members)
	if len(silent) == 0 || !sure && !stuck(rec) {
		return nil, nil
	}
	return rec.Supposing(of), silent
}

// stuck reports whether a check of the plan has failed on the way to the login.
func stuck(rec *stage.Record) bool {
	return slices.ContainsFunc(rec.Checks, func(c stage.CheckRecord) bool {
		f := c.Failed()
		return f != nil && !c.Check.FollowUp() && f.Stage.Rank() < stage.Capabilities.Rank()
	})
}

// aside is the silence beside which a follow-up is made.
type aside struct {
	of    []*silence
	until time.Time // when it ends, and a moment more for those who speak
	same  bool      // the follow-up talks to who is silent
}

// afterwards is how long who is silent may take, once the first connection has ended,
// to come to the next: there are servers that serve one client after the other. It is
// some round trips of a connection that took so long to be made.
func afterwards(connect time.Duration) time.Duration {
	return min(max(10*connect, 250*time.Millisecond), time.Second)
}

// asideOf returns what of some silence gave reason for a follow-up.
func asideOf(c stage.Check, silent []*silence) aside {
	var a aside
	for _, q := range silent {
		if !slices.Contains(c.Parents, q.task.check.ID) {
			continue
		}
		a.of = append(a.of, q)
		a.same = a.same || q.task.check.Endpoint.Address() == c.Endpoint.Address()
		end := q.end
		if c.Kind != stage.KindGreeting { // who says nothing is not to be in the way of those who do
			end = end.Add(afterwards(q.connect))
		}
		if end.After(a.until) {
			a.until = end
		}
	}
	return a
}

// limit is how long a stage of the follow-up may take: no longer than the silence. Who
// is asked another thing while it is silent may have to end the first one before.
func (a aside) limit(usual time.Duration) time.Duration {
	if len(a.of) == 0 {
		return usual
	}
	left := max(time.Until(a.until), afterwards(0))
	if a.same {
		return left
	}
	return min(usual, left)
}

// settle ends the waiting for who has said another thing meanwhile, so that there is
// nothing more to come: in the stage itself, and in what was asked beside it.
func (r *run) settle(t *task) {
	if !t.aside.same || !diagnose.Settles(r.log.check(*t.check)) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, q := range t.aside.of {
		q.settled = true
		for _, end := range q.ends {
			end()
		}
		q.ends = nil
	}
}

// endsBy ends a stage as soon as it is settled that nothing comes: the silence's own, or
// one of a follow-up that was asked beside it.
func (r *run) endsBy(q *silence, end context.CancelFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if q.settled {
		end()
		return
	}
	q.ends = append(q.ends, end)
}

// needed waits, before a login, until it is known whether the stages have failed beside
// which the check was asked: a password is not for those who only wonder. It reports
// whether one has.
func (s *session) needed(ctx context.Context) bool {
	of := s.task.aside.of
	if len(of) == 0 {
		return true
	}
	start := time.Now()
	q := &silence{task: s.task}
	s.run.mu.Lock()
	s.rests(q)
	s.run.mu.Unlock()
	s.seat.Wait(queue.Turn)
	failed := false
	for _, o := range of {
		select {
		case <-o.over:
			failed = failed || o.failed
		case <-ctx.Done():
		}
	}
	s.stirs(q)
	_ = s.seat.Back(ctx) // where the run ends meanwhile, what follows says so
	return failed && (time.Since(start) < patient || !s.conn.GivenUp())
}
