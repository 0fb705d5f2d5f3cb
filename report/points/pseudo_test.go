package points_test

import (
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose/prosetest"
	"maildoctor/report"
	"maildoctor/report/internal/expected"
	"maildoctor/report/internal/sample"
	"maildoctor/report/points"
	"maildoctor/report/reporttest"
)

// TestEveryWordIsTranslatable: what a point says comes from the tables. The renderers
// test their own words likewise.
func TestEveryWordIsTranslatable(t *testing.T) {
	for _, c := range sample.Cases() {
		rec := c.Record()
		d, err := prosetest.Known(append(reporttest.IDs(), rec, "at least")...)
		if err != nil {
			t.Fatal(err)
		}
		r := report.New(prosetest.Language(), rec, diagnose.Diagnose(rec))
		expected.Add(r, "⟪at least⟫ 5")
		for _, p := range points.Of(r, false) {
			for _, text := range []string{p.Said, p.Action} {
				for _, w := range d.Text(text) {
					t.Errorf("%s: %s: %s", c.Name, p.Name, w)
				}
			}
		}
	}
}
