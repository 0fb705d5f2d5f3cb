package term

import (
	"fmt"
	"io"
	"strings"

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

// page collects lines of a fixed width.
type page struct {
	w       io.Writer
	l       *prose.Language
	colours palette
	width   int
	ascii   bool
	wide    bool   // characters of ambiguous width take two columns (UAX #11)
	linear  bool   // sentences, one below the other; see [report.Options]
	lines   []line // that are not painted yet
	err     error  // of w
}

// text is a value in words, as it goes on after a colon.
func (p *page) text(v prose.Value) string { return p.l.Text(v) }

// label is a value as the name of what stands beside it.
func (p *page) label(v prose.Value) string { return p.l.Title(v) }

// data is text that nobody translates.
func (p *page) data(s string) string { return p.l.Text(prose.Data(s)) }

// column is how wide running text is set: long lines are hard to read, though not to
// listen to.
func (p *page) column() int {
	if p.linear {
		return p.width
	}
	return min(p.width, 100)
}

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
