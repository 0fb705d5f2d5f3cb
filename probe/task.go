package probe

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"maildoctor/probe/dial"
	"maildoctor/probe/queue"
	"maildoctor/probe/stage"
)

// task is a check that is to be carried out, as the queue knows it.
type task struct {
	run     *run
	check   *stage.Check
	group   *group   // of the plan: whose time it is on, and who waits for it
	asked   *asked   // a follow-up: who else waits for it
	aside   aside    // a follow-up that is made beside the waiting for somebody
	session *session // once it has begun and had to go back into the queue
}

// Host implements [queue.Job]: what is contacted first.
func (t *task) Host() string {
	switch t.check.Kind {
	case stage.KindFetch, stage.KindTunnel:
		return strings.ToLower(hostOf(t.check.URL))
	}
	return strings.ToLower(t.check.Endpoint.Host)
}

// Addresses implements [queue.Job].
func (t *task) Addresses() []string {
	switch a := t.check.Manner.Address; {
	case t.session != nil:
		return t.session.addresses
	case a != "":
		return []string{a}
	case t.check.Manner.Resolvers != nil, t.check.Kind == stage.KindLookup, t.check.Kind == stage.KindTime:
		return nil
	}
	if ip, err := netip.ParseAddr(t.check.Endpoint.Host); err == nil && t.check.URL == "" {
		return []string{ip.String()}
	}
	if found, ok := t.run.known.Load(t.Host()); ok {
		return found.([]string)
	}
	return nil
}

// Run implements [queue.Job]: it carries the check out.
func (t *task) Run(seat *queue.Seat) {
	ctx, cancel := t.run.begun(t)
	defer cancel()
	// One that the queue lets go in the moment in which the run ends has not begun,
	// like those behind it: the stream tells nothing of it.
	if late := t.session == nil && dial.Over(ctx); !late && !t.examine(ctx, seat) {
		return // it is back in the queue
	}
	t.session = nil // and all that it holds
	if dial.Over(ctx) {
		t.run.overrun(ctx)
	} else {
		t.run.log.event(stage.Event{Type: stage.EventDone, Check: t.check.ID})
		t.run.log.closed(*t.check)
		t.run.settle(t)
	}
	t.run.ended(t) // whoever thinks about what came of it has a seat as well
	seat.Leave()
}

// examine goes through the check's stages; false where it has to wait in the queue.
func (t *task) examine(ctx context.Context, seat *queue.Seat) bool {
	l := lone{task: t, seat: seat}
	switch t.check.Kind {
	case stage.KindFetch:
		l.perform(ctx, stage.Fetch, l.fetch)
	case stage.KindTunnel:
		l.perform(ctx, stage.Fetch, l.tunnel)
	case stage.KindTime:
		l.perform(ctx, stage.Clock, l.clock)
	default:
		if t.session == nil {
			t.session = newSession(t)
		}
		t.session.seat = seat
		return t.session.examine(ctx)
	}
	return true
}

// lone is a follow-up of a single stage that is under way.
type lone struct {
	*task
	seat *queue.Seat
}

// perform carries the stage out and reports it.
func (l *lone) perform(ctx context.Context, name stage.Stage, do func(context.Context) (stage.Facts, error)) {
	log := l.run.log
	log.event(stage.Event{Type: stage.EventStart, Check: l.check.ID, Stage: name})
	start := time.Now()
	limited, cancel := context.WithTimeout(ctx, l.aside.limit(l.patience()))
	facts, err := do(limited)
	cancel()
	res := stage.Result{Stage: name, Status: stage.Pass, Time: stage.Ms(time.Since(start)), Facts: facts}
	switch e, ok := errors.AsType[*stage.Error](err); {
	case err != nil && dial.Over(ctx):
		res = stage.Result{Stage: name, Status: stage.Skip, Reason: skipReason(ctx), Facts: facts}
	case ok:
		res.Status, res.Fault = stage.Fail, e.Fault
	case err != nil:
		res.Status, res.Fault = stage.Fail, stage.FetchFailed
	}
	log.event(stage.Event{Type: stage.EventResult, Check: l.check.ID, Result: &res})
}

// patience is how long a follow-up may take until it is connected, and for all
// that it does if that is one thing. A port that drops what comes to it costs a
// run two connect timeouts in all: that of the plan, with its lookups, and this one,
// with what lies between. Where the plan took longer for other reasons, half of one
// is left.
func (t *task) patience() time.Duration {
	limit := t.run.opt.ConnectTimeout
	left := 2*limit - t.run.spent(t.group)
	return min(limit*19/20, max(left-limit/20, limit/2))
}

// hostOf returns the host of a URL; empty where there is none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
