package github_test

import (
	"bytes"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/report"
	"maildoctor/report/github"
	"maildoctor/report/internal/expected"
	"maildoctor/report/internal/sample"
)

func of(l *prose.Language, c sample.Case, words string) *report.Report {
	rec := c.Record()
	r := report.New(l, rec, diagnose.Diagnose(rec))
	expected.Add(r, words)
	return r
}

func render(t *testing.T, r *report.Report, strict bool) string {
	t.Helper()
	var b bytes.Buffer
	if err := github.Render(&b, r, report.Options{Strict: strict}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
