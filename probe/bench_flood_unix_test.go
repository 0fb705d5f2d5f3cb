//go:build unix

package probe_test

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// mostOfFlood is what 200 servers that send without end may make each check hold, in
// bytes of memory, when it has ended.
const mostOfFlood = 256 << 10

// BenchmarkFlood examines 200 servers at once that send without end, with transcripts,
// and reports what is left of each check afterwards and at the worst moment, the servers'
// part included. The run ends.
func BenchmarkFlood(b *testing.B) {
	const servers = 200
	floodConfigs(func(name string, c probetest.Config) {
		if c.Security != probetest.ImplicitTLS {
			return
		}
		b.Run(name, func(b *testing.B) {
			h := newHealthy(b, 0, c)
			defer h.close()
			var all []stage.Endpoint
			for i := range servers {
				e := h.endpoints[0]
				e.Port = uint16(10_000 + i)
				all = append(all, e)
				h.network.Handle(stage.Endpoint{Host: h.names[e.Host][0], Port: e.Port}.Address(), h.servers[0].ServeConn)
			}
			for b.Loop() {
				opt := h.options()
				opt.Transcripts, opt.Private, opt.Parallel = true, true, servers
				before := inUse()
				end := peak(b)
				rec, err := probe.Examine(b.Context(), probe.NewPlan(account(all...), nil), opt)
				worst := end()
				if err != nil || rec.End.State != stage.Complete {
					b.Fatalf("%v %v", err, rec.End)
				}
				left := (inUse() - before) / servers
				b.ReportMetric(float64(left)/1024, "left-KiB")
				b.ReportMetric(float64(worst-before)/servers/1024, "worst-KiB")
				if left > mostOfFlood {
					b.Errorf("%d bytes are left of each check, more than %d", left, mostOfFlood)
				}
				runtime.KeepAlive(rec)
			}
		})
	})
}

// peak watches the heap; the function that it returns ends that and says how large it
// was at most.
func peak(b *testing.B) (end func() int64) {
	b.Helper()
	var most atomic.Int64
	stop := make(chan bool)
	ended := make(chan bool)
	go func() {
		defer close(ended)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most.Store(max(most.Load(), int64(m.HeapAlloc+m.StackInuse)))
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	return func() int64 {
		close(stop)
		<-ended
		return most.Load()
	}
}
