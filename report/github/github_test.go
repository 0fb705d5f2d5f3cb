package github_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/prosetest"
	"maildoctor/report/internal/expected"
	"maildoctor/report/internal/sample"
	"maildoctor/report/points"
	"maildoctor/report/reporttest"
)

// command is a workflow command: values have no colon, no comma, and % only as an
// escape; data has % only as an escape (actions/toolkit).
var (
	value    = `(?:[^%:,\r\n]|%25|%0D|%0A|%3A|%2C)+`
	command  = regexp.MustCompile(`^::(error|warning|notice) ((?:file=` + value + `,line=\d+,)?title=` + value + `)::((?:[^%\r\n]|%25|%0D|%0A)+)$`)
	unescape = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
)

// annotation is a command, unescaped.
type annotation struct{ kind, properties, data string }

func read(t *testing.T, text string) (all []annotation) {
	t.Helper()
	for l := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		m := command.FindStringSubmatch(l)
		if m == nil {
			t.Errorf("not a command with a title: %q", l)
			continue
		}
		all = append(all, annotation{m[1], unescape.Replace(m[2]), unescape.Replace(m[3])})
	}
	return all
}

func TestAtMostTenOfAKind(t *testing.T) {
	kinds := []string{"error", "warning", "notice"}
	for _, c := range sample.Cases() {
		for _, strict := range []bool{false, true} {
			r := expected.Of(prose.English(), c, "5, at: 100%")
			for range 20 { // not judged
				r.Expectations = append(r.Expectations, r.Expectations[len(r.Expectations)-1])
			}
			all := read(t, render(t, r, strict))
			n := make(map[string]int)
			for i, a := range all {
				n[a.kind]++
				if i > 0 && slices.Index(kinds, a.kind) < slices.Index(kinds, all[i-1].kind) {
					t.Errorf("%s: %s after %s", c.Name, a.kind, all[i-1].kind)
				}
			}
			want := 0
			for _, p := range points.Of(r, strict) {
				if p.Fails(strict) {
					want++
				}
			}
			if n["error"] != min(want, 10) || n["notice"] != 10 || n["warning"] > 10 {
				t.Errorf("%s: %v, of %d errors", c.Name, n, want)
			}
			last := all[len(all)-1].data
			if !strings.Contains(last, "more notices") && !strings.Contains(last, "more notice.") {
				t.Errorf("%s: not said how many more: %q", c.Name, last)
			}
		}
	}
}

func TestWhatIsShown(t *testing.T) {
	got := render(t, expected.Of(prose.English(), sample.Get("port-blocked"), "a, b: 100%\nc"), false)
	for _, want := range []string{
		"::error file=ci/smoke.toml,line=8,title=pop3s%3A//pop.centurylink.net%3A995 certificate-days::This is not as the file expects. Expected: a, b: 100%25",
		"::error title=port-filtered%3A smtp%3A//smtp.centurylink.net%3A587?starttls=if-offered::",
		"::warning file=ci/smoke.toml,line=9,title=",
		"::notice file=ci/smoke.toml,line=12,title=",
		"\n::notice title=does-not-work%3A jane@q.com::",
		"%0AWhat to do: ",
	} {
		if !strings.Contains("\n"+got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func TestEveryWordIsTranslatable(t *testing.T) {
	for _, c := range sample.Cases() {
		r := expected.Of(prosetest.Language(), c, "⟪5⟫")
		d, err := prosetest.Known(append(reporttest.IDs(), c.Record())...)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range read(t, render(t, r, false)) {
			for _, w := range d.Text(a.data) {
				t.Errorf("%s: %s", c.Name, w)
			}
		}
	}
}

// FuzzServerText: no text makes a command or a property.
func FuzzServerText(f *testing.F) {
	for _, s := range []string{"5", " ", "\n::error::x", "%0A::stop-commands::x", "a,line=1::b", "##[error]x", "\r", "\x00\xff\u2028", "%25", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		r := expected.Of(prose.English(), sample.Get("wrong-password"), said)
		plain := len(read(t, render(t, expected.Of(prose.English(), sample.Get("wrong-password"), "5"), false)))
		r.File.Path, r.Title, r.Summary = "x"+said, said, []string{said}
		if got := len(read(t, render(t, r, false))); got != plain {
			t.Errorf("%d commands; want %d", got, plain)
		}
	})
}
