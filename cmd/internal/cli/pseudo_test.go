package cli

import (
	"bytes"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose/prosetest"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/jsonreport"
	"maildoctor/report/term"
)

// grades are the ids that conclusions have beside causes.
var grades = []any{
	report.Works, report.WorksWithWarnings, report.DoesNotWork, report.Unknown,
	cause.Fail, cause.Warn, cause.Info, cause.Proven, cause.Likely, cause.Possible,
	cause.You, cause.Network, cause.Provider, cause.Operator,
}

// translatable fails for every word of a run's report, and of the display before it,
// that no translator reaches.
func translatable(t *testing.T, s *stage.Stream) {
	t.Helper()
	rec := stage.Fold(s)
	d, err := prosetest.Known(rec, cause.All(), grades)
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

// progressOf is all that the display shows while a run goes on.
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
