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

// line is the contents of one line of a page. Its text has no control characters.
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
	lines   []line // lines not painted yet
	err     error  // of writing to w
}

// text puts a value into words, to follow a colon.
func (p *page) text(v prose.Value) string { return p.l.Text(v) }

// label puts a value into words as a label.
func (p *page) label(v prose.Value) string { return p.l.Title(v) }

// data returns text that is not translated.
func (p *page) data(s string) string { return p.l.Text(prose.Data(s)) }

// column returns the width of running text: long lines are hard to read, though not
// to listen to.
func (p *page) column() int {
	if p.linear {
		return p.width
	}
	return min(p.width, 100)
}

// add appends a line.
func (p *page) add(spans ...span) { p.lines = append(p.lines, spans) }

// blank appends an empty line, unless the last one is empty.
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

// clean makes text safe to show. In ASCII mode, our own signs have replacements, and
// everything else that the console cannot draw is escaped.
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

// much is the number of lines from which a page is painted early.
const much = 512

// paintMuch paints the collected lines if there are many, so that a page of
// thousands of connections needn't be held in memory.
func (p *page) paintMuch() {
	if len(p.lines) > much {
		p.paint(p.lines[:len(p.lines)-1])
		p.lines = append(p.lines[:0], p.lines[len(p.lines)-1]) // what follows may depend on it
	}
}

// write paints the rest of the page. It returns the writer's error.
func (p *page) write() error {
	p.paint(p.lines)
	return p.err
}

// paint paints lines without spaces at their end.
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
