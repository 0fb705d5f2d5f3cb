package cli

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/probe/prose"
	"maildoctor/report"
)

// proseWidth returns the width of running text on standard output, in columns.
func (s Streams) proseWidth() int {
	if s.OutTerminal && s.Width > 0 {
		return min(max(s.Width, report.MinWidth), comfortable)
	}
	return report.DefaultWidth
}

// screenWidth returns the width of the terminal that text goes to. It is 0 if there
// is no terminal, so that lines are not wrapped.
func (s Streams) screenWidth() int {
	if s.OutTerminal && s.Width > 0 {
		return max(s.Width, report.MinWidth)
	}
	return 0
}

// texts returns data as it is shown.
func texts(l *prose.Language, data ...string) []string {
	var out []string
	for _, s := range data {
		out = append(out, l.Text(prose.Data(s)))
	}
	return out
}

// prose writes a paragraph, wrapped to fit. In a list item, wrapped lines are
// indented behind the dash.
func (s Streams) prose(indent, text string) {
	hang := indent
	if strings.HasPrefix(text, "- ") {
		hang += "  "
	}
	fmt.Fprintf(s.Out, "%s%s\n", indent, strings.Join(folded(text, s.proseWidth()-len(hang)), "\n"+hang))
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
