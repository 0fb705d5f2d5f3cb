package reporttest_test

import (
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
	"maildoctor/report/reporttest"
)

// Nothing that a sample run has refuted is advised, and what it has proven is
// advised first.
func TestSamples(t *testing.T) {
	for _, c := range sample.Cases() {
		rec := c.Record()
		for _, wrong := range reporttest.Refuted(rec, report.New(prose.English(), rec, diagnose.Diagnose(rec))) {
			t.Errorf("%s: %s", c.Name, wrong)
		}
	}
}
