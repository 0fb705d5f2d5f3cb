package term_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose/prosetest"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
	"maildoctor/report/reporttest"
	"maildoctor/report/term"
)

// dataOf is what may stand in a report of runs without being translated.
func dataOf(t *testing.T, names []string, recs ...*stage.Record) *prosetest.Data {
	t.Helper()
	d, err := prosetest.Known(recs, reporttest.IDs(), append(names, reporttest.Labels(recs...)...))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// bare fails for all text that can't be translated.
func bare(t *testing.T, d *prosetest.Data, text string) {
	t.Helper()
	for _, w := range d.Text(text) {
		t.Error(w)
	}
	if t.Failed() {
		t.Log(text)
	}
}

func pseudo(rec *stage.Record) *report.Report {
	return report.New(prosetest.Language(), rec, diagnose.Diagnose(rec))
}

// TestEveryWordIsTranslatable renders every run in a language in which all sentences
// are marked, and all data: nothing else has letters.
func TestEveryWordIsTranslatable(t *testing.T) {
	for _, c := range sample.Cases() {
		rec := c.Record()
		for verbose := range 3 {
			t.Run(c.Name, func(t *testing.T) {
				var b bytes.Buffer
				if err := term.Render(&b, pseudo(rec), report.Options{Width: report.MaxWidth, Verbose: verbose}); err != nil {
					t.Fatal(err)
				}
				bare(t, dataOf(t, nil, rec), b.String())
				b.Reset()
				if err := term.Render(&b, pseudo(rec), report.Options{Width: report.MaxWidth, Verbose: verbose, Linear: true}); err != nil {
					t.Fatal(err)
				}
				bare(t, dataOf(t, nil, rec), b.String())
			})
		}
	}
}

// TestComparisonIsTranslatable does so for two runs side by side.
func TestComparisonIsTranslatable(t *testing.T) {
	for _, pair := range [][2]string{
		{"healthy", "port-blocked"},
		{"port-blocked", "healthy"},
		{"port-blocked", "sibling"},
		{"sibling", "wrong-password"},
		{"no-password", "healthy"},
		{"dead-ipv6", "healthy"},
		{"expired-certificate", "interception"},
		{"healthy", "healthy"},
	} {
		t.Run(pair[0]+" "+pair[1], func(t *testing.T) {
			old, new := sample.Get(pair[0]).Record(), sample.Get(pair[1]).Record()
			old.Header.Started = old.Header.Started.Add(-50 * time.Hour)
			r := pseudo(new)
			r.CompareWith(pseudo(old), "wifi", "hotspot")
			var b bytes.Buffer
			if err := term.Render(&b, r, report.Options{Width: report.MaxWidth, Verbose: 1}); err != nil {
				t.Fatal(err)
			}
			bare(t, dataOf(t, []string{"wifi", "hotspot"}, old, new), b.String())
		})
	}
}

// TestProgressIsTranslatable draws the display after every event, and after a while
// without any.
func TestProgressIsTranslatable(t *testing.T) {
	for _, c := range sample.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			var b bytes.Buffer
			p := term.NewProgress(&b, prosetest.Language(), term.ProgressOptions{Width: 1000, Height: 40})
			p.Plan(c.Stream.Header.Plan)
			for _, e := range c.Stream.Events {
				p.Event(e)
				p.Tick(e.At.Duration())
				p.Tick(e.At.Duration() + 5*time.Second)
			}
			bare(t, dataOf(t, nil, c.Record()), ansi.Strip(b.String()))
		})
	}
}
