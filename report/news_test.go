package report_test

import (
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/stage"
	"maildoctor/report"
)

// ids names expectations by what is expected, and where.
func ids(es []*report.Expectation) string {
	var out []string
	for _, e := range es {
		out = append(out, string(e.ID)+" "+e.Place)
	}
	return strings.Join(out, ", ")
}

// What is new, cured and remains of the expectations, and what the comparison says.
func TestNews(t *testing.T) {
	const due = "certificate-days smtps://smtp2.example.com:465"
	unjudged := failedAt("smtp-465@smtp2.example.com", stage.Connect, stage.Refused)
	for _, tt := range []struct {
		name                  string
		old, new              *report.Report
		isNew, cured, remains string
		says                  string
	}{
		{"nothing", smokeReport("smoke", nil), smokeReport("smoke", nil), "", "", "", ""},
		{"new", smokeReport("smoke", nil), smokeReport("smoke-runs-out", nil), due, "", "", "Expectations since then: 1 newly not met."},
		{"cured", smokeReport("smoke-runs-out", nil), smokeReport("smoke", nil), "", due, "", "Expectations since then: 1 met again."},
		{"remains", smokeReport("smoke-runs-out", nil), smokeReport("smoke-runs-out", nil), "", "", due, "Expectations since then: 1 still not met."},
		{"not judged then", smokeReport("smoke", unjudged), smokeReport("smoke-runs-out", nil), due, "", "", "Expectations since then: 1 newly not met."},
		{"not judged now", smokeReport("smoke-runs-out", nil), smokeReport("smoke", unjudged), "", "", "", ""},
		{"without a file then", reportOf(t, "healthy", nil), smokeReport("smoke-runs-out", nil), due, "", "", "Expectations since then: 1 newly not met."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := compared(tt.old, tt.new, "then", "now")
			if got := []string{ids(c.News.New), ids(c.News.Cured), ids(c.News.Remaining)}; !slices.Equal(got, []string{tt.isNew, tt.cured, tt.remains}) {
				t.Errorf("new, cured, remains: %q", got)
			}
			said := strings.Join(c.Summary, " ")
			if !strings.Contains(said, tt.says) || tt.says == "" && strings.Contains(said, "Expectations") {
				t.Errorf("says %q, want %q", said, tt.says)
			}
			if changed := strings.Join(lines(c.Changed), "\n"); strings.Contains(changed, due) != (tt.isNew+tt.cured != "") {
				t.Errorf("changed:\n%s", changed)
			}
			if same := strings.Join(lines(c.Same), "\n"); strings.Contains(same, due) != (tt.remains != "") {
				t.Errorf("the same:\n%s", same)
			}
		})
	}
}
