package cli

import (
	"bytes"
	"cmp"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maildoctor/cmd/internal/demo"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/jsonreport"
	"maildoctor/report/reporttest"
	"maildoctor/report/term"
)

var update = flag.Bool("update", false, "write the expected text of saved streams anew")

// rendered is a report in the forms that must not differ.
func rendered(t *testing.T, s *stage.Stream) (text, json string) {
	t.Helper()
	r := conclude(prose.English(), s)
	r.Exit = new(codeOf(r, false))
	var a, b bytes.Buffer
	if err := term.Render(&a, r, report.Options{Width: 100, Verbose: 2, Colour: report.NoColour}); err != nil {
		t.Fatal(err)
	}
	if err := jsonreport.Render(&b, r, report.Options{}); err != nil {
		t.Fatal(err)
	}
	return a.String(), b.String()
}

// saveDemo runs a demonstration. It returns the live report, in the most verbose
// text and in JSON, and the saved run.
func saveDemo(t *testing.T, name string) (text, json, lines string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "run.jsonl")
	var s screen
	code := Main([]string{"demo", name, "-vv", "--width", "100", "--save", file, "--output", "json=" + filepath.Join(dir, "live")}, s.pipe())
	if code != fault.ExitWorks && code != fault.ExitProblems {
		t.Fatalf("demo %s: exit code %d: %s", name, code, s.err.String())
	}
	return s.out.String(), read(t, filepath.Join(dir, "live")), read(t, file)
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func parse(t *testing.T, lines string) *stage.Stream {
	t.Helper()
	s, err := stage.ReadStream(strings.NewReader(lines))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A saved run shown again gives the live report, byte for byte. The interleaving of
// the events of different checks makes no difference.
func TestReplay(t *testing.T) {
	for _, c := range demo.Cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			text, json, lines := saveDemo(t, c.Name)
			notRefuted(t, parse(t, lines))
			wordsWhole(t, parse(t, lines))
			oneName(t, parse(t, lines), text)
			same(t, "replay", lines, text, json)
			for name, order := range orders {
				same(t, name, interleave(lines, order), text, json)
			}
			cuts(t, lines)
			translatable(t, parse(t, lines))
		})
	}
}

// notRefuted compares a report with its run: it advises nothing that the run has
// refuted, and puts first what it has proven.
func notRefuted(t *testing.T, s *stage.Stream) {
	t.Helper()
	for _, wrong := range reporttest.Refuted(stage.Fold(s), conclude(prose.English(), s)) {
		t.Error(wrong)
	}
}

// oneName fails if a report has two terms for one party, or changes a host name.
func oneName(t *testing.T, s *stage.Stream, text string) {
	t.Helper()
	for _, wrong := range reporttest.Names(stage.Fold(s), text) {
		t.Error(wrong)
	}
}

// wordsWhole fails if a report cuts a word, at any width.
func wordsWhole(t *testing.T, s *stage.Stream) {
	t.Helper()
	for _, o := range []report.Options{{}, {Linear: true}} {
		wrong, err := reporttest.CutWords(conclude(prose.English(), s), term.Render, o, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range wrong[:min(len(wrong), 5)] {
			t.Error(w)
		}
	}
}

func same(t *testing.T, what, lines, text, json string) {
	t.Helper()
	gotText, gotJSON := rendered(t, parse(t, lines))
	if gotText != text {
		t.Errorf("%s: the text differs from the live report's: %s", what, firstDifference(text, gotText))
	}
	if gotJSON != json {
		t.Errorf("%s: the JSON differs from the live report's: %s", what, firstDifference(json, gotJSON))
	}
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return "\nlive:   " + x[i] + "\nreplay: " + y[i]
		}
	}
	return "one is longer"
}

// orders are possible orders of the events of checks. Those of one check keep their
// order.
var orders = map[string]func(a, b event) int{
	"one check after the other": func(a, b event) int { return strings.Compare(a.check, b.check) },
	"the last check first":      func(a, b event) int { return strings.Compare(b.check, a.check) },
	"in turns":                  func(a, b event) int { return cmp.Or(cmp.Compare(a.seq, b.seq), strings.Compare(b.check, a.check)) },
}

type event struct {
	check, line string
	seq         int
	ordered     bool
}

// interleave sorts the events of a saved run. Those that order a follow-up come
// first: without them the follow-up's other events can't be understood.
func interleave(lines string, order func(a, b event) int) string {
	all := strings.SplitAfter(strings.TrimSuffix(lines, "\n"), "\n")
	head, tail := all[0], all[len(all)-1]
	var events []event
	s := parseLines(all[1 : len(all)-1])
	for i, e := range s {
		events = append(events, event{e.Check, all[i+1], e.Seq, e.Type == stage.EventCheck})
	}
	slices.SortStableFunc(events, func(a, b event) int {
		if a.ordered != b.ordered {
			if a.ordered {
				return -1
			}
			return 1
		}
		return order(a, b)
	})
	var b strings.Builder
	b.WriteString(head)
	for _, e := range events {
		b.WriteString(e.line)
	}
	b.WriteString(tail)
	return b.String()
}

// parseLines reads the events of lines that have nothing else.
func parseLines(lines []string) []stage.Event {
	header := `{"header":{"format":1}}` + "\n"
	s, err := stage.ReadStream(strings.NewReader(header + strings.Join(lines, "")))
	if err != nil {
		return nil
	}
	return s.Events
}

// cuts shows a saved run cut off after each of its lines, and in the middle of each.
// The result is never better than the whole run's, and never complete.
func cuts(t *testing.T, lines string) {
	t.Helper()
	whole := conclude(prose.English(), parse(t, lines))
	all := strings.SplitAfter(strings.TrimSuffix(lines, "\n"), "\n")
	for i := 1; i < len(all); i++ {
		behind := strings.Join(all[:i], "")
		for _, cut := range []string{behind, behind + all[i][:len(all[i])/2]} {
			s := parse(t, cut)
			r := conclude(prose.English(), s)
			if err := term.Render(io.Discard, r, report.Options{Width: 80, Verbose: 1}); err != nil {
				t.Fatal(err)
			}
			if r.Ended == stage.Complete {
				t.Fatalf("cut in line %d: reads as complete", i+1)
			}
			if codeOf(r, false) != fault.ExitInterrupted {
				t.Fatalf("cut in line %d: exit code %d", i+1, codeOf(r, false))
			}
			notBetter(t, i+1, r, whole)
		}
	}
}

// notBetter compares the checks and the verdict of a cut run with the whole's.
func notBetter(t *testing.T, line int, got, whole *report.Report) {
	t.Helper()
	for i := range got.Checks {
		c := &got.Checks[i]
		w := checkOf(whole, c.Check.ID)
		if w == nil {
			t.Fatalf("cut in line %d: the check %s is in no whole run", line, c.Check.ID)
		}
		for _, r := range c.Results {
			of := w.Result(r.Stage)
			if r.Status == stage.Pass && (of == nil || of.Status != stage.Pass) {
				t.Fatalf("cut in line %d: %s of %s passes; in the whole run it is %+v", line, r.Stage, c.Check.ID, of)
			}
		}
	}
	if goodness[got.Verdict] > goodness[whole.Verdict] {
		t.Fatalf("cut in line %d: %s; the whole run: %s", line, got.Verdict, whole.Verdict)
	}
}

// goodness orders verdicts. "Could not tell" claims nothing, so it is never better.
var goodness = map[report.Verdict]int{report.WorksWithWarnings: 1, report.Works: 2}

func checkOf(r *report.Report, id string) *stage.CheckRecord {
	for i := range r.Checks {
		if r.Checks[i].Check.ID == id {
			return &r.Checks[i]
		}
	}
	return nil
}

// A stream of an earlier version can always be read and shown. Its diagnosis may
// improve: then -update rewrites the text, so that the difference can be reviewed.
func TestEarlierStreams(t *testing.T) {
	files, err := filepath.Glob("testdata/streams/*/*.jsonl")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d saved streams, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.ToSlash(file), ".jsonl"), func(t *testing.T) {
			s := parse(t, read(t, file))
			if s.Unknown+s.Broken > 0 {
				t.Errorf("%d events unknown, %d lines broken; want none", s.Unknown, s.Broken)
			}
			notRefuted(t, s)
			got, _ := rendered(t, s)
			oneName(t, s, got)
			golden := strings.TrimSuffix(file, ".jsonl") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := read(t, golden); got != want {
				t.Errorf("the report of %s differs from %s: %s", file, golden, firstDifference(want, got))
			}
			translatable(t, s)
		})
	}
}
