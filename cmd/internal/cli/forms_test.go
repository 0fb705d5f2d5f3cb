package cli

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"maildoctor/cmd/internal/demo"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// told is what a form says of a run.
type told struct {
	verdict report.Verdict
	counts  map[report.Verdict]int // nil: this form has none
	code    int
}

// readers read forms back.
var readers = map[string]func(t *testing.T, text string) told{
	"text": readText, "json": readJSON, "jsonl": readLines, "markdown": readMarkdown, "prometheus": readMetrics,
}

// codes are the exit codes that verdicts stand for.
var codes = map[report.Verdict]int{
	report.Works: fault.ExitWorks, report.WorksWithWarnings: fault.ExitWorks, report.DoesNotWork: fault.ExitProblems, report.Unknown: fault.ExitProblems,
}

var firstSign = map[string]report.Verdict{"✓": report.Works, "!": report.WorksWithWarnings, "✗": report.DoesNotWork, "?": report.Unknown}

var verdictLine = regexp.MustCompile(`(?m)^(?:# )?([✓!✗?]) [A-Z]{4}`)

func readText(t *testing.T, text string) told {
	m := verdictLine.FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no verdict in %s", text)
	}
	v := firstSign[m[1]]
	return told{verdict: v, code: codes[v]}
}

var markdownCount = map[report.Verdict]*regexp.Regexp{
	report.Works:             regexp.MustCompile(`^works: (\d+)$`),
	report.WorksWithWarnings: regexp.MustCompile(`^works with warnings: (\d+)$`),
	report.DoesNotWork:       regexp.MustCompile(`^does not work: (\d+)$`),
	report.Unknown:           regexp.MustCompile(`^could not tell: (\d+)$`),
}

func readMarkdown(t *testing.T, text string) told {
	out := readText(t, text)
	out.counts = make(map[report.Verdict]int)
	m := regexp.MustCompile(`(?m)^(\d+) connections? \((.*)\)\.$`).FindStringSubmatch(text)
	if m == nil {
		return out
	}
	for _, part := range strings.Split(m[2], ", ") {
		for v, re := range markdownCount {
			if n := re.FindStringSubmatch(part); n != nil {
				out.counts[v], _ = strconv.Atoi(n[1])
			}
		}
	}
	return out
}

func readJSON(t *testing.T, text string) told {
	var doc struct {
		Verdict report.Verdict
		Checks  []struct{ Verdict report.Verdict }
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	out := told{doc.Verdict, make(map[report.Verdict]int), codes[doc.Verdict]}
	for _, c := range doc.Checks {
		if c.Verdict != "" {
			out.counts[c.Verdict]++
		}
	}
	return out
}

// readLines counts the lines, with what the last one says of them.
func readLines(t *testing.T, text string) told {
	final := make(map[string]report.Verdict)
	var out told
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		var x struct {
			Type    string
			ID      string
			Verdict report.Verdict
			Counts  map[string]any
			Revised []struct {
				ID      string
				Verdict report.Verdict
			}
		}
		if err := json.Unmarshal([]byte(line), &x); err != nil {
			t.Fatal(err)
		}
		if x.Type == "check" {
			final[x.ID] = x.Verdict
			continue
		}
		for _, r := range x.Revised {
			final[r.ID] = r.Verdict
		}
		out = told{x.Verdict, make(map[report.Verdict]int), codes[x.Verdict]}
		for _, v := range final {
			out.counts[v]++
		}
		for v := range codes {
			if n, _ := x.Counts[strings.ReplaceAll(string(v), "-", "_")].(float64); int(n) != out.counts[v] {
				t.Errorf("the run counts %v %s, its lines %d", n, v, out.counts[v])
			}
		}
	}
	return out
}

func readMetrics(t *testing.T, text string) told {
	p := expfmt.NewTextParser(model.LegacyValidation)
	all, err := p.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	out := told{counts: make(map[report.Verdict]int), code: fault.ExitProblems}
	for _, m := range all["maildoctor_run_verdict"].GetMetric() {
		if m.GetGauge().GetValue() == 1 {
			out.verdict = report.Verdict(m.GetLabel()[0].GetValue())
		}
	}
	for _, m := range all["maildoctor_run_endpoints"].GetMetric() {
		if n := int(m.GetGauge().GetValue()); n > 0 {
			out.counts[report.Verdict(m.GetLabel()[0].GetValue())] = n
		}
	}
	each := make(map[report.Verdict]int)
	for _, m := range all["maildoctor_endpoint_verdict"].GetMetric() {
		if m.GetGauge().GetValue() == 1 {
			each[report.Verdict(m.GetLabel()[len(m.GetLabel())-1].GetValue())]++
		}
	}
	for v := range codes {
		if each[v] != out.counts[v] {
			t.Errorf("%d endpoints are %s, the run counts %d", each[v], v, out.counts[v])
		}
	}
	if all["maildoctor_run_success"].GetMetric()[0].GetGauge().GetValue() == 1 {
		out.code = fault.ExitWorks
	}
	return out
}

// agree fails unless a run has the same verdict, counts and exit code in every form.
func agree(t *testing.T, s *stage.Stream) {
	t.Helper()
	r := conclude(prose.English(), s)
	want := told{r.Verdict, make(map[report.Verdict]int), codeOf(r, false)}
	for _, o := range r.Outcomes {
		want.counts[o.Verdict]++
	}
	for name, read := range readers {
		var b bytes.Buffer
		if err := formatNamed(name).render(&b, r, report.Options{}); err != nil {
			t.Fatal(err)
		}
		got := read(t, b.String())
		if got.verdict != want.verdict || got.code != want.code {
			t.Errorf("%s: %s, exit code %d; want %s, %d", name, got.verdict, got.code, want.verdict, want.code)
		}
		for v := range codes {
			if got.counts != nil && got.counts[v] != want.counts[v] {
				t.Errorf("%s: %d are %s, want %d", name, got.counts[v], v, want.counts[v])
			}
		}
	}
}

// TestFormsAgree: one run gives the same verdict, counts and exit code in every form,
// which are read back.
func TestFormsAgree(t *testing.T) {
	files, err := filepath.Glob("testdata/streams/*/*.jsonl")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d saved streams, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { agree(t, parse(t, read(t, file))) })
	}
}

// TestLiveLines: the lines of a run that goes on are those of its replay, and the forms
// of both agree.
func TestLiveLines(t *testing.T) {
	for _, c := range demo.Cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "run.jsonl")
			var live, again screen
			code := Main([]string{"demo", c.Name, "--format", "jsonl", "--save", file}, live.pipe())
			if got := Main([]string{"report", file, "--format", "jsonl"}, again.pipe()); got != code {
				t.Errorf("exit code %d; the replay's %d: %s", code, got, again.err.String())
			}
			a, b := strings.Split(live.out.String(), "\n"), strings.Split(again.out.String(), "\n")
			slices.Sort(a)
			slices.Sort(b)
			if !slices.Equal(a, b) {
				t.Errorf("live:\n%s\nreplay:\n%s", live.out.String(), again.out.String())
			}
			agree(t, parse(t, read(t, file)))
		})
	}
}

// Where only news fails a run, its lines are those of its replay as well, and so is the
// exit code.
func TestLiveLinesWhereOnlyNewsFails(t *testing.T) {
	dir := t.TempDir()
	older, lines := filepath.Join(dir, "older.jsonl"), func(s *screen) []string {
		return slices.Sorted(strings.SplitSeq(s.out.String(), "\n"))
	}
	var first screen
	Main([]string{"demo", "cert-expired", "--save", older}, first.pipe())
	for name, want := range map[string]int{"cert-expired": fault.ExitWorks, "healthy": fault.ExitWorks, "wrong-password": fault.ExitProblems} {
		file := filepath.Join(dir, name+".jsonl")
		news := []string{"--format", "jsonl", "--against", older, "--fail-on", "new"}
		var live, again screen
		code := Main(append([]string{"demo", name, "--save", file}, news...), live.pipe())
		if got := Main(append([]string{"report", file}, news...), again.pipe()); got != code || code != want {
			t.Errorf("%s: exit code %d, the replay's %d; want %d: %s", name, code, got, want, again.err.String())
		}
		if a, b := lines(&live), lines(&again); !slices.Equal(a, b) {
			t.Errorf("%s: live:\n%s\nreplay:\n%s", name, live.out.String(), again.out.String())
		}
		if old := strings.Contains(live.out.String(), `"stood":{"checks":["smtp-587"]`); old != (name == "cert-expired") {
			t.Errorf("%s: says that something is old: %t\n%s", name, old, live.out.String())
		}
	}
}

// slow is a writer that nobody reads from yet.
type slow struct {
	read chan struct{}
	locked
}

func (s *slow) Write(b []byte) (int, error) {
	<-s.read
	return s.locked.Write(b)
}

// TestLiveWaitsForNobody: a reader that is slow doesn't hold up the run, and gets every
// line in the end.
func TestLiveWaitsForNobody(t *testing.T) {
	files, _ := filepath.Glob("testdata/streams/*/*.jsonl")
	rec := stage.Fold(parse(t, read(t, files[0])))
	r := conclude(prose.English(), parse(t, read(t, files[0])))
	out := &slow{read: make(chan struct{})}
	var s screen
	st := s.pipe()
	st.Out = out
	v := newLive(st)
	for range 3 { // the second and third time, its lines have been written
		if err := v.Group(rec, diagnose.Diagnose(rec)); err != nil {
			t.Fatal(err)
		}
	}
	if out.String() != "" {
		t.Error("something was written that nobody read")
	}
	close(out.read)
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(out.String(), `{"type":"check"`); {
		if time.Now().After(deadline) {
			t.Fatal("no line before the end of the run")
		}
		time.Sleep(time.Millisecond)
	}
	if err := v.finish(r); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Count(out.String(), "\n"), len(r.Outcomes)+1; got != want {
		t.Errorf("%d lines, want %d", got, want)
	}
}
