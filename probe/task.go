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

// task is a check as a job of the queue.
type task struct {
	run     *run
	check   *stage.Check
	group   *group   // the group of the plan whose time limit it uses, and that waits for it
	asked   *asked   // a follow-up: other groups that wait for it
	aside   aside    // a follow-up: the silences during which it is made
	session *session // set if it has started and gone back into the queue
	alone   int      // how many of its tries were made because there were others
	crowd   int      // the server refused, and there were this many connections to it from here
}

// Host implements [queue.Job]: it returns the host that is contacted first.
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
	case t.check.Manner.Resolvers != nil, t.check.Kind == stage.KindLookup, t.check.Kind == stage.KindTime, t.check.Kind == stage.KindSearch, t.check.Kind == stage.KindPublished, t.check.Kind == stage.KindTLSA:
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
	// A check that leaves the queue at the moment when the run ends counts as not
	// started, like those behind it. No event is emitted for it.
	if late := t.session == nil && dial.Over(ctx); !late && !t.examine(ctx, seat) {
		return // it is in the queue again
	}
	t.session = nil // frees what it holds
	if dial.Over(ctx) {
		t.run.overrun(ctx)
	} else {
		t.run.log.event(stage.Event{Type: stage.EventDone, Check: t.check.ID})
		t.run.log.closed(*t.check)
		t.run.settle(t)
		t.run.further(t)
		t.run.again(t)
	}
	t.run.ended(t) // diagnosing the result needs a seat as well
	seat.Leave()
}

// examine goes through the check's stages. It returns false if the check has to wait in
// the queue.
func (t *task) examine(ctx context.Context, seat *queue.Seat) bool {
	l := lone{task: t, seat: seat}
	switch t.check.Kind {
	case stage.KindFetch:
		l.perform(ctx, stage.Fetch, l.fetch)
	case stage.KindTunnel:
		l.perform(ctx, stage.Fetch, l.tunnel)
	case stage.KindTime:
		l.perform(ctx, stage.Clock, l.clock)
	case stage.KindSearch, stage.KindPublished:
		l.searching(ctx)
	case stage.KindTLSA:
		l.perform(ctx, stage.Resolve, l.tlsa)
	default:
		if t.session == nil {
			t.session = newSession(t)
		}
		t.session.seat = seat
		return t.session.examine(ctx)
	}
	return true
}

// lone is a follow-up in progress that consists of one stage.
type lone struct {
	*task
	seat *queue.Seat
}

// perform runs the stage and reports its result.
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

// patience is how long a follow-up may take to connect, or in all if it consists of one
// step. A port that drops packets costs a run two connect timeouts in all: one for the
// plan with its lookups, and this one with what lies between. If the plan took longer
// for other reasons, half a connect timeout is left. A search leaves as much to the
// connections to what it finds.
func (t *task) patience() time.Duration {
	limit := t.run.opt.ConnectTimeout
	left := 2*limit - t.run.spent(t.group)
	if t.check.Kind == stage.KindSearch {
		left -= limit / 2
	}
	return min(limit*19/20, max(left-limit/20, limit/2))
}

// hostOf returns the host of a URL, or "" if there is none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
