package reporttest_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/report"
	"maildoctor/report/github"
	"maildoctor/report/internal/sample"
	"maildoctor/report/jsonreport"
	"maildoctor/report/junit"
	"maildoctor/report/markdown"
	"maildoctor/report/nagios"
	"maildoctor/report/tap"
	"maildoctor/report/term"
)

// saysOld reports whether a form says that something isn't new.
func saysOld(text string) bool {
	return strings.Contains(strings.Join(strings.Fields(text), " "), "Not new: it was no better in then, so it does not fail this run.")
}

// stoodIn reports whether JSON lists something that isn't new.
func stoodIn(text string) bool {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	last := lines[len(lines)-1] // of one object a line
	if lines[0] == "{" {
		last = text
	}
	var d struct {
		Against struct {
			Stood *jsonreport.StoodObject
		}
	}
	if json.Unmarshal([]byte(last), &d) != nil || d.Against.Stood == nil {
		return false
	}
	return len(d.Against.Stood.Checks)+len(d.Against.Stood.Expectations) > 0
}

// asked says so as a clause among others.
func asked(text string) bool {
	text = strings.Join(strings.Fields(text), " ")
	return strings.Contains(text, "Not better in then either: 1 ") && strings.Contains(text, "Only what is new since then fails this run.")
}

// TestOldIsCalledOld: what doesn't fail a run because it isn't new says so in every form,
// and what is new doesn't.
func TestOldIsCalledOld(t *testing.T) {
	forms := []struct {
		name   string
		render report.Renderer
		says   func(string) bool
	}{
		{"text", term.Render, asked},
		{"markdown", markdown.Render, saysOld},
		{"markdown's summary", markdown.Render, asked},
		{"json", jsonreport.Render, stoodIn},
		{"json's summary", jsonreport.Render, asked},
		{"jsonl", jsonreport.RenderLines, stoodIn},
		{"junit", junit.Render, saysOld},
		{"tap", tap.Render, saysOld},
		{"github", github.Render, saysOld},
		{"nagios", nagios.Render, saysOld},
		{"nagios' first line", nagios.Render, asked},
	}
	for _, run := range []string{"smoke-runs-out", "port-blocked"} {
		for _, form := range forms {
			for _, tt := range []struct {
				older    string
				newsOnly bool
				want     bool
			}{{run, true, true}, {run, false, false}, {"healthy", true, false}} {
				r := reportOn(run)
				r.CompareWith(reportOn(tt.older), "then", "now")
				r.NewsOnly = tt.newsOnly
				var b bytes.Buffer
				if err := form.render(&b, r, report.Options{Width: report.MaxWidth}); err != nil {
					t.Fatal(err)
				}
				if got := form.says(b.String()); got != tt.want {
					t.Errorf("%s of %s after %s, only news %t: says that it is old: %t\n%s", form.name, run, tt.older, tt.newsOnly, got, b.String())
				}
			}
		}
	}
}

// An expectation in Markdown says so beside what it is worth.
func TestOldExpectationsInMarkdown(t *testing.T) {
	r := reportOn("smoke-runs-out")
	r.CompareWith(reportOn("smoke-runs-out"), "then", "now")
	r.NewsOnly = true
	var b bytes.Buffer
	if err := markdown.Render(&b, r, report.Options{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "| `fail`<br>Not new: it was no better in then"); n != 1 {
		t.Errorf("%d expectations are old:\n%s", n, b.String())
	}
}

func reportOn(name string) *report.Report {
	rec := sample.Get(name).Record()
	return report.New(prose.English(), rec, diagnose.Diagnose(rec))
}
