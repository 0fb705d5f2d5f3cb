package cli

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/probe/prose"
	"maildoctor/report"
)

// proseWidth is how many columns running text on standard output has.
func (s Streams) proseWidth() int {
	if s.OutTerminal && s.Width > 0 {
		return min(max(s.Width, report.MinWidth), comfortable)
	}
	return report.DefaultWidth
}

// screenWidth is how wide the terminal is that text goes to; 0 where it goes elsewhere,
// and lines are as long as what they say.
func (s Streams) screenWidth() int {
	if s.OutTerminal && s.Width > 0 {
		return max(s.Width, report.MinWidth)
	}
	return 0
}

// texts are data, as they are shown.
func texts(l *prose.Language, data ...string) []string {
	var out []string
	for _, s := range data {
		out = append(out, l.Text(prose.Data(s)))
	}
	return out
}

// prose writes a paragraph in lines that fit. An item of a list keeps its dash
// to itself.
func (s Streams) prose(indent, text string) {
	hang := indent
	if strings.HasPrefix(text, "- ") {
		hang += "  "
	}
	fmt.Fprintf(s.Out, "%s%s\n", indent, strings.Join(folded(text, s.proseWidth()-len(hang)), "\n"+hang))
}

// folded breaks text into lines, between words alone: a date or the name of a host
// has hyphens, and stays whole.
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
