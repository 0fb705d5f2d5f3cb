package report_test

import (
	"fmt"
	"io"
	"strconv"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/jsonreport"
	"maildoctor/report/term"
)

// many returns a run of this many endpoints, each given by a URL and each refused. A
// follow-up has found a port beside each that works.
func many(n int) (*stage.Record, diagnose.Diagnosis) {
	rec := &stage.Record{Header: recordWith().Header}
	rec.Header.Plan = stage.Plan{}
	var d diagnose.Diagnosis
	f := diagnose.Finding{Cause: cause.ServiceNotListening, Severity: cause.Fail, Confidence: cause.Likely, Args: prose.Args{"host": prose.Data("h")}}
	for i := range n {
		host := "smtp" + strconv.Itoa(i) + ".example.net"
		c := stage.Check{ID: "smtp-587-" + host, Kind: stage.KindEndpoint, Subject: i, Endpoint: stage.Endpoint{Protocol: stage.SMTP, Host: host, Port: 587, Security: stage.StartTLS}}
		rec.Header.Plan.Subjects = append(rec.Header.Plan.Subjects, stage.Subject{Argument: host, Kind: stage.SubjectURL, User: "jane"})
		rec.Header.Plan.Checks = append(rec.Header.Plan.Checks, c)
		failed := stage.Result{Stage: stage.Connect, Status: stage.Fail, Fault: stage.Refused}
		rec.Checks = append(rec.Checks, stage.CheckRecord{Check: c, Results: []stage.Result{{Stage: stage.Resolve, Status: stage.Pass}, failed}})
		rec.Contacts = append(rec.Contacts, stage.Contact{Host: host, Address: "198.51.100.1:587", Why: "endpoint"})
		f.Checks = append(f.Checks, c.ID)
		f.Evidence = append(f.Evidence, diagnose.Evidence{Check: c.ID, Stage: stage.Connect, Said: prose.Data("refused")})
	}
	d.Findings = []diagnose.Finding{told(f)}
	return rec, d
}

// BenchmarkReport makes and writes reports of many endpoints: ten times as many take
// ten times as long.
func BenchmarkReport(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		rec, d := many(n)
		b.Run(fmt.Sprintf("%d/report", n), func(b *testing.B) {
			for b.Loop() {
				report.New(prose.English(), rec, d)
			}
		})
		r := report.New(prose.English(), rec, d)
		for _, f := range []struct {
			name   string
			render report.Renderer
		}{{"term", term.Render}, {"json", jsonreport.Render}} {
			b.Run(fmt.Sprintf("%d/%s", n, f.name), func(b *testing.B) {
				for b.Loop() {
					if err := f.render(io.Discard, r, report.Options{Verbose: 2}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
