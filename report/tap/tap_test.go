package tap_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/prosetest"
	"maildoctor/report"
	"maildoctor/report/internal/expected"
	"maildoctor/report/internal/sample"
	"maildoctor/report/points"
	"maildoctor/report/reporttest"
)

// line is a test point: the text of its description and reason has # and \ only
// escaped (TAP 14).
var (
	line  = regexp.MustCompile(`^(not )?ok (\d+) - ((?:[^#\\]|\\[#\\])*?)( # SKIP (?:[^#\\]|\\[#\\])+)?$`)
	field = regexp.MustCompile(`^  ([a-z_]+): (.+)$`)
)

// check reads a document line by line, and returns what is wrong and the points.
func check(text string) (ok, failed, skipped int, wrong []string) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	plan := 0
	if len(lines) < 2 || lines[0] != "TAP version 14" {
		return 0, 0, 0, []string{"no version"}
	}
	if _, err := fmt.Sscanf(lines[1], "1..%d", &plan); err != nil {
		wrong = append(wrong, "no plan: "+lines[1])
	}
	block := false
	for _, l := range lines[2:] {
		m := line.FindStringSubmatch(l)
		switch {
		case block && l == "  ...":
			block = false
		case block:
			if f := field.FindStringSubmatch(l); f == nil || !json.Valid([]byte(f[2])) {
				wrong = append(wrong, "not a field: "+l)
			}
		case l == "  ---":
			block = true
		case strings.HasPrefix(l, "# "):
		case m == nil:
			wrong = append(wrong, "not a line of TAP: "+l)
		case m[2] != fmt.Sprint(ok+failed+skipped+1):
			wrong = append(wrong, "out of order: "+l)
		case m[4] != "":
			skipped++
		case m[1] != "":
			failed++
		default:
			ok++
		}
	}
	if block || ok+failed+skipped != plan {
		wrong = append(wrong, fmt.Sprintf("%d of %d points, or an open block", ok+failed+skipped, plan))
	}
	return ok, failed, skipped, wrong
}

func TestGrammar(t *testing.T) {
	for _, c := range sample.Cases() {
		for _, strict := range []bool{false, true} {
			r := expected.Of(prose.English(), c, `a # SKIP \ b`)
			_, failed, skipped, wrong := check(render(t, r, strict))
			for _, w := range wrong {
				t.Errorf("%s: %s", c.Name, w)
			}
			n, unjudged := 0, 0
			for _, e := range r.Expectations {
				if e.Outcome == report.ExpectationNotJudged {
					unjudged++
				}
			}
			for _, p := range points.Of(r, strict) {
				if p.Fails(strict) {
					n++
				}
			}
			if failed != n || skipped != unjudged || unjudged == 0 {
				t.Errorf("%s: %d failed, %d skipped; want %d, %d", c.Name, failed, skipped, n, unjudged)
			}
		}
	}
}

func TestWhatIsShown(t *testing.T) {
	got := render(t, expected.Of(prose.English(), sample.Get("port-blocked"), `# SKIP a\b`), false)
	for _, want := range []string{
		"\nok 2 - jane@q.com: pop3s://pop.centurylink.net:995 tls-min\n",
		"\nnot ok 3 - jane@q.com: pop3s://pop.centurylink.net:995 certificate-days\n  ---\n  severity: \"fail\"\n",
		` # SKIP \# SKIP a\\b` + "\n",
		`  at: {"file": "./ci/smoke.toml", "line": 8}` + "\n",
		"\n  severity: \"warning\"\n",
		"\n  cause: \"port-filtered\"\n",
		"\n# verdict: does-not-work\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func TestEveryWordIsTranslatable(t *testing.T) {
	value := regexp.MustCompile(`(?m)^  (?:message|action|wanted|found): (.*)$`)
	for _, c := range sample.Cases() {
		r := expected.Of(prosetest.Language(), c, "⟪5⟫")
		d, err := prosetest.Known(append(reporttest.IDs(), c.Record())...)
		if err != nil {
			t.Fatal(err)
		}
		all := value.FindAllStringSubmatch(render(t, r, false), -1)
		if len(all) == 0 {
			t.Errorf("%s: no text", c.Name)
		}
		for _, m := range all {
			var text string
			if err := json.Unmarshal([]byte(m[1]), &text); err != nil {
				t.Fatal(err)
			}
			for _, w := range d.Text(text) {
				t.Errorf("%s: %s", c.Name, w)
			}
		}
	}
}

// FuzzServerText: no text makes a line, a directive or an end of diagnostics.
func FuzzServerText(f *testing.F) {
	for _, s := range []string{"5", " ", "# SKIP", `\`, "a\nok 9 - b", "...\n---", "Bail out!", "\x00\xff", "\u2028", "a \\# todo"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		r := expected.Of(prose.English(), sample.Get("wrong-password"), said)
		r.Subjects[0].Label, r.Version, r.File.Path = said, said, said
		ok, failed, skipped, wrong := check(render(t, r, false))
		n := points.Count(points.Of(r, false))
		if len(wrong) > 0 || failed != n[points.Failed]+n[points.Open] || skipped != n[points.Unjudged] || ok != n[points.Passed]+n[points.Warned] {
			t.Errorf("%d ok, %d failed, %d skipped: %q", ok, failed, skipped, wrong)
		}
	})
}
