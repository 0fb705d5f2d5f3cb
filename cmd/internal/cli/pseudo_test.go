package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/cmd/internal/demo"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/saved"
	"maildoctor/probe"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose/prosetest"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/jsonreport"
	"maildoctor/report/reporttest"
	"maildoctor/report/term"
)

// translatable fails for every word of a run's report, and of the display before it,
// that can't be translated.
func translatable(t *testing.T, s *stage.Stream) {
	t.Helper()
	rec := stage.Fold(s)
	d, err := prosetest.Known(rec, reporttest.IDs())
	if err != nil {
		t.Fatal(err)
	}
	r := conclude(prosetest.Language(), s)
	for verbose := range 3 {
		var b bytes.Buffer
		if err := term.Render(&b, r, report.Options{Width: report.MaxWidth, Verbose: verbose}); err != nil {
			t.Fatal(err)
		}
		untranslated(t, "text", d.Text(b.String()))
	}
	var b bytes.Buffer
	if err := jsonreport.Render(&b, r, report.Options{}); err != nil {
		t.Fatal(err)
	}
	wrong, err := d.JSON(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	untranslated(t, "JSON", wrong)
	untranslated(t, "progress", d.Text(progressOf(s)))
}

// progressOf returns everything that the display shows during a run.
func progressOf(s *stage.Stream) string {
	var b bytes.Buffer
	p := term.NewProgress(&b, prosetest.Language(), term.ProgressOptions{Width: 1000, Height: 40})
	p.Plan(s.Header.Plan)
	for _, e := range s.Events {
		p.Event(e)
		p.Tick(e.At.Duration())
	}
	return ansi.Strip(b.String())
}

func untranslated(t *testing.T, where string, wrong []string) {
	t.Helper()
	for _, w := range wrong {
		t.Errorf("%s: %s", where, w)
	}
}

// The output of commands that test nothing can be translated too.
func TestListingsAreTranslatable(t *testing.T) {
	catalogue, err := loadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	known := []any{"jane@q.com", catalogue.Profiles(), cause.All(), stageOrder}
	for _, p := range cause.Pages() {
		known = append(known, p.Sources)
	}
	for _, c := range demo.Cases {
		known = append(known, c.Name)
	}
	ts, _, err := targets([]string{"jane@q.com"}, "", catalogue)
	if err != nil {
		t.Fatal(err)
	}
	plan := probe.NewPlan(ts, nil)
	for _, c := range plan.Checks {
		known = append(known, strings.Trim(fmt.Sprint(c.Order()), "[]"))
	}
	d, err := prosetest.Known(append(known, plan)...)
	if err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]int{
		"profiles list":                               fault.ExitWorks,
		"profiles show q.com":                         fault.ExitWorks,
		"settings jane@q.com":                         fault.ExitWorks,
		"settings q.com":                              fault.ExitWorks,
		"check --dry-run jane@q.com":                  fault.ExitWorks,
		"demo --list":                                 fault.ExitWorks,
		"explain 535 5.7.8 authentication failed":     fault.ExitWorks,
		"explain cert-expired":                        fault.ExitWorks,
		"explain a message of which nothing is known": fault.ExitProblems,
	} {
		line := strings.Fields(args)
		if message, ok := strings.CutPrefix(args, "explain "); ok && strings.Contains(message, " ") {
			line = []string{"explain", message}
		}
		var s screen
		st := s.pipe()
		st.Language = prosetest.Language()
		run(t, want, st, line...)
		if s.out.String() == "" {
			t.Errorf("%s: nothing is shown", args)
		}
		untranslated(t, args, d.Text(s.out.String()))
	}
}

// So can what a person is asked and told.
func TestDialogueIsTranslatable(t *testing.T) {
	home(t, newHall(t), "secret word")
	d, err := prosetest.Known("jane", "jane@mail.test", "127.0.0.1", "maildoctor-2026-11-22-1402.jsonl", "--redact --save case.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	s := screen{in: "jane@mail.test\n", environ: map[string]string{"NO_COLOR": "1"}}
	st := s.terminal()
	st.Language, st.Width = prosetest.Language(), 1000
	run(t, fault.ExitWorks, st)
	k, _ := saved.NewKept()
	fmt.Fprint(k, `{"header":{"format":1,"version":"0.1.0","started":"2026-11-22T14:02:00Z","plan":{"subjects":[{"user":"jane@mail.test"}]}}}`+"\n")
	yes := st.Language.Text(say.DialogueYes())
	if err := offerToKeep(st, bufio.NewReader(strings.NewReader(yes+"\n\n")), k, time.Date(2026, 11, 22, 14, 2, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"E-mail address:", "Password of", "Keep this report", "Not in it", "Press Enter to close"} {
		if !strings.Contains(s.err.String(), want) {
			t.Errorf("%q was not said", want)
		}
	}
	untranslated(t, "dialogue", d.Text(ansi.Strip(s.err.String())))
}
