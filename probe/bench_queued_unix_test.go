//go:build unix

package probe_test

import (
	"context"
	"net"
	"runtime"
	"testing"

	"maildoctor/probe"
	"maildoctor/probe/stage"
)

// BenchmarkQueued reports what a check takes while it waits for others to end:
// goroutines, and memory apart from its entry in the plan.
func BenchmarkQueued(b *testing.B) {
	const checks = 10000
	l := newBulk(b, false, false)
	for b.Loop() {
		plan, opt := l.run(checks)
		opt.Parallel = 1
		asked, quit := make(chan struct{}), make(chan struct{})
		opt.Dial = func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			go func() {
				b := make([]byte, 1)
				there.Read(b) // the ClientHello, which is never answered
				close(asked)
				<-quit
				there.Close()
			}()
			return here, nil
		}
		before, goroutines := inUse(), runtime.NumGoroutine()
		ctx, cancel := context.WithCancel(b.Context())
		ended := make(chan *stage.Record)
		go func() {
			rec, _ := probe.Examine(ctx, plan, opt)
			ended <- rec
		}()
		<-asked
		b.ReportMetric(float64(inUse()-before)/checks, "B/queued")
		b.ReportMetric(float64(runtime.NumGoroutine()-goroutines), "goroutines")
		cancel()
		close(quit)
		if rec := <-ended; len(rec.Checks) != checks {
			b.Fatalf("%d checks", len(rec.Checks))
		}
	}
}
