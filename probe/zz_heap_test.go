//go:build unix

package probe_test

import (
	"io"
	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/report"
	"maildoctor/report/term"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"testing"
	"time"
)

func BenchmarkZZ(b *testing.B) {
	l := newBulk(b, os.Getenv("REFUSED") != "", os.Getenv("ONE") != "")
	n, _ := strconv.Atoi(os.Getenv("N"))
	var m runtime.MemStats
	last := time.Now()
	use := func(what string) {
		b.Logf("%s took %v", what, time.Since(last))
		defer func() { last = time.Now() }()
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.Logf("%s %.0f bytes/check", what, float64(m.HeapAlloc)/float64(n))
	}
	dump := func(name string) { f, _ := os.Create(name); pprof.Lookup("heap").WriteTo(f, 0); f.Close() }
	use("before")
	plan, opt := l.run(n)
	use("plan")
	rec, err := probe.Examine(b.Context(), plan, opt)
	if err != nil {
		b.Fatal(err)
	}
	use("examined")
	dump("/tmp/heap1")
	runtime.KeepAlive(opt)
	d := diagnose.Diagnose(rec)
	use("diagnosed")
	dump("/tmp/heapd")
	if os.Getenv("NOREPORT") != "" {
		runtime.KeepAlive(d)
		return
	}
	r := report.New(prose.English(), rec, d)
	use("report")
	dump("/tmp/heap2")
	term.Render(io.Discard, r, report.Options{})
	use("rendered")
	runtime.KeepAlive(rec)
	runtime.KeepAlive(r)
	runtime.KeepAlive(plan)
}
