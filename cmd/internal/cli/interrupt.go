package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"maildoctor/probe"
)

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
