//go:build unix

package probe_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/resolve"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/term"
)

// BenchmarkLarge compares runs of 1,000 and 10,000 checks, from the plan to the text of
// the report. In one case all servers (in another process) are healthy. In the others
// all refuse the connection, with an address per host or the same for all. Ten times
// the checks may take 12 times the time and 4 times the memory of the process: only
// results grow with the number of checks, and concurrency is limited.
func BenchmarkLarge(b *testing.B) {
	for _, bb := range []struct {
		name    string
		refused bool
		one     bool // one address, and so one group
	}{{"healthy", false, false}, {"healthy at one address", false, true}, {"refused", true, false}, {"refused at one address", true, true}} {
		b.Run(bb.name, func(b *testing.B) {
			l := newBulk(b, bb.refused, bb.one)
			if n := checksOfChild(); n > 0 {
				l.cost(b, n)
				fmt.Println(highWaterMark())
				return
			}
			l.cost(b, 100) // for one-time initialization
			for b.Loop() {
				few, many := l.cost(b, 1000), l.cost(b, 10000)
				b.ReportMetric(many.cpu.Seconds()/few.cpu.Seconds(), "cpu-ratio")
				b.ReportMetric(many.wall.Seconds()/few.wall.Seconds(), "time-ratio")
				b.ReportMetric(float64(many.live)/float64(few.live), "live-ratio")
				b.ReportMetric(float64(many.total)/float64(few.total), "memory-ratio")
				b.ReportMetric(many.wall.Seconds(), "s/10000")
				b.ReportMetric(float64(few.live)/(1<<20), "live-MiB/1000")
				b.ReportMetric(float64(many.live)/(1<<20), "live-MiB/10000")
				b.ReportMetric(float64(many.total)/(1<<20), "MiB/10000")
				if alone := residentSet(b, bb.name, 1000); alone > 0 {
					tenfold := residentSet(b, bb.name, 10000)
					b.ReportMetric(tenfold/alone, "rss-ratio")
					b.ReportMetric(tenfold/1024, "rss-MiB/10000")
				}
			}
		})
	}
}

// bulk prepares runs with many checks.
type bulk struct {
	server  *benchServer
	port    uint16
	refused bool
	one     bool
}

func newBulk(b *testing.B, refused, one bool) *bulk {
	l := &bulk{server: startBenchServer(b, "none"), refused: refused, one: one}
	l.port = l.server.endpoint(b, "").Port
	return l
}

// bill is the cost of a run.
type bill struct {
	cpu, wall time.Duration
	live      uint64 // maximum heap in use, in bytes
	total     uint64 // maximum memory held, in bytes
}

// cost performs a run of n checks and creates its report.
func (l *bulk) cost(b *testing.B, n int) bill {
	b.Helper()
	plan, opt := l.run(n)
	debug.FreeOSMemory()
	peak := watchMemory()
	before, start := spent(b), time.Now()
	rec, err := probe.Examine(b.Context(), plan, opt)
	if err != nil {
		b.Fatal(err)
	}
	d := diagnose.Diagnose(rec)
	r := report.New(prose.English(), rec, d)
	if err := term.Render(io.Discard, r, report.Options{}); err != nil {
		b.Fatal(err)
	}
	out := bill{cpu: spent(b).cpu - before.cpu, wall: time.Since(start)}
	out.live, out.total = peak()
	l.mustBe(b, rec, n)
	return out
}

// mustBe fails the benchmark unless the run had the wanted outcome.
func (l *bulk) mustBe(b *testing.B, rec *stage.Record, n int) {
	b.Helper()
	want := stage.Pass
	name := stage.Mailbox
	if l.refused {
		name, want = stage.Connect, stage.Fail
	}
	for i := range n {
		if got := rec.Checks[i].Result(name); got.Status != want {
			b.Fatalf("%s: %s", rec.Checks[i].Check.ID, outcome(&rec.Checks[i]))
		}
	}
}

// run returns a plan of n URLs, each with a separate account.
func (l *bulk) run(n int) (stage.Plan, probe.Options) {
	opt := l.server.options()
	secret := opt.Credentials[0]
	opt.Credentials = make(map[int]probe.Credential, n)
	var targets []probe.Target
	for i := range n {
		t := url(stage.IMAP, fmt.Sprintf("imap%d.example.test", i), l.port, stage.TLS)
		t.Subject.User = fmt.Sprintf("user%d@example.test", i)
		targets = append(targets, t)
		opt.Credentials[i] = secret
	}
	opt.Resolver = resolve.New(resolve.Options{System: l.lookup, Servers: []string{}})
	to := l.server.address
	if l.refused {
		to = "127.0.0.1:1" // tcpmux (RFC 1078), on which nothing listens
	}
	opt.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, to)
	}
	return probe.NewPlan(targets, nil), opt
}

// lookup returns an address per host, or the same for all.
func (l *bulk) lookup(_ context.Context, host string) ([]netip.Addr, error) {
	n := 0
	if _, err := fmt.Sscanf(host, "imap%d.", &n); err != nil || l.one {
		n = 0
	}
	return []netip.Addr{netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)})}, nil
}

// watchMemory returns a function that returns the maximum memory in use since.
func watchMemory() (peak func() (live, total uint64)) {
	quit := make(chan struct{})
	var watching sync.WaitGroup
	var live, total uint64
	watching.Go(func() {
		samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			metrics.Read(samples)
			live = max(live, samples[0].Value.Uint64())
			total = max(total, samples[1].Value.Uint64()-samples[2].Value.Uint64())
			select {
			case <-tick.C:
			case <-quit:
				return
			}
		}
	})
	return func() (uint64, uint64) {
		close(quit)
		watching.Wait()
		return live, total
	}
}

// largeVariable is the environment variable for a process that performs one run: the
// number of its checks.
const largeVariable = "MAILDOCTOR_BENCH_LARGE"

func checksOfChild() int {
	n, _ := strconv.Atoi(os.Getenv(largeVariable))
	return n
}

// residentSet performs a run of n checks in a separate process and returns its maximum
// resident memory in KiB, or 0 if the system doesn't report it.
func residentSet(b *testing.B, name string, n int) float64 {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkLarge$/^"+name+"$", "-test.benchtime=1x")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", largeVariable, n))
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	most := 0.0
	if m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(out); m != nil {
		most, _ = strconv.ParseFloat(string(m[1]), 64)
	}
	return most
}

// highWaterMark returns the line with this process's maximum resident memory on Linux
// (proc(5)). The value of wait4 for a child includes the parent's memory from before
// exec.
func highWaterMark() string {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "VmHWM:") {
			return line
		}
	}
	return ""
}
