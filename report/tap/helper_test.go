package tap_test

import (
	"bytes"
	"testing"

	"maildoctor/report"
	"maildoctor/report/tap"
)

func render(t *testing.T, r *report.Report, strict bool) string {
	t.Helper()
	var b bytes.Buffer
	if err := tap.Render(&b, r, report.Options{Strict: strict}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
