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
		{"new", smokeReport("smoke", nil), smokeReport("smoke-runs-out", nil), due, "", "", "Since then: 1 expectation newly not met."},
		{"cured", smokeReport("smoke-runs-out", nil), smokeReport("smoke", nil), "", due, "", "Since then: 1 expectation met again."},
		{"remains", smokeReport("smoke-runs-out", nil), smokeReport("smoke-runs-out", nil), "", "", due, "Since then: 1 expectation still not met."},
		{"not judged then", smokeReport("smoke", unjudged), smokeReport("smoke-runs-out", nil), due, "", "", "Since then: 1 expectation newly not met."},
		{"not judged now", smokeReport("smoke-runs-out", nil), smokeReport("smoke", unjudged), "", "", "", ""},
		{"raised from a warning", smokeReport("smoke-runs-out", eachExpectation(onlyWarn)), smokeReport("smoke-runs-out", nil), due, "", "", "Since then: 1 expectation not met, as before, but it was only a warning then."},
		{"lowered to a warning", smokeReport("smoke-runs-out", nil), smokeReport("smoke-runs-out", eachExpectation(onlyWarn)), "", "", due, "Since then: 1 expectation still not met."},
		{"a warning that remains one", smokeReport("smoke-runs-out", eachExpectation(onlyWarn)), smokeReport("smoke-runs-out", eachExpectation(onlyWarn)), "", "", due, "Since then: 1 expectation still not met."},
		{"without a file then", reportOf(t, "healthy", nil), smokeReport("smoke-runs-out", nil), due, "", "", "Since then: 1 expectation newly not met."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := compared(tt.old, tt.new, "then", "now")
			if got := []string{ids(c.News.New), ids(c.News.Cured), ids(c.News.Remaining)}; !slices.Equal(got, []string{tt.isNew, tt.cured, tt.remains}) {
				t.Errorf("new, cured, remains: %q", got)
			}
			said := strings.Join(c.Summary, " ")
			if !strings.Contains(said, tt.says) || tt.says == "" && strings.Contains(said, "expectation") {
				t.Errorf("says %q, want %q", said, tt.says)
			}
			if tt.isNew+tt.cured != "" && strings.Contains(said, "Everything") {
				t.Errorf("says %q beside what changed", said)
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

// Only what is new fails where that was asked for.
func TestOnlyNewsFails(t *testing.T) {
	broken := failedAt("pop3-995", stage.Connect, stage.Refused)
	of := func(name string, change func(*stage.Stream)) func() *report.Report {
		return func() *report.Report { return smokeReport(name, change) }
	}
	fine, due, warned, refused := of("smoke", nil), of("smoke-runs-out", nil), of("smoke-runs-out", eachExpectation(onlyWarn)), of("smoke", broken)
	for _, tt := range []struct {
		name         string
		old, new     func() *report.Report
		exit, strict int
	}{
		{"nothing wrong", fine, fine, 0, 0},
		{"a new one", fine, due, 1, 1},
		{"one that remains", due, due, 0, 0},
		{"a new warning", fine, warned, 0, 1},
		{"a warning that remains", warned, warned, 0, 0},
		{"a warning that is one no more", warned, due, 1, 1},
		{"one that is a warning now", due, warned, 0, 0},
		{"an endpoint that broke", fine, refused, 1, 1},
		{"an endpoint still broken", refused, refused, 0, 0},
		{"an endpoint that broke beside one unmet", due, refused, 1, 1},
		{"one unmet beside an endpoint that is cured", refused, due, 1, 1},
		{"another cause", of("smoke", failedAt("pop3-995", stage.Connect, stage.ConnectTimeout)), refused, 1, 1},
		{"another endpoint", refused, of("smoke", failedAt("imap-993", stage.Connect, stage.Refused)), 1, 1},
		{"not judged then", of("smoke", failedAt("smtp-465@smtp2.example.com", stage.Connect, stage.Refused)), due, 1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := tt.new()
			r.CompareWith(tt.old(), "then", "now")
			r.NewsOnly = true
			if r.ExitCode(false) != tt.exit || r.ExitCode(true) != tt.strict {
				t.Errorf("exit %d, strictly %d; want %d, %d", r.ExitCode(false), r.ExitCode(true), tt.exit, tt.strict)
			}
		})
	}
}
