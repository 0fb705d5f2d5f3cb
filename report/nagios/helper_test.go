package nagios_test

import (
	"bytes"
	"testing"

	"maildoctor/report"
	"maildoctor/report/nagios"
)

func render(t *testing.T, r *report.Report, strict bool) string {
	t.Helper()
	var b bytes.Buffer
	if err := nagios.Render(&b, r, report.Options{Strict: strict}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
