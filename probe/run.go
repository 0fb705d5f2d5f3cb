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

// ErrInterrupted is the cause with which to cancel the context of [Run] when the user
// interrupts it. Stages in progress are then reported as interrupted and not as timed
// out.
var ErrInterrupted = errors.New("interrupted by the user")

// errOutOfTime is the cause when a group's time limit ends it.
var errOutOfTime = errors.New("the run's time was up")

// run is one run of a plan.
type run struct {
	opt    Options
	plan   stage.Plan
	log    *log
	logins *logins
	queue  *queue.Queue
	known  sync.Map // host name to the []string of addresses that it resolved to
	ids    func() map[string]int
	hosts  func() map[string]bool

	groups
}

// Examine carries out a plan and returns the record. It ends early when ctx does. The
// stream is passed to the sinks as it proceeds; only the record is kept.
//
// The error joins the errors of the sinks, and the failure to load the system's roots
// if Options.Roots is nil. A failure of a mail server is not an error.
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
	if err := r.takeOver(); err != nil {
		return nil, err
	}
	return r.log.end(r.carryOut(ctx))
}

// Run is like [Examine], for callers that want the stream itself. It keeps the whole
// stream in memory.
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
	r := &run{opt: opt, plan: plan, logins: newLogins(ctx, plan, opt), queue: queue.New(queue.Options{Seats: opt.Parallel, Dialogues: opt.PerAddress, Spacing: opt.Spacing})}
	header := stage.Header{
		Format:  stage.StreamFormat,
		Version: opt.Version,
		Commit:  opt.Commit,
		Started: time.Now().UTC().Truncate(time.Microsecond),
		System:  opt.System,
		Plan:    plan,
		Options: opt.forHeader(),
	}
	if opt.Earlier != nil {
		header = opt.Earlier.Resumes(header, time.Now())
	}
	r.log = newLog(header, opt)
	r.groups = newGroups()
	r.ids = sync.OnceValue(r.indexIDs)
	r.hosts = sync.OnceValue(r.indexHosts)
	return r
}

// carryOut puts the plan's checks into the queue, waits until all groups have ended,
// and returns how the run ended.
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

// drain discards the checks that have not started when the run ends.
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

// skipReason returns why stages are skipped after ctx has ended.
func skipReason(ctx context.Context) stage.Reason {
	if endState(ctx) == stage.RanOutOfTime {
		return stage.OutOfTime
	}
	return stage.Interrupted
}
