package installed

import (
	"bytes"
	"encoding/binary"
	"iter"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// decoded returns the text of a file in UTF-8, which UTF-16 is turned into by its byte
// order mark. Lines end as the file has them.
func decoded(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return string(data[3:])
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return fromUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return fromUTF16(data[2:], binary.BigEndian)
	}
	return string(data)
}

func fromUTF16(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}

// line is one line of a text, without its end.
type line struct {
	number int
	text   string
}

// at is the position of an offset in a line.
func (l line) at(offset int) position {
	return position{line: l.number, column: 1 + utf8.RuneCountInString(l.text[:min(max(offset, 0), len(l.text))])}
}

// lines splits a text.
func lines(s string) iter.Seq[line] {
	return func(yield func(line) bool) {
		n := 0
		for text := range strings.Lines(s) {
			if n++; !yield(line{n, strings.TrimRight(text, "\r\n")}) {
				return
			}
		}
	}
}

// word cuts a line at the first run of blanks, and says at which offset the rest begins.
func (l line) word() (first, rest string, at int) {
	trimmed := strings.TrimLeft(l.text, " \t")
	indent := len(l.text) - len(trimmed)
	i := strings.IndexAny(trimmed, " \t")
	if i < 0 {
		return trimmed, "", len(l.text)
	}
	rest = strings.TrimLeft(trimmed[i:], " \t")
	return trimmed[:i], strings.TrimRight(rest, " \t"), indent + len(trimmed) - len(rest)
}

// scanner goes through a text that isn't made of lines.
type scanner struct {
	s    string
	at   int
	line int // of at
	// What a position was counted for, since a line may be as long as the file.
	counted, column int
}

func newScanner(s string) *scanner { return &scanner{s: s, line: 1, column: 1} }

func (c *scanner) end() bool { return c.at >= len(c.s) }

// peek returns the next byte, 0 at the end.
func (c *scanner) peek() byte {
	if c.end() {
		return 0
	}
	return c.s[c.at]
}

// next takes a byte.
func (c *scanner) next() byte {
	b := c.peek()
	if !c.end() {
		c.at++
		if b == '\n' {
			c.line++
			c.counted, c.column = c.at, 1
		}
	}
	return b
}

// has reports whether the text goes on with a word.
func (c *scanner) has(word string) bool { return strings.HasPrefix(c.s[c.at:], word) }

// skip takes a number of bytes.
func (c *scanner) skip(n int) {
	for range n {
		c.next()
	}
}

// skipTo takes all that comes before any of these bytes, or before the end.
func (c *scanner) skipTo(stop string) {
	for !c.end() && strings.IndexByte(stop, c.peek()) < 0 {
		c.next()
	}
}

func (c *scanner) position() position {
	c.column += utf8.RuneCountInString(c.s[c.counted:c.at])
	c.counted = c.at
	return position{line: c.line, column: c.column}
}
