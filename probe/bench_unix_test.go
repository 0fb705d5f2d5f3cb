//go:build unix

package probe_test

import (
	"context"
	"crypto/tls"
	"net"
	"runtime"
	"syscall"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/stage"
)

// cost is what this process has used so far.
type cost struct {
	cpu    time.Duration
	allocs uint64
	bytes  uint64
}

func spent(b *testing.B) cost {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return cost{time.Duration(u.Utime.Nano() + u.Stime.Nano()), m.Mallocs, m.TotalAlloc}
}

// costOf returns the cost of n calls of f.
func costOf(b *testing.B, n int, f func()) cost {
	b.Helper()
	before := spent(b)
	for range n {
		f()
	}
	after := spent(b)
	return cost{after.cpu - before.cpu, after.allocs - before.allocs, after.bytes - before.bytes}
}

// BenchmarkCheck compares a run with one check (IMAP with implicit TLS, all stages,
// PLAIN) with a bare handshake verified by crypto/tls. Both use the same server in
// another process, P-256, one intermediate, and roots loaded once. CPU time is that of
// this process. The run, as the command makes it, may cost 2 times the CPU time and 3
// times the allocations. One of which the transcript is kept costs more: "kept-ratio".
func BenchmarkCheck(b *testing.B) {
	server := startBenchServer(b, "none")
	config := &tls.Config{ServerName: benchHost, RootCAs: server.pool}
	bare := func() {
		nc, err := net.Dial("tcp", server.address)
		if err != nil {
			b.Fatal(err)
		}
		defer nc.Close()
		ctx, cancel := context.WithTimeout(b.Context(), 30*time.Second)
		defer cancel()
		if err := tls.Client(nc, config).HandshakeContext(ctx); err != nil {
			b.Fatal(err)
		}
	}
	plan := probe.NewPlan(account(server.endpoint(b, benchHost)), nil)
	opt := server.options()
	passed := func(c *stage.CheckRecord) {
		for _, r := range c.Results {
			if r.Status != stage.Pass {
				b.Fatal(outcome(c))
			}
		}
	}
	whole := func() {
		rec, err := probe.Examine(b.Context(), plan, opt)
		if err != nil {
			b.Fatal(err)
		}
		passed(&rec.Checks[0])
	}
	kept := func() {
		stream, err := probe.Run(b.Context(), plan, opt)
		if err != nil {
			b.Fatal(err)
		}
		if len(stream.Events) == 0 {
			b.Fatal("no events")
		}
	}
	costOf(b, 20, bare)
	costOf(b, 20, whole)
	var one, two, three cost
	b.ResetTimer()
	for left := b.N; left > 0; left -= 50 { // alternately, so that other load affects both alike
		n := min(left, 50)
		one, two, three = one.plus(costOf(b, n, bare)), two.plus(costOf(b, n, whole)), three.plus(costOf(b, n, kept))
	}
	per := func(n uint64) float64 { return float64(n) / float64(b.N) }
	b.ReportMetric(per(uint64(one.cpu))/1e3, "bare-cpu-µs")
	b.ReportMetric(per(uint64(two.cpu))/1e3, "check-cpu-µs")
	b.ReportMetric(float64(two.cpu)/float64(one.cpu), "cpu-ratio")
	b.ReportMetric(float64(three.cpu)/float64(one.cpu), "kept-ratio")
	b.ReportMetric(per(one.allocs), "bare-allocs")
	b.ReportMetric(per(two.allocs), "check-allocs")
	b.ReportMetric(float64(two.allocs)/float64(one.allocs), "alloc-ratio")
	b.ReportMetric(per(one.bytes), "bare-bytes")
	b.ReportMetric(per(two.bytes), "check-bytes")
}

func (c cost) plus(d cost) cost { return cost{c.cpu + d.cpu, c.allocs + d.allocs, c.bytes + d.bytes} }
