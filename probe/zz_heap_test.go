//go:build unix

package probe_test

import (
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"testing"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/term"
)

func BenchmarkZZ(b *testing.B) {
	l := newBulk(b, os.Getenv("REFUSED") != "", os.Getenv("ONE") != "")
	n, _ := strconv.Atoi(os.Getenv("N"))
	dump := func(name string) { f, _ := os.Create(name); pprof.Lookup("heap").WriteTo(f, 0); f.Close() }
	phase := func(name string, f func()) {
		done := make(chan struct{})
		go func() { f(); close(done) }()
		var m runtime.MemStats
		var peak uint64
		for {
			select {
			case <-done:
				runtime.GC()
				runtime.ReadMemStats(&m)
				b.Logf("%s: peak %d bytes/check, after it %d", name, peak/uint64(n), m.HeapAlloc/uint64(n))
				return
			default:
			}
			runtime.GC()
			runtime.ReadMemStats(&m)
			if m.HeapAlloc > peak+peak/50 {
				peak = m.HeapAlloc
				dump("/tmp/peak_" + name)
			}
		}
	}
	plan, opt := l.run(n)
	var rec *stage.Record
	phase("examine", func() { rec, _ = probe.Examine(b.Context(), plan, opt) })
	b.Logf("%d checks in all", len(rec.Checks))
	var d diagnose.Diagnosis
	phase("diagnose", func() { d = diagnose.Diagnose(rec) })
	var r *report.Report
	phase("report", func() { r = report.New(prose.English(), rec, d) })
	phase("render", func() { term.Render(io.Discard, r, report.Options{}) })
	runtime.KeepAlive(rec)
	runtime.KeepAlive(r)
	runtime.KeepAlive(plan)
	runtime.KeepAlive(opt)
}
