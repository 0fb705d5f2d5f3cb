// Package expected adds what a smoke file expects to sample reports, for the tests of
// renderers.
package expected

import (
	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
	"maildoctor/report/points"
)

// Of returns the report on a sample run, with expectations; see [Add].
func Of(l *prose.Language, c sample.Case, words string) *report.Report {
	rec := c.Record()
	r := report.New(l, rec, diagnose.Diagnose(rec))
	Add(r, words)
	return r
}

// Add adds to the first check of a report an expectation of each outcome and severity.
// Their words are words, an argument of each, so that tests can choose them.
func Add(r *report.Report, words string) {
	r.File = &stage.SmokeFile{Path: "./ci/smoke.toml", SHA256: "51aa07bd6f9420ce5e5e"}
	if len(r.Outcomes) == 0 {
		return
	}
	o := r.Outcomes[0]
	for i, e := range []report.Expectation{
		{Expectation: of(stage.ExpectTLSMin, stage.ExpectFail, "1.2"), Outcome: report.ExpectationMet, Seen: words},
		{Expectation: of(stage.ExpectCertificateDays, stage.ExpectFail, "14"), Outcome: report.ExpectationUnmet, Seen: words},
		{Expectation: of(stage.ExpectReady, stage.ExpectWarn, "2000"), Outcome: report.ExpectationUnmet, Seen: words},
		{Expectation: of(stage.ExpectReady, stage.ExpectFail, "4000"), Outcome: report.ExpectationMet, Seen: words},
		{Expectation: of(stage.ExpectSize, stage.ExpectFail, "10485760"), Outcome: report.ExpectationUnmet, Cause: o.Cause},
		{Expectation: of(stage.ExpectReachable, stage.ExpectFail, "ipv6"), Outcome: report.ExpectationNotJudged, Why: words},
	} {
		e.Check, e.Expected, e.Line, e.At = o.Check, words, 7+i, 5
		e.Place = points.Place(o.Tested.Endpoint)
		r.Expectations = append(r.Expectations, e)
	}
}

func of(id stage.ExpectationID, s stage.ExpectationSeverity, want string) stage.Expectation {
	return stage.Expectation{ID: id, Want: []string{want}, Severity: s}
}
