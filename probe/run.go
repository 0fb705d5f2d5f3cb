package probe

import (
	"context"
	"errors"
	"sync"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/dial"
	"maildoctor/probe/stage"
	"maildoctor/probe/tlsinspect"
)

// ErrInterrupted is the cause to cancel [Run]'s context with when the user wants
// the run to end: what was going on then reads "interrupted" and never "timed
// out".
var ErrInterrupted = errors.New("interrupted by the user")

// errOutOfTime is the cause of a run's end by its own limit.
var errOutOfTime = errors.New("the run's time was up")

// run is one run of a plan.
type run struct {
	opt    Options
	plan   stage.Plan
	log    *log
	logins *logins
	known  sync.Map // host name to the []string of addresses that it led to
}

// Run carries out a plan and returns its stream. It ends early when ctx does.
// The error joins what the sinks returned, and the failure to load the system's
// roots where Options.Roots is nil; a mail server's failure is no error.
func Run(ctx context.Context, plan stage.Plan, opt Options) (*stage.Stream, error) {
	opt = opt.withDefaults()
	if opt.Roots == nil {
		roots, err := tlsinspect.LoadRoots("")
		if err != nil {
			return nil, err
		}
		opt.Roots = roots
	}
	if opt.Resolver == nil {
		opt.Resolver = systemResolver(opt)
	}
	r := &run{opt: opt, plan: plan, logins: newLogins(ctx, plan, opt)}
	defer r.logins.end()
	r.log = newLog(stage.Header{
		Format:  stage.StreamFormat,
		Version: opt.Version,
		Started: time.Now().UTC().Truncate(time.Microsecond),
		System:  opt.System,
		Plan:    plan,
		Options: opt.forHeader(),
	}, opt.Sinks)

	ctx, cancel := context.WithTimeoutCause(ctx, opt.RunTimeout, errOutOfTime)
	defer cancel()
	r.rounds(ctx)
	return r.log.end(endState(ctx))
}

// rounds carries out the plan's checks and then the follow-ups that the rules
// ask for.
func (r *run) rounds(ctx context.Context) {
	r.round(ctx, r.plan.Checks)
	if r.opt.NoFollowUps || !r.log.troubled() {
		return // a healthy run raises no question
	}
	for n := 1; n <= maxRounds && !dial.Over(ctx); n++ {
		var checks []stage.Check
		for _, q := range diagnose.Diagnose(r.log.record()).Questions {
			if q.Check.Round == n {
				checks = append(checks, q.Check)
			}
		}
		if len(checks) == 0 {
			return
		}
		for i := range checks {
			r.log.ordered(checks[i])
		}
		r.round(ctx, checks)
	}
}

// round carries out checks at the same time and returns when all have ended.
func (r *run) round(ctx context.Context, checks []stage.Check) {
	if len(checks) == 1 {
		r.examine(ctx, checks[0])
		return
	}
	var wg sync.WaitGroup
	for _, c := range checks {
		wg.Go(func() { r.examine(ctx, c) })
	}
	wg.Wait()
}

// examine carries out one check.
func (r *run) examine(ctx context.Context, c stage.Check) {
	switch c.Kind {
	case stage.KindFetch:
		r.alone(ctx, c, stage.Fetch, r.fetch)
	case stage.KindTunnel:
		r.alone(ctx, c, stage.Fetch, r.tunnel)
	case stage.KindTime:
		r.alone(ctx, c, stage.Clock, r.clock)
	default:
		newSession(r, c).examine(ctx)
	}
	if !dial.Over(ctx) {
		r.log.event(stage.Event{Type: stage.EventDone, Check: c.ID})
	}
}

// alone carries out a follow-up of a single stage.
func (r *run) alone(ctx context.Context, c stage.Check, name stage.Stage, do func(context.Context, stage.Check) (stage.Facts, error)) {
	r.log.event(stage.Event{Type: stage.EventStart, Check: c.ID, Stage: name})
	start := time.Now()
	limited, cancel := context.WithTimeout(ctx, r.patience())
	facts, err := do(limited, c)
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
	r.log.event(stage.Event{Type: stage.EventResult, Check: c.ID, Result: &res})
}

// patience is how long a follow-up may take until it is connected, and for all
// that it does if that is one thing. A port that drops what comes to it costs a
// run two connect timeouts in all: that of the plan, with its lookups, and this one,
// with what lies between. Where the plan took longer for other reasons, half of one
// is left.
func (r *run) patience() time.Duration {
	t := r.opt.ConnectTimeout
	left := 2*t - r.log.since().Duration()
	return min(t*19/20, max(left-t/20, t/2))
}

func endState(ctx context.Context) stage.EndState {
	switch {
	case !dial.Over(ctx):
		return stage.Complete
	case ctx.Err() == nil, errors.Is(context.Cause(ctx), errOutOfTime):
		return stage.RanOutOfTime
	default:
		return stage.WasInterrupted
	}
}

// skipReason says why nothing is looked at once ctx has ended.
func skipReason(ctx context.Context) stage.Reason {
	if endState(ctx) == stage.RanOutOfTime {
		return stage.OutOfTime
	}
	return stage.Interrupted
}
