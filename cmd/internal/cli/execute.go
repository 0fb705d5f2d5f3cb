package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/term"
)

// execute carries out a plan, shows its progress, and writes the report. file is nil
// if the run isn't saved; it is closed in any case. The curtain c can hide the
// display.
func execute(ctx context.Context, s console.Streams, plan stage.Plan, opt probe.Options, out outputFlags, file *saved, c *curtain) error {
	ctx, stop := interruptible(ctx)
	defer stop()
	if file != nil {
		defer file.close()
		opt.Sinks = append(opt.Sinks, file)
	}
	shown := showProgress(s, out)
	if shown != nil {
		opt.Sinks = append(opt.Sinks, shown)
		c.before.Store(shown)
	}
	opt.Transcripts = out.verbose > 0
	rec, err := probe.Examine(ctx, plan, opt)
	shown.stop()
	if rec == nil {
		out.discard()
		return fault.Own("%w", err)
	}
	r := reportOf(s.Language, rec)
	out.compare(r, file.path())
	written := errors.Join(out.write(s, r), out.shown.write(s, rec))
	if file != nil {
		file.tell(s, plan, err)
	}
	if err := errors.Join(err, written); err != nil {
		return fault.Own("%w", err)
	}
	return fault.Exit(codeOf(r, out.strict))
}

// interruptible returns a context that the first interrupt ends with
// [probe.ErrInterrupted]: the report then says what is known so far. The second
// interrupt ends the program at once, by the system's default action.
func interruptible(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
			signal.Stop(signals)
			cancel(probe.ErrInterrupted)
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}

// codeOf returns the exit code of a run, which is the same when it is shown again.
func codeOf(r *report.Report, strict bool) int {
	if r.Ended == stage.WasInterrupted {
		return fault.ExitInterrupted
	}
	return r.ExitCode(strict)
}

// progress shows the state of each check on a terminal while a run goes on.
type progress struct {
	events chan func(*term.Progress)
	quit   chan struct{}
	ended  chan struct{}
}

// refresh is how often the waiting times are redrawn.
const refresh = 200 * time.Millisecond

// showProgress starts the display; it returns nil if no terminal can draw it. It
// never uses standard output.
func showProgress(s console.Streams, out outputFlags) *progress {
	linear := s.Spoken(out.linear)
	if term, _ := s.LookupEnv("TERM"); !s.ErrTerminal || term == "dumb" && !linear {
		return nil
	}
	p := &progress{
		events: make(chan func(*term.Progress), 64),
		quit:   make(chan struct{}), ended: make(chan struct{}),
	}
	go p.draw(term.NewProgress(s.Err, s.Language, term.ProgressOptions{
		Width: s.Width, Height: s.Height, ASCII: out.ascii || s.ASCII, Colour: out.colours(s), Linear: linear, EastAsian: s.EastAsian,
	}))
	return p
}

// draw runs the display in one goroutine.
func (p *progress) draw(t *term.Progress) {
	defer close(p.ended)
	defer t.Close()
	start := time.Now()
	tick := time.NewTicker(refresh)
	defer tick.Stop()
	for {
		select {
		case f := <-p.events:
			f(t)
		case <-tick.C:
			t.Tick(time.Since(start))
		case <-p.quit:
			return
		}
	}
}

func (p *progress) send(f func(*term.Progress)) error {
	select {
	case p.events <- f:
	case <-p.ended:
	}
	return nil
}

// Header starts the display.
func (p *progress) Header(h stage.Header) error {
	return p.send(func(t *term.Progress) { t.Plan(h.Plan) })
}

// Event updates a line of the display.
func (p *progress) Event(e stage.Event) error {
	return p.send(func(t *term.Progress) { t.Event(e) })
}

// End does nothing, because stop ends the display.
func (p *progress) End(stage.End) error { return nil }

// stop erases the display.
func (p *progress) stop() {
	if p == nil {
		return
	}
	close(p.quit)
	<-p.ended
}
