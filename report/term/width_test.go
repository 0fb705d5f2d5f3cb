package term_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/mattn/go-runewidth"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
	"maildoctor/report/term"
)

// noted is the report of a run whose first row has a note.
func noted(t *testing.T, note string, o report.Options) string {
	t.Helper()
	r := report.New(prose.English(), sample.Get("port-blocked").Record(), diagnose.Diagnosis{})
	r.Rows[0].Notes = []prose.Value{prose.Data(note)}
	var b bytes.Buffer
	if err := term.Render(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestEastAsianTexts: a line may end between the characters of a text without
// spaces, but none begins with a closing mark. Each character takes two columns.
func TestEastAsianTexts(t *testing.T) {
	const said = "認証に失敗しました。ユーザー名またはパスワードが正しくありません。もう一度お試しください、または管理者に連絡してください。"
	for width := report.MinWidth; width <= 80; width++ {
		var got []string
		for _, l := range strings.Split(noted(t, said, report.Options{Width: width}), "\n") {
			if ansi.StringWidth(l) > width {
				t.Errorf("%d columns: %q", ansi.StringWidth(l), l)
			}
			if strings.ContainsAny(l, said) {
				l = strings.TrimSpace(l)
				if strings.HasPrefix(l, "。") || strings.HasPrefix(l, "、") || strings.HasPrefix(l, "ー") {
					t.Errorf("at %d columns, a line begins with a mark: %q", width, l)
				}
				got = append(got, l)
			}
		}
		// The text has 120 columns; a line has room for the width less the note's place.
		if most := 120/(width-7-4) + 1; strings.Join(got, "") != said || len(got) > most {
			t.Errorf("at %d columns, %q in %d lines", width, strings.Join(got, ""), len(got))
		}
	}
}

// TestAmbiguousSigns: if a console may draw a sign in two columns, none of those
// signs is used, so that columns are aligned in either case.
func TestAmbiguousSigns(t *testing.T) {
	for _, c := range sample.Cases() {
		text := render(t, c.Name, report.Options{EastAsian: true})
		for _, r := range text {
			if runewidth.IsAmbiguousWidth(r) {
				t.Fatalf("%s: %q is of ambiguous width", c.Name, r)
			}
		}
	}
	rows := render(t, "port-blocked", report.Options{EastAsian: true})
	for _, want := range []string{"✓    ✗    .    -    -    -     -    -", "- not reached or not tried  . not applicable"} {
		if !strings.Contains(rows, want) {
			t.Errorf("no %q in\n%s", want, rows)
		}
	}
	// The text of others is measured in the same way.
	long := strings.TrimSpace(strings.Repeat("±±±±± ", 20))
	for _, l := range strings.Split(noted(t, long, report.Options{EastAsian: true}), "\n") {
		if w := (&runewidth.Condition{EastAsianWidth: true}).StringWidth(l); w > 80 {
			t.Errorf("%d columns: %q", w, l)
		}
	}
}

// TestLongWords: a URL is whole on a line of its own, and the text continues at its
// usual place below it.
func TestLongWords(t *testing.T) {
	const url = "https://www.example.com/a-very-long-address/of-a-page/that-no-narrow-terminal-has-room-for.html"
	text := noted(t, "see "+url+" for more of it", report.Options{Width: 60})
	if want := "\n       see\n" + url + "\n       for more of it\n"; !strings.Contains(text, want) {
		t.Errorf("no %q in\n%s", want, text)
	}
	huge := strings.Repeat("x", 5000)
	for _, l := range strings.Split(noted(t, huge, report.Options{Width: 60}), "\n") {
		if len(l) > 320 {
			t.Errorf("a line of %d", len(l))
		}
	}
}
