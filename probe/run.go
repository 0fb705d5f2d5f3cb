package probe

import (
	"context"
	"errors"
	"sync"
	"time"

	"maildoctor/probe/dial"
	"maildoctor/probe/queue"
	"maildoctor/probe/stage"
	"maildoctor/probe/tlsinspect"
)

// ErrInterrupted is the cause to cancel [Run]'s context with when the user wants
// the run to end: what was going on then reads "interrupted" and never "timed
// out".
var ErrInterrupted = errors.New("interrupted by the user")

// errOutOfTime is the cause of a group's end by its limit.
var errOutOfTime = errors.New("the run's time was up")

// run is one run of a plan.
type run struct {
	opt    Options
	plan   stage.Plan
	log    *log
	logins *logins
	queue  *queue.Queue
	known  sync.Map // host name to the []string of addresses that it led to
	ids    func() map[string]int
	hosts  func() map[string]bool

	groups
}

// Examine carries out a plan and returns what came of it. It ends early when ctx
// does. The stream goes to the sinks as it comes; of it, the record is kept alone.
//
// The error joins what the sinks returned, and the failure to load the system's
// roots where Options.Roots is nil; a mail server's failure is no error.
func Examine(ctx context.Context, plan stage.Plan, opt Options) (*stage.Record, error) {
	opt = opt.withDefaults()
	if opt.Roots == nil {
		roots, err := tlsinspect.LoadRoots("")
		if err != nil {
			return nil, err
		}
		opt.Roots = roots
	}
	opt.System.NoRoots = opt.Roots.None()
	if opt.Resolver == nil {
		opt.Resolver = systemResolver(opt)
	}
	r := newRun(ctx, plan, opt)
	defer r.logins.end()
	return r.log.end(r.carryOut(ctx))
}

// Run is [Examine] for those who want the stream itself. All of it is in memory.
func Run(ctx context.Context, plan stage.Plan, opt Options) (*stage.Stream, error) {
	k := new(keeper)
	opt.Sinks = append([]Sink{k}, opt.Sinks...)
	rec, err := Examine(ctx, plan, opt)
	if rec == nil {
		return nil, err
	}
	return &k.stream, err
}

func newRun(ctx context.Context, plan stage.Plan, opt Options) *run {
	r := &run{opt: opt, plan: plan, logins: newLogins(ctx, plan, opt), queue: queue.New(opt.Parallel)}
	r.log = newLog(stage.Header{
		Format:  stage.StreamFormat,
		Version: opt.Version,
		Commit:  opt.Commit,
		Started: time.Now().UTC().Truncate(time.Microsecond),
		System:  opt.System,
		Plan:    plan,
		Options: opt.forHeader(),
	}, opt)
	r.ids = sync.OnceValue(r.indexIDs)
	r.hosts = sync.OnceValue(r.indexHosts)
	return r
}

// carryOut puts the plan's checks into the queue and returns when all groups have
// ended: how the run did.
func (r *run) carryOut(ctx context.Context) stage.EndState {
	jobs := r.form(ctx)
	if len(jobs) > 0 {
		r.queue.Add(jobs...)
		stop := context.AfterFunc(ctx, r.drain)
		<-r.allEnded
		stop()
	}
	switch {
	case dial.Over(ctx):
		return endState(ctx)
	case r.outOfTime:
		return stage.RanOutOfTime
	}
	return stage.Complete
}

// drain lets the checks go that have not begun when the run ends.
func (r *run) drain() {
	for _, j := range r.queue.Drain() {
		r.ended(j.(*task))
	}
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
