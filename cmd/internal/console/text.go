package console

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// Comfortable is the width beyond which a wider terminal doesn't make a report
// easier to read.
const Comfortable = 100

// ProseWidth returns the width of running text on standard output, in columns.
func (s Streams) ProseWidth() int {
	if s.OutTerminal && s.Width > 0 {
		return min(max(s.Width, report.MinWidth), Comfortable)
	}
	return report.DefaultWidth
}

// ScreenWidth returns the width of the terminal that text goes to. It is 0 if there
// is no terminal, so that lines are not wrapped.
func (s Streams) ScreenWidth() int {
	if s.OutTerminal && s.Width > 0 {
		return max(s.Width, report.MinWidth)
	}
	return 0
}

// Texts returns data as it is shown.
func Texts(l *prose.Language, data ...string) []string {
	var out []string
	for _, s := range data {
		out = append(out, l.Text(prose.Data(s)))
	}
	return out
}

// Paragraph writes a paragraph, wrapped to fit. In a list item, wrapped lines are
// indented behind the dash.
func (s Streams) Paragraph(indent, text string) {
	hang := indent
	if strings.HasPrefix(text, "- ") {
		hang += "  "
	}
	s.Hanging(indent, hang, text)
}

// Hanging writes a paragraph, wrapped to fit. Its first line is indented by indent, and
// the others by hang, which is the longer one.
func (s Streams) Hanging(indent, hang, text string) {
	fmt.Fprintf(s.Out, "%s%s\n", indent, strings.Join(folded(text, s.ProseWidth()-len(hang)), "\n"+hang))
}

// folded breaks text into lines, but only between words: a date or a host name with
// hyphens stays whole.
func folded(text string, width int) []string {
	var lines []string
	for _, word := range strings.Fields(text) {
		last := len(lines) - 1
		if last < 0 || ansi.StringWidth(lines[last])+1+ansi.StringWidth(word) > width {
			lines = append(lines, word)
			continue
		}
		lines[last] += " " + word
	}
	return lines
}

// Command returns a command line to paste, which is not translated.
func Command(words ...string) prose.Value {
	return prose.Data(report.Command(runtime.GOOS, words...))
}

// WithFlags returns the words of a command followed by its flags.
func WithFlags(flags []stage.Flag, words ...string) []string {
	for _, f := range flags {
		words = append(words, f.Words()...)
	}
	return words
}

// Spoken reports whether the output is for speech: by the flag --linear, or by a
// non-empty ACCESSIBLE in the environment.
func (s Streams) Spoken(linear bool) bool {
	env, _ := s.LookupEnv("ACCESSIBLE")
	return linear || env != ""
}

// WriteJSON writes a value to standard output, indented.
func (s Streams) WriteJSON(v any) error {
	e := json.NewEncoder(s.Out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fault.Own("%w", err)
	}
	return nil
}
