package markdown_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/prosetest"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
	"maildoctor/report/markdown"
	"maildoctor/report/reporttest"
)

var update = flag.Bool("update", false, "write the golden files")

func of(l *prose.Language, rec *stage.Record) *report.Report {
	return report.New(l, rec, diagnose.Diagnose(rec))
}

func render(t testing.TB, r *report.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := markdown.Render(&b, r, report.Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// expecting adds what a smoke file expected, in the language of the report.
func expecting(r *report.Report) *report.Report {
	r.File = &stage.SmokeFile{Path: "smoke.toml", SHA256: strings.Repeat("ab", 32)}
	word := func(s string) string { return r.Language.Text(prose.Data(s)) }
	add := func(id stage.ExpectationID, sev stage.ExpectationSeverity, line int, o report.ExpectationOutcome, seen, why string) {
		e := report.Expectation{
			Expectation: stage.Expectation{ID: id, Want: []string{"14"}, Severity: sev, Line: line}, Check: r.Outcomes[0].Check,
			Place: "pop3s://pop.centurylink.net:995", Outcome: o, Expected: word("14"), Cause: "cert-expires-soon", At: 3,
		}
		if seen != "" {
			e.Seen = word(seen)
		}
		if why != "" {
			e.Why = word(why)
		}
		r.Expectations = append(r.Expectations, e)
	}
	add(stage.ExpectTLSMin, stage.ExpectWarn, 8, report.ExpectationUnmet, "5", "")
	add(stage.ExpectCertificateDays, stage.ExpectFail, 7, report.ExpectationUnmet, "", "")
	add(stage.ExpectLogin, stage.ExpectFail, 9, report.ExpectationMet, "1", "")
	add(stage.ExpectReachable, stage.ExpectFail, 0, report.ExpectationNotJudged, "", "2")
	return r
}

// TestGolden compares whole pages.
func TestGolden(t *testing.T) {
	for _, name := range []string{"healthy", "wrong-password", "sibling", "many", "offline", "configured", "expectations", "compared"} {
		var r *report.Report
		switch name {
		case "expectations":
			r = expecting(of(prose.English(), sample.Get("dead-ipv6").Record()))
		case "compared":
			r = of(prose.English(), sample.Get("port-blocked").Record())
			old := sample.Get("healthy").Record()
			old.Header.Started = old.Header.Started.Add(-time.Hour)
			r.CompareWith(of(prose.English(), old), "wifi", "hotspot")
		default:
			r = of(prose.English(), sample.Get(name).Record())
		}
		got := render(t, r)
		file := filepath.Join("testdata", name+".md")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
			t.Errorf("differs from %s (-want +got):\n%s", file, d)
		}
	}
}

// TestPagesArePlain: no page has more than it is to have, and none refers to anything.
func TestPagesArePlain(t *testing.T) {
	for _, c := range sample.Cases() {
		s := parsed(t, render(t, expecting(of(prose.English(), c.Record()))))
		if bad := s.elements(); len(bad) > 0 {
			t.Errorf("%s: %q", c.Name, bad)
		}
		if bad := s.triggers(); len(bad) > 0 {
			t.Errorf("%s: %q", c.Name, bad)
		}
	}
}

// unmet counts the expectations that aren't met.
func unmet(r *report.Report) int {
	n := 0
	for _, e := range r.Expectations {
		if e.Outcome == report.ExpectationUnmet {
			n++
		}
	}
	return n
}

// TestSaysWhatItIs: verdict, sentences, actions and settings stand on the page word for
// word, and rows of tables have their columns.
func TestSaysWhatItIs(t *testing.T) {
	for _, c := range sample.Cases() {
		r := expecting(of(prose.English(), c.Record()))
		s := parsed(t, render(t, r))
		text := strings.Join(strings.Fields(s.text()), " ")
		want := append(slices.Clone(r.Summary), r.Title)
		want = append(want, r.Notices...)
		for _, a := range r.Actions {
			want = append(want, a.Text(r.Language), a.Command(r.Language))
		}
		for _, x := range r.Settings {
			want = append(want, x.OneLine.Text, x.UserName)
		}
		want = append(want, r.NotKnown...)
		want = append(want, r.Run, r.Made, r.LoginWords, "smoke.toml:7", fmt.Sprintf("%d expectations not met", unmet(r)))
		for _, w := range want {
			if w = strings.Join(strings.Fields(w), " "); !strings.Contains(text, w) {
				t.Errorf("%s: %q is not on the page", c.Name, w)
			}
		}
		for n := range s.Descendants() {
			if n.Data != "tr" {
				continue
			}
			cells, heads := 0, 0
			for range n.ChildNodes() {
				cells++
			}
			table := n.Parent.Parent
			for h := range table.Descendants() {
				if h.Data == "th" {
					heads++
				}
			}
			if cells/2 != heads && cells != heads && (cells-1)/2 != heads {
				t.Errorf("%s: a row of %d cells below %d heads", c.Name, cells, heads)
			}
		}
	}
}

// TestUnmetFirst: what fails the run comes before what only warns, with its place, and
// what can't be judged is apart.
func TestUnmetFirst(t *testing.T) {
	page := render(t, expecting(of(prose.English(), sample.Get("healthy").Record())))
	order := []string{"2 expectations not met", "`smoke.toml:7`", "`smoke.toml:8`", "How far", "Settings to type", "<details>", "could not be judged", "`smoke.toml:3`"}
	at := 0
	for _, want := range order {
		i := strings.Index(page[at:], want)
		if i < 0 {
			t.Fatalf("%q doesn't follow in\n%s", want, page)
		}
		at += i
	}
	if strings.Contains(page, "smoke.toml:9") {
		t.Error("what is met is in a list")
	}
}

// TestEveryWordIsTranslatable: all text on a page comes from the tables, or is data.
func TestEveryWordIsTranslatable(t *testing.T) {
	for _, c := range sample.Cases() {
		rec := c.Record()
		old := sample.Get("port-blocked").Record()
		old.Header.Started = old.Header.Started.Add(-time.Hour)
		d, err := prosetest.Known([]*stage.Record{rec, old}, reporttest.IDs(), append(reporttest.Labels(rec, old), "wifi", "hotspot", "smoke.toml", strings.Repeat("ab", 32),
			"pop3s://pop.centurylink.net:995", "cert-expires-soon", string(stage.ExpectTLSMin), string(stage.ExpectReachable), string(stage.ExpectCertificateDays), "fail", "warn"))
		if err != nil {
			t.Fatal(err)
		}
		for _, compared := range []bool{false, true} {
			r := expecting(of(prosetest.Language(), rec))
			if compared {
				r.CompareWith(of(prosetest.Language(), old), "wifi", "hotspot")
			}
			page := render(t, r)
			for _, w := range d.Text(parsed(t, page).text()) {
				t.Errorf("%s: %s", c.Name, w)
			}
		}
	}
}

// hostile puts text into every string that came from elsewhere.
func hostile(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			hostile(v.Elem(), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				hostile(v.Field(i), text)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if v.Index(i).Kind() == reflect.String && v.Type().Elem() == reflect.TypeFor[string]() {
				v.Index(i).SetString(text)
				continue
			}
			hostile(v.Index(i), text)
		}
	case reflect.String:
		if v.CanSet() && v.Type() == reflect.TypeFor[string]() && strings.Contains(v.String(), " ") {
			v.SetString(v.String() + " " + text)
		}
	}
}

// TestHostileServers: whatever a server says where it says something, the page stays as
// it is.
func TestHostileServers(t *testing.T) {
	all := strings.Join(nasty, " ")
	shown := 0
	for _, c := range sample.Cases() {
		rec := c.Record()
		for i := range rec.Checks {
			for k := range rec.Checks[i].Results {
				if f := rec.Checks[i].Results[k].Facts; f != nil {
					hostile(reflect.ValueOf(f), all)
				}
			}
		}
		page := render(t, of(prose.English(), rec))
		s := parsed(t, page)
		if bad := s.elements(); len(bad) > 0 {
			t.Errorf("%s: %q", c.Name, bad)
		}
		if bad := s.triggers(); len(bad) > 0 {
			t.Errorf("%s: %q", c.Name, bad)
		}
		if strings.Contains(s.text(), "@octocat") {
			shown++
		}
	}
	if shown < 3 {
		t.Errorf("%d pages show what the servers say", shown)
	}
}

// TestBelowTheLimit: a page stays below the limit whatever the run, the worst stands in
// it, and it says what is left out.
func TestBelowTheLimit(t *testing.T) {
	r := of(prose.English(), sample.Get("many").Record())
	rows, outcomes := r.Rows, r.Outcomes
	for i := range 20_000 {
		row, o := rows[i%len(rows)], outcomes[i%len(outcomes)]
		row.Check = fmt.Sprintf("imap-%d", i)
		o.Check, o.Verdict = row.Check, report.WorksWithWarnings
		if i == 19_999 {
			row.Address, o.Verdict = "the-worst.example:993", report.DoesNotWork
		}
		r.Rows, r.Outcomes = append(r.Rows, row), append(r.Outcomes, o)
	}
	page := render(t, r)
	if len(page) >= markdown.MaxSize || len(page) < markdown.MaxSize*9/10 {
		t.Errorf("%d bytes", len(page))
	}
	first := strings.Index(page, "the-worst.example:993")
	if other := strings.Index(page, "imap-"); first < 0 || other >= 0 && other < first {
		t.Errorf("the worst is at %d", first)
	}
	text := parsed(t, page).text()
	for _, want := range []string{"and 99", "Left out, because", "30 more are in order", "about this run"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing at the end: %s", want, text[len(text)-600:])
		}
	}
	for _, c := range []string{strings.Repeat("@", 1<<20), strings.Repeat("x", 3<<20)} {
		r := of(prose.English(), sample.Get("wrong-password").Record())
		for range 30 {
			r.Notices, r.Summary, r.NotKnown = append(r.Notices, c), append(r.Summary, c), append(r.NotKnown, c)
		}
		r.Title = c
		r.Notices, r.Summary = r.Notices[:5], r.Summary[:5]
		if page := render(t, r); len(page) >= markdown.MaxSize || !strings.HasPrefix(page, "# ✗ ") {
			t.Errorf("%d bytes, %.20q", len(page), page)
		}
	}
	many := of(prose.English(), sample.Get("healthy").Record())
	for i := range 30_000 {
		s := many.Settings[0]
		s.Subject = fmt.Sprintf("jane%d@example.net", i)
		many.Settings = append(many.Settings, s)
	}
	if page := render(t, many); len(page) >= markdown.MaxSize || !strings.Contains(page, "of \"settings to type in\"") {
		t.Errorf("%d bytes, ends in %s", len(page), page[len(page)-300:])
	}
}
