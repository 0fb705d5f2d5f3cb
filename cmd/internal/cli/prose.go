package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/mattn/go-runewidth"

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

// columns writes rows with their cells below each other. It measures what a terminal
// shows: names in Chinese or Japanese take two columns a character.
func columns(w io.Writer, eastAsian bool, rows [][]string) error {
	measure := runewidth.Condition{EastAsianWidth: eastAsian}
	widths := map[int]int{}
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], measure.StringWidth(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]+2-measure.StringWidth(cell)))
			}
		}
		b.WriteByte('\n')
	}
	_, err := fmt.Fprint(w, b.String())
	return err
}
