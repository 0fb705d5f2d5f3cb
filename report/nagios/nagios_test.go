package nagios_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/prosetest"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/expected"
	"maildoctor/report/internal/sample"
	"maildoctor/report/nagios"
	"maildoctor/report/reporttest"
)

// The grammar of the Monitoring Plugins Development Guidelines, 2.5 and 2.6.
var (
	first  = regexp.MustCompile(`^MAILDOCTOR (OK|WARNING|CRITICAL|UNKNOWN) - ([^|\n]+) \| ([^|\n]+)$`)
	number = `-?\d+(?:\.\d+)?`
	bounds = `@?(?:(?:~|` + number + `):)?(?:` + number + `)?`
	datum  = regexp.MustCompile(`^'((?:[^'=]|'')+)'=` + number + `(?:|s|us|ms|%|B|KB|MB|TB|c)` +
		`(?:;(?:` + bounds + `)?){0,2}(?:;(?:` + number + `)?){0,2}$`)
	split = regexp.MustCompile(`'(?:[^']|'')*'=\S*|\S+`)
)

// check returns the status, the data by label, and what is wrong.
func check(text string) (status string, data map[string]string, wrong []string) {
	l, rest, _ := strings.Cut(text, "\n")
	m := first.FindStringSubmatch(l)
	if m == nil {
		return "", nil, []string{"no first line of a plugin: " + l}
	}
	if strings.Contains(rest, "|") {
		wrong = append(wrong, "performance data in the long output")
	}
	if len(text) > 8<<10 {
		wrong = append(wrong, "longer than what Nagios reads")
	}
	data = make(map[string]string)
	for _, d := range split.FindAllString(m[3], -1) {
		p := datum.FindStringSubmatch(d)
		if p == nil {
			wrong = append(wrong, "not performance data: "+d)
			continue
		}
		if _, ok := data[p[1]]; ok {
			wrong = append(wrong, "twice: "+p[1])
		}
		data[p[1]] = strings.TrimPrefix(d, "'"+p[1]+"'=")
	}
	return m[1], data, wrong
}

var codes = map[string]int{"OK": 0, "WARNING": 1, "CRITICAL": 2, "UNKNOWN": 3}

func TestGrammar(t *testing.T) {
	for _, c := range sample.Cases() {
		for _, words := range []string{"5", "a|b"} {
			r := expected.Of(prose.English(), c, words)
			status, _, wrong := check(render(t, r, false))
			for _, w := range wrong {
				t.Errorf("%s: %s", c.Name, w)
			}
			if codes[status] != nagios.Code(r) {
				t.Errorf("%s: %s, exit code %d", c.Name, status, nagios.Code(r))
			}
		}
	}
}

func TestCode(t *testing.T) {
	unmet := func(s stage.ExpectationSeverity) report.Expectation {
		return report.Expectation{Expectation: stage.Expectation{ID: stage.ExpectTLSMin, Severity: s}, Outcome: report.ExpectationUnmet}
	}
	for _, tt := range []struct {
		name    string
		verdict report.Verdict
		ended   stage.EndState
		expects []report.Expectation
		want    int
	}{
		{"works", report.Works, stage.Complete, nil, nagios.OK},
		{"warnings", report.WorksWithWarnings, stage.Complete, nil, nagios.Warning},
		{"unmet warn", report.Works, stage.Complete, []report.Expectation{unmet(stage.ExpectWarn)}, nagios.Warning},
		{"not judged", report.Works, stage.Complete, []report.Expectation{{Outcome: report.ExpectationNotJudged}}, nagios.OK},
		{"does not work", report.DoesNotWork, stage.Complete, nil, nagios.Critical},
		{"unmet fail", report.Works, stage.Complete, []report.Expectation{unmet(stage.ExpectFail)}, nagios.Critical},
		{"unmet fail beside unknown", report.Unknown, stage.Complete, []report.Expectation{unmet(stage.ExpectFail)}, nagios.Critical},
		{"could not tell", report.Unknown, stage.Complete, nil, nagios.Unknown},
		{"interrupted", report.DoesNotWork, stage.WasInterrupted, nil, nagios.Unknown},
	} {
		r := &report.Report{Language: prose.English(), Verdict: tt.verdict, Ended: tt.ended, Expectations: tt.expects, Title: "jane@q.com"}
		if got := nagios.Code(r); got != tt.want {
			t.Errorf("%s: %d; want %d", tt.name, got, tt.want)
		}
	}
}

func TestWhatIsShown(t *testing.T) {
	r := expected.Of(prose.English(), sample.Get("healthy"), "5")
	r.Expectations = r.Expectations[:4]
	status, data, _ := check(render(t, r, false))
	if status != "CRITICAL" || !strings.HasPrefix(render(t, r, false), "MAILDOCTOR CRITICAL - certificate-days, This is not as the file expects. Expected: 5.") {
		t.Errorf("%s: %s", status, render(t, r, false))
	}
	if got := data["pop3-995"]; !strings.HasSuffix(got, "s;2.000;4.000;0") {
		t.Errorf("time of an endpoint: %q", got)
	}
	if got := data["pop3-995_certificate_days"]; !strings.HasSuffix(got, ":;14:") {
		t.Errorf("days of a certificate: %q", got)
	}
	if data["failed"] != "1;;0;0;7" || data["warned"] != "1;0;;0;7" {
		t.Errorf("failed %q, warned %q", data["failed"], data["warned"])
	}
	if got := render(t, r, false); !strings.Contains(got, "\n[OK] jane@q.com: ") || !strings.Contains(got, "\n[CRITICAL] jane@q.com: ") {
		t.Errorf("no line for an endpoint:\n%s", got)
	}
}

func TestRefuse(t *testing.T) {
	var b bytes.Buffer
	if err := nagios.Refuse(&b, "smoke.toml:3:1: a|b\nsmoke.toml:4:1: c\x1b"); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != "MAILDOCTOR UNKNOWN - smoke.toml:3:1: a¦b\nsmoke.toml:4:1: c"+stage.Visible("\x1b")+"\n" {
		t.Errorf("%q", got)
	}
}

func TestEveryWordIsTranslatable(t *testing.T) {
	for _, c := range sample.Cases() {
		r := expected.Of(prosetest.Language(), c, "⟪5⟫")
		d, err := prosetest.Known(append(reporttest.IDs(), c.Record(), r.File, "MAILDOCTOR OK WARNING CRITICAL UNKNOWN SKIP")...)
		if err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(render(t, r, false)) {
			_, said, ok := strings.Cut(l, "⟦")
			if !ok {
				continue // an endpoint in order
			}
			said, _, _ = strings.Cut("⟦"+strings.TrimSuffix(said, "\n"), " | ")
			if strings.HasSuffix(said, "...") {
				continue // cut, marks and all
			}
			for _, w := range d.Text(said) {
				t.Errorf("%s: %s", c.Name, w)
			}
		}
	}
}

// FuzzServerText: no text begins performance data or a line.
func FuzzServerText(f *testing.F) {
	for _, s := range []string{"5", " ", "a|b=1", "\nMAILDOCTOR OK - x", "'", "=", "\x00\xff\u2028", strings.Repeat("x", 9000), ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		r := expected.Of(prose.English(), sample.Get("wrong-password"), said)
		r.Title, r.Summary, r.Subjects[0].Label = said, []string{"x" + said}, said
		r.Checks[0].Check.ID = "x" + said
		status, _, wrong := check(render(t, r, false))
		if len(wrong) > 0 || status != "CRITICAL" {
			t.Errorf("%s: %q", status, wrong)
		}
	})
}
