package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/display"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/saved"
	"maildoctor/probe"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// execute carries out a plan, shows its progress, and writes the report. file is nil
// if the run isn't saved; it is closed in any case. The curtain c can hide the
// display.
func execute(ctx context.Context, s console.Streams, plan stage.Plan, opt probe.Options, out outputFlags, file *saved.File, c *display.Curtain) error {
	ctx, stop := interruptible(ctx)
	defer stop()
	defer economical(len(plan.Checks))()
	if file != nil {
		defer file.Close()
		opt.Sinks = append(opt.Sinks, file)
	}
	var shown *display.Display
	if formatNamed(out.format).live {
		out.live = newLive(s)
		opt.Sinks = append(opt.Sinks, out.live)
	}
	if out.live == nil || !s.OutTerminal { // else the two would draw over each other
		shown = display.Start(s, out.forDisplay(s))
	}
	if shown != nil {
		opt.Sinks = append(opt.Sinks, shown)
		c.Cover(shown)
	}
	opt.Transcripts = out.verbose > 0
	rec, err := probe.Examine(ctx, plan, opt)
	shown.Stop()
	if rec == nil {
		out.discard()
		return fault.Own("%w", err)
	}
	r := out.report(s, rec)
	out.compare(r, file.Path())
	r.Exit = new(codeOf(r, out.strict))
	written := errors.Join(out.write(s, r), out.shown.Write(s, rec))
	if file != nil {
		file.Tell(s, plan, err)
	}
	if err := errors.Join(err, written); err != nil {
		return fault.Own("%w", err)
	}
	return fault.Exit(out.code(r))
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
