package installed

import "strings"

// muttScanner cuts a configuration of mutt into words (mutt, init.c,
// mutt_extract_token). A backslash at the end of a line continues it, wherever it
// stands.
type muttScanner struct {
	scanner
	in *position // where all of it stands, if it is the argument of a hook
	of *muttState
}

// maxWord bounds a word: variables within variables would let it grow without end.
const maxWord = 4 << 10

// get takes a byte; ok is false at the end.
func (c *muttScanner) get() (b byte, ok bool) {
	c.skipContinued()
	if c.end() {
		return 0, false
	}
	return c.next(), true
}

// look is the next byte, 0 at the end.
func (c *muttScanner) look() byte {
	c.skipContinued()
	return c.peek()
}

func (c *muttScanner) skipContinued() {
	for {
		switch {
		case c.has("\\\n"):
			c.skip(2)
		case c.has("\\\r\n"):
			c.skip(3)
		default:
			return
		}
	}
}

// where is the position of the next byte.
func (c *muttScanner) where() position {
	if c.in != nil {
		return *c.in
	}
	at := c.position()
	at.place = c.of.place
	return at
}

// blank skips blanks within a line.
func (c *muttScanner) blank() {
	for b := c.look(); b == ' ' || b == '\t' || b == '\r'; b = c.look() {
		c.get()
	}
}

// more reports whether a command has a further word.
func (c *muttScanner) more() bool {
	c.blank()
	b := c.look()
	return b != 0 && b != '\n' && b != ';' && b != '#'
}

// rest skips what a command that isn't known has for words, and what ends it.
func (c *muttScanner) rest() {
	for c.more() {
		c.word("")
	}
	if c.look() == '#' {
		for b, ok := c.get(); ok && b != '\n'; b, ok = c.get() {
		}
		return
	}
	c.get()
}

// word reads a word, which these bytes end as well.
func (c *muttScanner) word(ends string) setting {
	c.blank()
	s := setting{position: c.where(), given: true}
	var b strings.Builder
	quote := byte(0)
	for ch := c.look(); ch != 0; ch = c.look() {
		if quote == 0 && (strings.IndexByte(" \t\r\n;", ch) >= 0 || strings.IndexByte(ends, ch) >= 0) {
			break
		}
		c.get()
		switch {
		case ch == quote:
			quote = 0
		case quote == 0 && (ch == '\'' || ch == '"'):
			quote = ch
		case quote == '\'':
			b.WriteByte(ch)
		case ch == '\\':
			c.escape(&b)
		case ch == '`':
			s.untold = true
			for e, ok := c.get(); ok && e != '`'; e, ok = c.get() {
			}
		case ch == '$':
			s.untold = c.variable(&b) || s.untold
		default:
			b.WriteByte(ch)
		}
	}
	if quote != 0 {
		c.of.m.r.wrong(s.position, "expected a second quote at the end of the word")
	}
	s.value = b.String()
	if len(s.value) > maxWord {
		s.value, s.untold = "", true
	}
	return s
}

var muttEscapes = map[byte]byte{'t': '\t', 'r': '\r', 'n': '\n', 'e': 0x1b, 'f': '\f'}

// escape reads what follows a backslash.
func (c *muttScanner) escape(b *strings.Builder) {
	ch, ok := c.get()
	if !ok {
		return
	}
	if plain, ok := muttEscapes[ch]; ok {
		ch = plain
	}
	b.WriteByte(ch)
}

// variable writes the value of the variable that follows a $. It reports whether the
// value isn't known.
func (c *muttScanner) variable(b *strings.Builder) (untold bool) {
	braces := c.look() == '{'
	if braces {
		c.get()
	}
	var name strings.Builder
	for ch := c.look(); isNameByte(ch) || braces && ch != 0 && ch != '}' && ch != '\n'; ch = c.look() {
		c.get()
		name.WriteByte(ch)
	}
	if braces {
		c.get()
	}
	if name.Len() == 0 {
		b.WriteByte('$')
		return false
	}
	v, known := c.of.lookUp(name.String())
	if b.Len()+len(v.value) > maxWord {
		return true
	}
	b.WriteString(v.value)
	return !known || v.untold
}

func isNameByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
