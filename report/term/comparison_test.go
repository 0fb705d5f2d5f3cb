package term_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
	"maildoctor/report/reporttest"
	"maildoctor/report/term"
)

func sampleReport(name string, change func(*stage.Record)) *report.Report {
	rec := sample.Get(name).Record()
	if change != nil {
		change(rec)
	}
	return report.New(prose.English(), rec, diagnose.Diagnose(rec))
}

// hotspot is a run six minutes later, on another network.
func hotspot(rec *stage.Record) {
	rec.Header.Started = rec.Header.Started.Add(6 * time.Minute)
	rec.Header.System.Addresses = []string{"172.20.10.4"}
	rec.Header.System.Resolvers = []string{"172.20.10.1:53"}
}

func TestRenderComparison(t *testing.T) {
	for _, tt := range []struct {
		name, old, new string
		o              report.Options
	}{
		{"networks", "port-blocked", "healthy", report.Options{Width: 100}},
		{"networks-80", "port-blocked", "healthy", report.Options{}},
		{"networks-60", "port-blocked", "healthy", report.Options{Width: 60, ASCII: true}},
		{"alike", "expired-certificate", "expired-certificate", report.Options{Width: 100}},
		{"skipped", "healthy", "no-password", report.Options{Width: 100}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			old, new := sampleReport(tt.old, nil), sampleReport(tt.new, hotspot)
			var b bytes.Buffer
			new.CompareWith(old, "pc-wifi", "pc-hotspot")
			if err := term.Render(&b, new, tt.o); err != nil {
				t.Fatal(err)
			}
			golden(t, "comparison-"+tt.name, b.String())
		})
	}
}

// No line is longer than the page, at any width, and hostile names are shown as
// text.
func TestRenderComparisonWidths(t *testing.T) {
	old, new := sampleReport("port-blocked", nil), sampleReport("healthy", hotspot)
	for width := report.MinWidth; width <= 200; width += 7 {
		for _, name := range []string{"pc-wifi", strings.Repeat("x", 90), "evil\x1b[2J"} {
			var b bytes.Buffer
			o := report.Options{Width: width, Verbose: width % 3}
			new.CompareWith(old, name, "b")
			if err := term.Render(&b, new, o); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.String()) {
				if reporttest.TooWide(strings.TrimSuffix(line, "\n"), width) {
					t.Errorf("width %d: %q", width, line)
				}
				if strings.Contains(line, "\x1b") {
					t.Errorf("an escape character gets through: %q", line)
				}
			}
		}
	}
}
