package term_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
	"maildoctor/report/reporttest"
	"maildoctor/report/term"
)

// hostile is text that a malicious server or a damaged file might contain.
const hostile = "\x1b[2J\x1b]0;title\x07 \r\n\x9b31m \u202eevil\u2066 \u200b\xff\xfe " +
	"\U000e0041 Grüße 日本語のとても長い名前 e\u0301e\u0301 👩‍👩‍👧"

// checkLines fails if a line is too long or contains control characters.
func checkLines(t *testing.T, text string, width int) {
	t.Helper()
	for n, l := range strings.Split(text, "\n") {
		if w := ansi.StringWidth(l); reporttest.TooWide(l, width) || w > 320 {
			t.Fatalf("line %d has %d columns, want at most %d: %q", n+1, w, width, l)
		}
		if i := strings.IndexFunc(l, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }); i >= 0 {
			t.Fatalf("line %d: a control or format character at %d: %q", n+1, i, l)
		}
	}
}

// spoiled puts text into every place of a report that takes text from outside.
func spoiled(text string) *report.Report {
	rec := sample.Get("interception").Record()
	rec.Header.Options.Demo, rec.Header.Version = text, text
	s := &rec.Header.Plan.Subjects[0]
	s.Argument, s.User, s.Profile.Name, s.Profile.ID, s.Profile.Date = text, text, text, text, text
	for i := range rec.Checks {
		c := &rec.Checks[i]
		c.Check.Endpoint.Host = text
		for k := range c.Transcript {
			c.Transcript[k].Text = text
		}
	}
	r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
	r.Summary, r.NotKnown = []string{text}, []string{text}
	for i := range r.Rows {
		r.Rows[i].Notes = []prose.Value{prose.Data(text)}
	}
	columns := r.Columns()
	for i := range columns {
		columns[i].Facts[0].Value = text
	}
	for i := range r.Actions {
		r.Actions[i] = r.Actions[i].Saying(prose.Data(text), prose.Value{})
	}
	return r
}

// TestHostileText: nothing from outside controls the terminal, or exceeds the width.
func TestHostileText(t *testing.T) {
	r := spoiled(hostile)
	for _, width := range []int{40, 60, 80, 133, 200} {
		for _, ascii := range []bool{false, true} {
			var b bytes.Buffer
			if err := term.Render(&b, r, report.Options{Width: width, Verbose: 2, ASCII: ascii}); err != nil {
				t.Fatal(err)
			}
			checkLines(t, b.String(), width)
			if i := strings.IndexFunc(b.String(), func(r rune) bool { return r >= 0x80 }); ascii && i >= 0 {
				t.Errorf("beyond ASCII: %q", b.String()[i:i+10])
			}
			if !strings.Contains(b.String(), `\x1b[2J`) {
				t.Error("the escape sequence is not shown as text")
			}
		}
	}
}

func FuzzRender(f *testing.F) {
	f.Add(hostile, 60)
	f.Add(strings.Repeat("a", 300), 80)
	f.Add(strings.Repeat("mail.", 60)+"example", 61)
	f.Add("", 0)
	f.Fuzz(func(t *testing.T, text string, width int) {
		if len(text) > 2000 {
			return
		}
		o := report.Options{Width: width, Verbose: 1}
		var b bytes.Buffer
		if err := term.Render(&b, spoiled(text), o); err != nil {
			t.Fatal(err)
		}
		want := min(max(width, report.MinWidth), report.MaxWidth)
		if width == 0 {
			want = 80
		}
		checkLines(t, b.String(), want)
	})
}
