package cli

import (
	"encoding/json"
	"encoding/xml"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"maildoctor/cmd/internal/demo"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/prose"
	"maildoctor/report"
	"maildoctor/report/jsonreport"
	"maildoctor/report/nagios"
	"maildoctor/report/points"
)

// readBack is what a program learns from a report: the verdict and the numbers of
// results. A number that a form doesn't have is -1.
type readBack struct {
	verdict                           report.Verdict
	passed, warned, failed, undecided int
	fails                             int // results that are shown as failures
	all                               int
}

var unread = readBack{passed: -1, warned: -1, failed: -1, undecided: -1, fails: -1, all: -1}

// resultReaders read each form back. A form without one fails TestOneRunInEveryForm.
var resultReaders = map[string]func(*testing.T, string) readBack{
	"text": textResult, "json": jsonResult, "junit": readJUnit, "tap": readTAP, "github": readGitHub, "nagios": readNagios,
}

func textResult(t *testing.T, text string) readBack {
	words := map[string]report.Verdict{
		"✓ WORKS": report.Works, "! WORKS WITH WARNINGS": report.WorksWithWarnings, "✗ DOES NOT WORK": report.DoesNotWork, "? COULD NOT TELL": report.Unknown,
	}
	m := regexp.MustCompile(`(?m)^([✓!✗?] [A-Z]+(?: [A-Z]+)*)`).FindString(text)
	out := unread
	out.verdict = words[m]
	return out
}

func jsonResult(t *testing.T, text string) readBack {
	var d jsonreport.Document
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	out := unread
	out.verdict = d.Verdict
	return out
}

func readJUnit(t *testing.T, text string) readBack {
	var d struct {
		Suites []struct {
			Tests      int `xml:"tests,attr"`
			Failures   int `xml:"failures,attr"`
			Errors     int `xml:"errors,attr"`
			Properties []struct {
				Name  string `xml:"name,attr"`
				Value string `xml:"value,attr"`
			} `xml:"properties>property"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	out := unread
	out.undecided, out.fails, out.all = 0, 0, 0
	for _, s := range d.Suites {
		out.all += s.Tests
		out.undecided += s.Errors
		out.fails += s.Failures + s.Errors
		for _, p := range s.Properties {
			if p.Name == "maildoctor.verdict" {
				out.verdict = report.Verdict(p.Value)
			}
		}
	}
	return out
}

// figures returns the numbers that a pattern finds.
func figures(t *testing.T, pattern, text string) []int {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no %s in\n%s", pattern, text)
	}
	var out []int
	for _, s := range m[1:] {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	}
	return out
}

func readTAP(t *testing.T, text string) readBack {
	n := figures(t, `# passed: (\d+)\n# warned: (\d+)\n# failed: (\d+)\n# open: (\d+)\n`, text)
	_, verdict, _ := strings.Cut(text, "\n# verdict: ")
	verdict, _, _ = strings.Cut(verdict, "\n")
	return readBack{report.Verdict(verdict), n[0], n[1], n[2], n[3], strings.Count(text, "\nnot ok "), figures(t, `\n1\.\.(\d+)\n`, text)[0]}
}

func readGitHub(t *testing.T, text string) readBack {
	n := figures(t, `(\d+) in order, (\d+) with warnings, (\d+) failed, (\d+) undecided, (\d+) not judged\.`, text)
	m := regexp.MustCompile(`\n::notice title=([a-z-]+)%3A [^\n]*\n$`).FindStringSubmatch("\n" + text)
	if m == nil {
		t.Fatalf("no verdict in %s", text)
	}
	fails := strings.Count("\n"+text, "\n::error ")
	return readBack{report.Verdict(m[1]), n[0], n[1], n[2], n[3], fails, n[0] + n[1] + n[2] + n[3] + n[4]}
}

func readNagios(t *testing.T, text string) readBack {
	of := map[string]report.Verdict{"OK": report.Works, "WARNING": report.WorksWithWarnings, "CRITICAL": report.DoesNotWork, "UNKNOWN": report.Unknown}
	status := strings.Fields(text)[1]
	n := figures(t, `'passed'=(\d+).* 'warned'=(\d+).* 'failed'=(\d+)[^ ]* 'open'=(\d+)[^ ]*;(\d+) `, text)
	return readBack{of[status], n[0], n[1], n[2], n[3], -1, n[4]}
}

// pluginCodes are the exit codes of plugins.
var pluginCodes = map[report.Verdict]int{report.Works: 0, report.WorksWithWarnings: 1, report.DoesNotWork: 2, report.Unknown: 3}

// pluginVerdict returns the verdict that a plugin's exit code stands for.
func pluginVerdict(code int) report.Verdict {
	for v, n := range pluginCodes {
		if n == code {
			return v
		}
	}
	return ""
}

// TestOneRunInEveryForm: a run has the same verdict, counts and exit code in each form.
// Only the exit codes of plugins are their own.
func TestOneRunInEveryForm(t *testing.T) {
	files, err := filepath.Glob("testdata/streams/*/*.jsonl")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d saved streams, %v", len(files), err)
	}
	dir := t.TempDir()
	for _, c := range demo.Cases[:min(len(demo.Cases), 12)] {
		file := filepath.Join(dir, c.Name+".jsonl")
		var s screen
		Main([]string{"demo", c.Name, "--save", file}, s.pipe())
		files = append(files, file)
	}
	for _, file := range files {
		for _, strict := range []bool{false, true} {
			inEveryForm(t, file, "", strict)
		}
	}
}

// TestOneRunInEveryFormWhereOnlyNewsFails: so it has where only news fails it, beside the
// same run and beside another one.
func TestOneRunInEveryFormWhereOnlyNewsFails(t *testing.T) {
	files, err := filepath.Glob("testdata/streams/*/*.jsonl")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d saved streams, %v", len(files), err)
	}
	for i, file := range files {
		inEveryForm(t, file, file, i%2 == 0)
		inEveryForm(t, file, files[(i+1)%len(files)], i%2 == 1)
	}
}

// inEveryForm reads a run back from each form. With an older one, only news fails it.
func inEveryForm(t *testing.T, file, older string, strict bool) {
	t.Helper()
	r := conclude(prose.English(), parse(t, read(t, file)))
	if older != "" {
		r.CompareWith(conclude(prose.English(), parse(t, read(t, older))), "then", "now")
		r.NewsOnly = true
	}
	all := points.Of(r, strict)
	n := points.Count(all)
	want := readBack{r.Verdict, n[points.Passed], n[points.Warned], n[points.Failed], n[points.Open], 0, len(all)}
	for _, p := range all {
		if p.Fails(strict) {
			want.fails++
		}
	}
	if code := codeOf(r, strict); (want.fails > 0) != (code != fault.ExitWorks) {
		t.Errorf("%s: exit code %d, and %d results fail", file, code, want.fails)
	}
	for _, f := range formats {
		args := []string{"report", file, "--format", f.name}
		if older != "" {
			args = append(args, "--against", older, "--fail-on", "new")
		}
		if strict {
			args = append(args, "--strict")
		}
		var s screen
		code, wantCode := Main(args, s.pipe()), codeOf(r, strict)
		if f.plugin != nil {
			wantCode = pluginCodes[r.Verdict]
			if older != "" {
				wantCode = nagios.Code(r)
			}
		}
		if code != wantCode || s.err.String() != "" {
			t.Errorf("%s as %s: exit code %d, %q; want %d", file, f.name, code, s.err.String(), wantCode)
		}
		reader := resultReaders[f.name]
		if reader == nil && readers[f.name] != nil {
			if v := readers[f.name](t, s.out.String()).verdict; v != r.Verdict { // more in TestFormsAgree
				t.Errorf("%s as %s: %s, want %s", file, f.name, v, r.Verdict)
			}
			continue
		}
		if reader == nil {
			t.Fatalf("nothing reads %s back", f.name)
		}
		want := want
		if f.plugin != nil {
			want.verdict = pluginVerdict(wantCode)
		}
		if got := reader(t, s.out.String()); !got.agrees(want) {
			t.Errorf("%s against %q as %s, strict %t: %+v; want %+v", file, older, f.name, strict, got, want)
		}
	}
}

// agrees compares what a form has.
func (r readBack) agrees(want readBack) bool {
	same := func(got, want int) bool { return got == -1 || got == want }
	return r.verdict == want.verdict && same(r.passed, want.passed) && same(r.warned, want.warned) && same(r.failed, want.failed) &&
		same(r.undecided, want.undecided) && same(r.fails, want.fails) && same(r.all, want.all)
}

// A plugin says on standard output what ended it, whatever that is.
func TestPluginSaysWhatEndedIt(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ args, says string }{
		{"check --format nagios --bogus imaps://h.example", "unknown flag --bogus"},
		{"check --format=nagios", "check what?"},
		{"check --output nagios=- --parallel 0 imaps://h.example", "--parallel 0"},
		{"check imaps://jane:secret@h.example --format nagios", "leave them out"},
		{"report --format nagios " + filepath.Join(dir, "gone.jsonl"), "gone.jsonl"},
	} {
		var s screen
		code := Main(strings.Fields(tt.args), s.pipe())
		if out := s.out.String(); code != 3 || !strings.HasPrefix(out, "MAILDOCTOR UNKNOWN - ") || !strings.Contains(out, tt.says) || strings.Contains(out, "secret") {
			t.Errorf("%s: exit code %d, %q", tt.args, code, out)
		}
	}
	// Beside another form on standard output, the plugin's has no say.
	var s screen
	if code := Main([]string{"report", "gone.jsonl", "--output", "nagios=" + filepath.Join(dir, "out")}, s.pipe()); code != fault.ExitUsage || s.out.String() != "" {
		t.Errorf("exit code %d, %q", code, s.out.String())
	}
}
