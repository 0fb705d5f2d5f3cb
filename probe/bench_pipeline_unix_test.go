//go:build unix

package probe_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/jsonreport"
)

// BenchmarkPipeline compares a smoke check, from the plan to the report in JSON, with a
// loop that only dials and makes a verified handshake, as many at a time, with the same
// server in another process. Every endpoint has an account and expectations. The check
// may cost 2.2 times the CPU time, however many endpoints there are.
func BenchmarkPipeline(b *testing.B) {
	l := newBulk(b, false, false)
	for _, n := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l.handshakes(b, 100)
			l.smoke(b, 100)
			var one, two time.Duration
			for b.Loop() {
				for done := 0; done < 2_000; done += n { // alternately, so that other load affects both alike
					one += l.handshakes(b, n)
					two += l.smoke(b, n)
				}
			}
			b.ReportMetric(float64(two)/float64(one), "cpu-ratio")
		})
	}
}

// handshakes returns the CPU time of n bare handshakes.
func (l *bulk) handshakes(b *testing.B, n int) time.Duration {
	b.Helper()
	before := spent(b)
	var ended sync.WaitGroup
	work := make(chan int)
	for range probe.DefaultParallel {
		ended.Go(func() {
			for i := range work {
				nc, err := net.Dial("tcp", l.server.address)
				if err != nil {
					b.Error(err)
					continue
				}
				if err := tls.Client(nc, &tls.Config{ServerName: fmt.Sprintf("imap%d.example.test", i), RootCAs: l.server.pool}).Handshake(); err != nil {
					b.Error(err)
				}
				nc.Close()
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	ended.Wait()
	return spent(b).cpu - before.cpu
}

// smoke returns the CPU time of a smoke check of n endpoints with its report.
func (l *bulk) smoke(b *testing.B, n int) time.Duration {
	b.Helper()
	plan, opt := l.run(n)
	opt.RunTimeout = probe.NoLimit
	plan.File = &stage.SmokeFile{Path: "smoke.toml"}
	for i := range plan.Checks {
		plan.Checks[i].Expects = []stage.Expectation{
			{ID: stage.ExpectTLSMin, Want: []string{"1.2"}, Severity: stage.ExpectFail},
			{ID: stage.ExpectCertificateDays, Want: []string{"14"}, Severity: stage.ExpectFail},
			{ID: stage.ExpectLogin, Want: []string{"true"}, Severity: stage.ExpectFail},
		}
	}
	before := spent(b)
	rec, err := probe.Examine(b.Context(), plan, opt)
	if err != nil {
		b.Fatal(err)
	}
	r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
	if err := jsonreport.Render(io.Discard, r, report.Options{}); err != nil {
		b.Fatal(err)
	}
	cost := spent(b).cpu - before.cpu
	if r.Verdict != report.Works {
		b.Fatalf("%s: %s", r.Verdict, r.SummaryText())
	}
	return cost
}
