//go:build unix

package probe_test

import (
	"context"
	"crypto/tls"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// inUse returns the memory currently in use by the heap and stacks.
func inUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// settled waits until there are no more goroutines than before.
func settled(b *testing.B, before int) {
	b.Helper()
	for range 500 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.Errorf("%d goroutines, before %d", runtime.NumGoroutine(), before)
}

// reached counts the checks that have started a stage.
type reached struct {
	stage stage.Stage
	n     atomic.Int64
}

func (*reached) Header(stage.Header) error { return nil }
func (*reached) End(stage.End) error       { return nil }

func (r *reached) Event(e stage.Event) error {
	if e.Type == stage.EventStart && e.Stage == r.stage {
		r.n.Add(1)
	}
	return nil
}

// BenchmarkThousand holds a run of 1,000 checks in their last stage, which the server
// (in another process) never completes. It compares the memory per check with that of
// an idle TLS connection; 100 KiB more are allowed. Afterwards no goroutine may remain.
func BenchmarkThousand(b *testing.B) {
	const checks = 1000
	server := startBenchServer(b, "EXAMINE")
	for b.Loop() {
		goroutines := runtime.NumGoroutine()
		bare := holdBare(b, server, checks)
		settled(b, goroutines)
		flight := holdChecks(b, server, checks)
		settled(b, goroutines)
		b.ReportMetric(float64(bare)/checks/1024, "bare-KiB")
		b.ReportMetric(float64(flight)/checks/1024, "check-KiB")
		b.ReportMetric(float64(flight-bare)/checks/1024, "above-KiB")
	}
}

// holdBare returns the memory of n TLS connections that crypto/tls verified.
func holdBare(b *testing.B, server *benchServer, n int) int64 {
	b.Helper()
	config := &tls.Config{ServerName: benchHost, RootCAs: server.pool}
	before := inUse()
	conns := make([]*tls.Conn, n)
	var wg sync.WaitGroup
	for i := range conns {
		wg.Go(func() {
			nc, err := net.Dial("tcp", server.address)
			if err != nil {
				b.Error(err)
				return
			}
			conns[i] = tls.Client(nc, config)
			if err := conns[i].Handshake(); err != nil {
				b.Error(err)
			}
		})
	}
	wg.Wait()
	if b.Failed() {
		b.FailNow()
	}
	used := inUse() - before
	for _, c := range conns {
		c.Close()
	}
	return used
}

// holdChecks returns the memory of n checks that wait for the mailbox, each of a host
// with its own address.
func holdChecks(b *testing.B, server *benchServer, n int) int64 {
	b.Helper()
	l := &bulk{server: server, port: server.endpoint(b, "").Port}
	plan, opt := l.run(n)
	opt.Parallel = n
	waiting := &reached{stage: stage.Mailbox}
	opt.Sinks = []probe.Sink{waiting}
	before := inUse()
	ctx, cancel := context.WithCancelCause(b.Context())
	defer cancel(nil)
	ended := make(chan *stage.Stream)
	go func() {
		s, err := probe.Run(ctx, plan, opt)
		if err != nil {
			b.Error(err)
		}
		ended <- s
	}()
	for i := 0; waiting.n.Load() < int64(n); i++ {
		if i == 2500 {
			b.Fatalf("%d of %d checks came so far", waiting.n.Load(), n)
		}
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(200 * time.Millisecond) // until the last of them has sent its commands
	used := inUse() - before
	cancel(probe.ErrInterrupted)
	if s := <-ended; s.End.State != stage.WasInterrupted {
		b.Errorf("the run ended %s", s.End.State)
	}
	return used
}

// BenchmarkHostile reports what hostile servers cost per check: the bytes allocated,
// and the growth of the heap, including the servers. 16 MiB are allowed.
func BenchmarkHostile(b *testing.B) {
	const most = 16 << 20
	hostileConfigs(func(name string, c probetest.Config, _ string) {
		switch c.Faults[0] { // faults that only delay are not of interest here
		case probetest.LineAMinute, probetest.ByteASecond, probetest.QuitIgnored, probetest.LoginSilent, probetest.StallHandshake:
			return
		}
		if c.Security != probetest.ImplicitTLS {
			return
		}
		b.Run(name, func(b *testing.B) {
			h := newHealthy(b, 0, c)
			defer h.close()
			opt := h.options()
			plan := probe.NewPlan(account(h.endpoints...), nil)
			inUse()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			var peak uint64
			n := 0
			for b.Loop() {
				if _, err := probe.Run(b.Context(), plan, opt); err != nil {
					b.Fatal(err)
				}
				n++
				runtime.ReadMemStats(&after)
				peak = max(peak, after.HeapInuse)
			}
			grown := max(peak, before.HeapInuse) - before.HeapInuse
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(n), "bytes/check")
			b.ReportMetric(float64(grown), "heap-growth-bytes")
			if grown > most {
				b.Errorf("the heap grew by %d bytes", grown)
			}
		})
	})
}
