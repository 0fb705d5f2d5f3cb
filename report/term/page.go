package term

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// span is a piece of a line.
type span struct {
	text  string
	style style
}

// line is what stands in one line of a page. Its text holds no control
// characters.
type line []span

// width is how many columns the line takes.
func (l line) width() int {
	n := 0
	for _, s := range l {
		n += ansi.StringWidth(s.text)
	}
	return n
}

// page collects lines of a fixed width.
type page struct {
	w       io.Writer
	l       *prose.Language
	colours palette
	width   int
	ascii   bool
	lines   []line // that are not painted yet
	err     error  // of w
}

// text is a value in words, as it goes on after a colon.
func (p *page) text(v prose.Value) string { return p.l.Text(v) }

// label is a value as the name of what stands beside it.
func (p *page) label(v prose.Value) string { return p.l.Title(v) }

// data is text that nobody translates.
func (p *page) data(s string) string { return p.l.Text(prose.Data(s)) }

// column is how wide running text is set: long lines are hard to read.
func (p *page) column() int { return min(p.width, 100) }

// add appends a line.
func (p *page) add(spans ...span) { p.lines = append(p.lines, spans) }

// blank appends an empty line, unless one is there.
func (p *page) blank() {
	if n := len(p.lines); n > 0 && len(p.lines[n-1]) > 0 {
		p.add()
	}
}

// head begins a section.
func (p *page) head(v prose.Value) {
	p.blank()
	for _, l := range p.wrap(p.text(v), p.width) {
		p.add(span{l, title})
	}
}

// clean makes text fit to be shown. In ASCII, the few signs of our own words
// have a likeness; what else the console cannot draw is escaped.
func (p *page) clean(s string) string {
	s = stage.Visible(s)
	if !p.ascii {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r == '–' || r == '—':
			b.WriteByte('-')
		case r == '…':
			b.WriteString("...")
		case r == '’' || r == '‘':
			b.WriteByte('\'')
		case r == '“' || r == '”':
			b.WriteByte('"')
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

// flow sets running text behind a prefix; further lines are indented by hang
// columns. limit is the last column that may be used.
func (p *page) flow(prefix line, hang int, text string, st style, limit int) {
	first := prefix.width()
	if first > limit/2 && first > hang {
		p.add(prefix...)
		prefix, first = line{{strings.Repeat(" ", hang), plain}}, hang
	}
	rest := p.clean(text)
	head, rest := take(rest, limit-first)
	p.add(append(prefix, span{head, st})...)
	for rest != "" {
		head, rest = take(rest, max(limit-hang, 1))
		p.add(span{strings.Repeat(" ", hang), plain}, span{head, st})
	}
}

// wrap breaks text into lines of at most width columns.
func (p *page) wrap(text string, width int) []string {
	var out []string
	for rest := p.clean(text); rest != ""; {
		var head string
		head, rest = take(rest, max(width, 1))
		out = append(out, head)
	}
	return out
}

// take cuts the words that fit into width columns off the beginning of s. A
// word that is longer than a line is broken behind a dot, or wherever it must
// be.
func take(s string, width int) (head, rest string) {
	s = strings.TrimLeft(s, " ")
	end, used := 0, 0
	for i := 0; i < len(s); {
		next := wordEnd(s, i, longest(width))
		w := ansi.StringWidth(s[i:next])
		if used+w > width {
			break
		}
		used, end, i = used+w, next, next
	}
	if end == 0 {
		end = breakWord(s, width)
	}
	return strings.TrimRight(s[:end], " "), strings.TrimLeft(s[end:], " ")
}

// longest is how many bytes can't fit into so many columns, however narrow they are: a
// letter has at most four bytes, and as many marks on it ([stage.Visible]).
func longest(width int) int { return 4 * 5 * (width + 1) }

// wordEnd returns where the word that begins at i ends, spaces before it
// included; or where it has become too long, beyond most bytes.
func wordEnd(s string, i, most int) int {
	for i < len(s) && s[i] == ' ' {
		i++
	}
	for end := i + most; i < len(s) && s[i] != ' ' && (i < end || !utf8.RuneStart(s[i])); {
		i++
	}
	return i
}

// breakWord finds where to break a word that is longer than a line. It returns
// at least the first character, so that every text comes to its end.
func breakWord(s string, width int) int {
	s = s[:wordEnd(s, 0, longest(width))]
	end := len(ansi.Truncate(s, width, ""))
	if end == 0 {
		for i := range s {
			if i > 0 {
				return i
			}
		}
		return len(s)
	}
	if end == len(s) {
		return end
	}
	if i := strings.LastIndexAny(s[:end], ".,;:/@-_="); i >= end/3 {
		return i + 1
	}
	return end
}

// widest returns the width of the widest of some texts.
func widest(texts ...string) int {
	n := 0
	for _, t := range texts {
		n = max(n, ansi.StringWidth(t))
	}
	return n
}

// pad fills text up to a width.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-ansi.StringWidth(s)))
}

// much is how many lines a page collects before it is painted.
const much = 512

// paintMuch paints what has been collected, if that is much: a page of thousands of
// connections needs not be held as a whole.
func (p *page) paintMuch() {
	if len(p.lines) > much {
		p.paint(p.lines[:len(p.lines)-1])
		p.lines = append(p.lines[:0], p.lines[len(p.lines)-1]) // what follows may depend on it
	}
}

// write paints the rest of the page. The error is the writer's.
func (p *page) write() error {
	p.paint(p.lines)
	return p.err
}

// paint paints lines. Spaces at the end of a line are left out.
func (p *page) paint(lines []line) {
	if p.err != nil {
		return
	}
	var b strings.Builder
	for _, l := range lines {
		for n := len(l); n > 0; n = len(l) {
			l[n-1].text = strings.TrimRight(l[n-1].text, " ")
			if l[n-1].text != "" {
				break
			}
			l = l[:n-1]
		}
		for _, s := range l {
			b.WriteString(p.colours.paint(s.text, s.style))
		}
		b.WriteByte('\n')
	}
	_, p.err = io.WriteString(p.w, b.String())
}
