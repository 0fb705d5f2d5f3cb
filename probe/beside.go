package probe

import (
	"context"
	"slices"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/queue"
	"maildoctor/probe/stage"
)

// Follow-ups while waiting. A server that accepts a connection and stays silent is
// waited for until the limit of the stage. Once all checks of a group have ended or met
// silence, [diagnose.Beside] returns the follow-ups that would be needed if the silent
// stages ended without a response. They are made during the wait, so that their results
// are ready when it ends.
//
// If nothing else in the group has failed, the server may be healthy, but slow to greet
// or to reply. It is then not dialled again until only the time that follow-ups need is
// left. A healthy server is never slow to answer a ClientHello.

// awaited records that a server is being waited for from now on.
func (r *run) awaited(q *silence) {
	r.mu.Lock()
	defer r.mu.Unlock()
	q.since, q.waits = time.Now(), true
	if q.timer == nil {
		q.timer = time.AfterFunc(silentAfter, func() { r.quiet(q) })
	} else {
		q.timer.Reset(silentAfter)
	}
	q.sure = q.sure || q.last(r) <= silentAfter
}

// last returns how long into the current wait even a healthy server is taken for silent:
// what is left of the stage then is what follow-ups need.
func (q *silence) last(r *run) time.Duration { return q.end.Sub(q.since) - r.opt.ConnectTimeout }

// quiet records that the server has been silent for a while, and returns later if it may
// still be a healthy one. The timer may have fired for the wait before.
func (r *run) quiet(q *silence) {
	r.mu.Lock()
	defer r.mu.Unlock()
	waited, last := time.Since(q.since), q.last(r)
	if !q.waits || waited < silentAfter {
		return
	}
	q.sure = q.sure || q.stage == stage.Handshake || q.task.check.FollowUp() || waited >= last
	if waited < last {
		q.timer.Reset(last - waited)
	}
	r.rests(q)
}

// rests marks a task as one that the rest of its group need not wait for.
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

// stirs records that the server has sent something, or is no longer waited for.
func (r *run) stirs(q *silence) {
	r.mu.Lock()
	defer r.mu.Unlock()
	q.waits = false
	if q.timer != nil {
		q.timer.Stop()
	}
	if g := q.task.group.whole(); g.quiet[q.task] == q {
		delete(g.quiet, q.task)
	}
}

// mull starts looking for follow-ups to make while waiting, if every task of the group
// is silent.
func (r *run) mull(g *group) {
	switch {
	case r.opt.NoFollowUps || r.opt.Retries > 0 || g.tried || len(g.quiet) == 0:
	case g.mulling > 0:
		g.stale = true
	case g.left == len(g.quiet):
		g.mulling++
		g.left++ // keeps others from continuing with the group meanwhile
		go r.mullOver(g)
	}
}

// mullOver orders the follow-ups that a group needs while waiting.
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

// beside returns the jobs of the follow-ups that a group orders while waiting.
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
			g.stale = true // a server has sent something meanwhile
			return nil
		}
	}
	jobs, _ := r.engage(g, checks, silent)
	return jobs
}

// supposed returns the record of a group as it would be if its silent stages ended now
// without a response. It returns nil if their servers may still be healthy.
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

// stuck reports whether a check of the plan failed in a stage before capabilities.
func stuck(rec *stage.Record) bool {
	return slices.ContainsFunc(rec.Checks, func(c stage.CheckRecord) bool {
		f := c.Failed()
		return f != nil && !c.Check.FollowUp() && f.Stage.Rank() < stage.Capabilities.Rank()
	})
}

// aside says during which silences a follow-up is made.
type aside struct {
	of    []*silence
	until time.Time // when they end, with some extra time for follow-ups that send something
	same  bool      // the follow-up connects to a silent server
}

// afterwards is how much longer a silent server may take for a second connection once
// the first has ended: some servers handle one client after the other. It is a multiple
// of the time that connecting took, within limits.
func afterwards(connect time.Duration) time.Duration {
	return min(max(10*connect, 250*time.Millisecond), time.Second)
}

// asideOf returns which of the silences caused a follow-up.
func asideOf(c stage.Check, silent []*silence) aside {
	var a aside
	for _, q := range silent {
		if !slices.Contains(c.Parents, q.task.check.ID) {
			continue
		}
		a.of = append(a.of, q)
		a.same = a.same || q.task.check.Endpoint.Address() == c.Endpoint.Address()
		end := q.end
		if c.Kind != stage.KindGreeting { // a check that sends nothing must not delay those that do
			end = end.Add(afterwards(q.connect))
		}
		if end.After(a.until) {
			a.until = end
		}
	}
	return a
}

// limit returns the limit of a stage of the follow-up, which doesn't outlast the
// silence. A follow-up to a silent server gets all the time that is left: the server
// may have to end the first connection before.
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

// settle stops waiting for a server that answered another connection in a way that
// shows that nothing will come on the first. It ends the silent stage and the
// follow-ups made meanwhile.
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

// endsBy registers end to be called as soon as it is known that nothing will come. It
// is for the silent stage itself and for stages of follow-ups made meanwhile.
func (r *run) endsBy(q *silence, end context.CancelFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if q.settled {
		end()
		return
	}
	q.ends = append(q.ends, end)
}

// needed waits, before a login, until the silent stages have ended that caused the
// follow-up. It reports whether one of them failed: no password is sent to answer a
// question that doesn't arise.
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
	_ = s.seat.Back(ctx) // if the run ends meanwhile, the next stage reports it
	return failed && (time.Since(start) < patient || !s.conn.GivenUp())
}
