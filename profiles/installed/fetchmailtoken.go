package installed

import (
	"strconv"
	"strings"
)

// word reads the next word. Blanks and the characters : ; , have no meaning, # begins a
// comment, = stands for itself. As in every lexer made by lex the longest match counts:
// quotes are quotes only if nothing but a blank or such a character follows the second
// one, and a backslash doesn't hide it.
func (f *fetchmailReader) word() (s setting, ok bool) {
	c := f.c
	for !c.end() {
		switch b := c.peek(); {
		case b == '#':
			c.skipTo("\n")
		case strings.IndexByte(blanks+":;,", b) >= 0:
			c.next()
		default:
			s = setting{position: c.position(), given: true}
			length := 1
			if b != '=' {
				length, s.quoted = f.length(b, s.position)
			}
			s.value = f.take(length, s.quoted)
			return s, true
		}
	}
	return s, false
}

// blanks separate words.
const blanks = " \t\r\n"

// length is that of the word that begins with b, and whether it is in quotes.
func (f *fetchmailReader) length(b byte, at position) (n int, quoted bool) {
	rest := f.c.s[f.c.at:]
	n = strings.IndexAny(rest, blanks+":;,=")
	if n < 0 {
		n = len(rest)
	}
	if b != '"' && b != '\'' {
		return n, false
	}
	end := strings.IndexByte(rest[1:], b)
	if end < 0 {
		f.r.wrong(at, "expected a second quote at the end of the word")
	}
	if end+2 >= n && end >= 0 {
		return end + 2, true
	}
	return n, false
}

// take takes a word of a length, without its quotes.
func (f *fetchmailReader) take(length int, quoted bool) string {
	c, end := f.c, f.c.at+length
	if quoted {
		c.next()
		end--
	}
	var b strings.Builder
	for c.at < end {
		if ch := c.next(); ch == '\\' && c.at < end {
			fetchmailEscape(c, &b)
		} else {
			b.WriteByte(ch)
		}
	}
	if quoted {
		c.next()
	}
	return b.String()
}

// fetchmailEscape reads what follows a backslash: n, t, b, r, a hexadecimal number behind
// x, an octal one behind 0, a decimal one, or a character for itself.
func fetchmailEscape(c *scanner, b *strings.Builder) {
	ch := c.next()
	switch {
	case ch == '\n':
	case ch == 'x':
		b.WriteByte(fetchmailNumber(c, "", 16, "0123456789abcdefABCDEF"))
	case ch == '0':
		b.WriteByte(fetchmailNumber(c, "0", 8, "01234567"))
	case ch >= '1' && ch <= '9':
		b.WriteByte(fetchmailNumber(c, string(ch), 10, "0123456789"))
	default:
		if plain, ok := map[byte]byte{'n': '\n', 't': '\t', 'b': '\b', 'r': '\r'}[ch]; ok {
			ch = plain
		}
		b.WriteByte(ch)
	}
}

// fetchmailNumber reads up to three digits.
func fetchmailNumber(c *scanner, digits string, base int, of string) byte {
	for len(digits) < 3 && !c.end() && strings.IndexByte(of, c.peek()) >= 0 {
		digits += string(c.next())
	}
	n, _ := strconv.ParseUint(digits, base, 16)
	return byte(n)
}
