package term_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
	"maildoctor/report/reporttest"
	"maildoctor/report/term"
)

var update = flag.Bool("update", false, "write the golden files")

func render(t *testing.T, name string, o report.Options) string {
	t.Helper()
	rec := sample.Get(name).Record()
	var b bytes.Buffer
	if err := term.Render(&b, report.New(prose.English(), rec, diagnose.Diagnose(rec)), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestRenderGolden compares each form with a file. Run it with -update after a
// change of words, and read the difference.
func TestRenderGolden(t *testing.T) {
	type form struct {
		name string
		o    report.Options
	}
	var forms []form
	for _, c := range sample.Cases() {
		forms = append(forms, form{c.Name + "-80", report.Options{}})
	}
	forms = append(forms,
		form{"healthy-100-v", report.Options{Width: 100, Verbose: 1}},
		form{"interception-100-v", report.Options{Width: 100, Verbose: 1}},
		form{"interception-60-v", report.Options{Width: 60, Verbose: 1}},
		form{"sibling-100-v", report.Options{Width: 100, Verbose: 1}},
		form{"all-dropped-100-v", report.Options{Width: 100, Verbose: 1}},
		form{"clock-100-v", report.Options{Width: 100, Verbose: 1}},
		form{"many-100-v", report.Options{Width: 100, Verbose: 1}},
		form{"many-linear", report.Options{Linear: true}},
		form{"smoke-runs-out-linear", report.Options{Linear: true}},
		form{"smoke-runs-out-60", report.Options{Width: 60}},
		form{"smoke-unjudged-linear", report.Options{Linear: true}},
		form{"port-blocked-linear", report.Options{Linear: true}},
		form{"sibling-60", report.Options{Width: 60}},
		form{"several-100-vv", report.Options{Width: 100, Verbose: 2}},
		form{"port-blocked-60", report.Options{Width: 60}},
		form{"wrong-password-60", report.Options{Width: 60}},
		form{"port-blocked-ascii", report.Options{ASCII: true}},
		form{"port-blocked-60-ascii", report.Options{Width: 60, ASCII: true}},
		form{"wrong-password-ansi", report.Options{Colour: report.ANSI}},
	)
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			name, _, _ := cutForm(f.name)
			got := render(t, name, f.o)
			golden(t, f.name, got)
		})
	}
}

// golden compares text with a file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
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

// cutForm removes the format from the name of a case.
func cutForm(s string) (name, form string, ok bool) {
	for _, c := range sample.Cases() {
		if rest, found := strings.CutPrefix(s, c.Name+"-"); found && len(c.Name) > len(name) {
			name, form, ok = c.Name, rest, true
		}
	}
	return name, form, ok
}

// TestWidth checks every line of every case at every width. A command on its own
// line is not wrapped, so that it can be copied.
func TestWidth(t *testing.T) {
	for _, c := range sample.Cases() {
		rec := c.Record()
		r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
		for width := report.MinWidth; width <= 200; width++ {
			if len(rec.Checks) > report.MostRows && width%7 != 0 {
				continue // its rows are those of the others
			}
			forms := []report.Options{{Width: width}}
			if width%10 == 0 || width < 70 && len(rec.Checks) < report.MostRows {
				forms = append(forms, report.Options{Width: width, ASCII: true, Verbose: 2})
			}
			for _, o := range forms {
				var b bytes.Buffer
				if err := term.Render(&b, r, o); err != nil {
					t.Fatal(err)
				}
				for n, l := range strings.Split(b.String(), "\n") {
					if w := ansi.StringWidth(l); reporttest.TooWide(l, width) {
						t.Fatalf("%s at %d columns, line %d has %d: %q", c.Name, width, n+1, w, l)
					}
				}
			}
		}
	}
}

// TestWordsStayWhole: no word of any run is cut at any width, and no line is too wide.
func TestWordsStayWhole(t *testing.T) {
	for _, c := range sample.Cases() {
		rec := c.Record()
		r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
		for _, o := range []report.Options{{}, {Verbose: 1}, {Verbose: 2}, {ASCII: true}, {Linear: true}, {EastAsian: true}} {
			step := 1
			if o.Verbose > 1 || o.Verbose > 0 && len(rec.Checks) > report.MostRows {
				step = 9
			}
			wrong, err := reporttest.CutWords(r, term.Render, o, step)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range wrong[:min(len(wrong), 5)] {
				t.Errorf("%s, %+v: %s", c.Name, o, w)
			}
		}
	}
}

// TestNames: a report has one term for the servers' operator, and host names are
// unchanged.
func TestNames(t *testing.T) {
	for _, c := range sample.Cases() {
		for _, wrong := range reporttest.Names(c.Record(), render(t, c.Name, report.Options{Verbose: 1})) {
			t.Errorf("%s: %s", c.Name, wrong)
		}
	}
	// A host whose name is one word, behind a cause of any kind.
	for _, p := range cause.Pages() {
		rec := sample.Get("several").Record()
		rec.Checks[1].Check.Endpoint.Host = "mailserver"
		d := diagnose.Diagnosis{Findings: []diagnose.Finding{{
			Cause: p.ID, Severity: cause.Fail, Confidence: cause.Proven, Checks: []string{rec.Checks[1].Check.ID},
			Args: prose.Args{"host": prose.Data("mailserver"), "servers": prose.Data("mailserver"), "party": prose.Data("X"), "provider": prose.Data("X")},
		}}}
		var b bytes.Buffer
		if err := term.Render(&b, report.New(prose.English(), rec, d), report.Options{}); err != nil {
			t.Fatal(err)
		}
		for _, wrong := range reporttest.Names(rec, b.String()) {
			t.Errorf("%s: %s", p.ID, wrong)
		}
	}
}

// TestHostsStayWhole looks for every host name in one piece, in the places
// where settings and rows show it.
func TestHostsStayWhole(t *testing.T) {
	for _, width := range []int{40, 50, 60, 61, 70, 79, 80, 120, 200} {
		got := render(t, "healthy", report.Options{Width: width})
		for _, e := range sample.CenturyLink().Endpoints {
			if !strings.Contains(got, e.Address()) {
				t.Errorf("at %d columns, %s is broken:\n%s", width, e.Address(), got)
			}
		}
	}
}

// TestColourCarriesNothing compares coloured output, without its colours, with plain
// output.
func TestColourCarriesNothing(t *testing.T) {
	for _, c := range sample.Cases() {
		for _, verbose := range []int{0, 1, 2} {
			want := render(t, c.Name, report.Options{Verbose: verbose})
			if strings.Contains(want, "\x1b") {
				t.Errorf("%s: escape sequences without colour", c.Name)
			}
			for _, colour := range []report.Colour{report.ANSI, report.ANSI256, report.TrueColor} {
				got := render(t, c.Name, report.Options{Verbose: verbose, Colour: colour})
				if !strings.Contains(got, "\x1b[") {
					t.Errorf("%s: no colour with %s", c.Name, colour)
				}
				if d := cmp.Diff(want, ansi.Strip(got)); d != "" {
					t.Fatalf("%s in %s (-plain +stripped):\n%s", c.Name, colour, d)
				}
			}
		}
	}
}

// TestASCII finds no byte beyond ASCII in the form for such consoles.
func TestASCII(t *testing.T) {
	for _, c := range sample.Cases() {
		got := render(t, c.Name, report.Options{ASCII: true, Verbose: 2})
		for n, l := range strings.Split(got, "\n") {
			if i := strings.IndexFunc(l, func(r rune) bool { return r >= 0x80 }); i >= 0 {
				t.Errorf("%s, line %d: %q", c.Name, n+1, l)
			}
		}
	}
}

// TestReplay: the same events, interleaved otherwise and decoded from a file,
// give the same report.
func TestReplay(t *testing.T) {
	for _, c := range sample.Cases() {
		want := render(t, c.Name, report.Options{Verbose: 2})
		for seed := range uint64(3) {
			s := *c.Stream
			s.Events = slices.Clone(s.Events)
			r := rand.New(rand.NewPCG(seed, 1))
			r.Shuffle(len(s.Events), func(i, k int) { s.Events[i], s.Events[k] = s.Events[k], s.Events[i] })
			rec := stage.Fold(&s)
			var b bytes.Buffer
			if err := term.Render(&b, report.New(prose.English(), rec, diagnose.Diagnose(rec)), report.Options{Verbose: 2}); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(strings.Split(want, "\n"), strings.Split(b.String(), "\n")); d != "" {
				t.Fatalf("%s, shuffled (-want +got):\n%s", c.Name, d)
			}
		}
	}
}

// TestCut renders every run as if it had been cut off after each event: the report
// says so, and does not claim after a few events that everything works.
func TestCut(t *testing.T) {
	for _, c := range sample.Cases() {
		for n := range c.Stream.Events {
			s := *c.Stream
			s.Events, s.End = s.Events[:n], nil
			rec := stage.Fold(&s)
			r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
			var b bytes.Buffer
			if err := term.Render(&b, r, report.Options{Verbose: 1}); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(b.String(), "was interrupted after") {
				t.Fatalf("%s, cut after %d events, does not say so", c.Name, n)
			}
			if n < 10 && r.Verdict == report.Works {
				t.Fatalf("%s works after %d events", c.Name, n)
			}
		}
	}
}

func ExampleRender() {
	rec := sample.Get("no-password").Record()
	var b bytes.Buffer
	if err := term.Render(&b, report.New(prose.English(), rec, diagnose.Diagnose(rec)), report.Options{}); err != nil {
		panic(err)
	}
	first, _, _ := strings.Cut(b.String(), "\n")
	fmt.Println(first)
	// Output: ✓ WORKS as far as tested   q.com
}

// TestCauseOnce: a cause that is proven for one connection and likely for another is
// named once, with its highest confidence.
func TestCauseOnce(t *testing.T) {
	var d diagnose.Diagnosis
	for _, c := range []cause.Confidence{cause.Proven, cause.Likely} {
		d.Findings = append(d.Findings, diagnose.Finding{Cause: "cert-expired", Severity: cause.Fail, Confidence: c})
	}
	var b bytes.Buffer
	if err := term.Render(&b, report.New(prose.English(), sample.Get("healthy").Record(), d), report.Options{}); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); strings.Count(got, "cert-expired, ") != 1 || !strings.Contains(got, "cert-expired, proven\n") {
		t.Error(got)
	}
}

// A report of thousands of connections is painted in parts: every row is there, once
// and in its place, and no other line is lost or repeated.
func TestThousandsOfRows(t *testing.T) {
	r := report.New(prose.English(), sample.Get("interception").Record(), diagnose.Diagnosis{})
	first := r.Rows[0]
	lines := func(n int) []string {
		r.Rows = nil
		for i := range n {
			row := first
			row.Address = fmt.Sprintf("host%d.test:993", i)
			r.Rows = append(r.Rows, row)
		}
		var b bytes.Buffer
		if err := term.Render(&b, r, report.Options{}); err != nil {
			t.Fatal(err)
		}
		return strings.Split(b.String(), "\n")
	}
	few, many := lines(3), lines(3000)
	next := 0
	for _, l := range many {
		if strings.Contains(l, fmt.Sprintf("host%d.test:993 ", next)) {
			next++
		}
	}
	each := (len(lines(4)) - len(few))
	if want := len(few) + 2997*each; next != 3000 || len(many) != want {
		t.Errorf("%d rows in %d lines, want 3000 in %d", next, len(many), want)
	}
	if a, b := few[len(few)-4:], many[len(many)-4:]; !slices.Equal(a, b) {
		t.Errorf("the end is %q, want %q", b, a)
	}
}
