package github_test

import (
	"bytes"
	"testing"

	"maildoctor/report"
	"maildoctor/report/github"
)

func render(t *testing.T, r *report.Report, strict bool) string {
	t.Helper()
	var b bytes.Buffer
	if err := github.Render(&b, r, report.Options{Strict: strict}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
