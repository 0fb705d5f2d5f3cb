package term

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/mattn/go-runewidth"
)

// eastAsian measures as East Asian consoles do, where characters of ambiguous width
// (UAX #11) take two columns.
var eastAsian = &runewidth.Condition{EastAsianWidth: true}

// size returns the width of a text in columns.
func (p *page) size(s string) int {
	if p.wide {
		return eastAsian.StringWidth(s)
	}
	return ansi.StringWidth(s)
}

// lineWidth returns the width of a line in columns.
func (p *page) lineWidth(l line) int {
	n := 0
	for _, s := range l {
		n += p.size(s.text)
	}
	return n
}

// widest returns the width of the widest of some texts.
func (p *page) widest(texts ...string) int {
	n := 0
	for _, t := range texts {
		n = max(n, p.size(t))
	}
	return n
}

// longest returns the width of the longest word of some texts.
func (p *page) longest(texts ...string) int {
	n := 0
	for _, t := range texts {
		for i := 0; i < len(t); {
			next := wordEnd(t, i)
			n = max(n, p.size(strings.TrimLeft(t[i:next], " ")))
			i = next
		}
	}
	return n
}

// pad pads text to a width.
func (p *page) pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-p.size(s)))
}
