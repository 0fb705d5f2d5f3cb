package installed

import (
	"strconv"
	"strings"
	"unicode/utf16"
)

// prefs are the preferences of a Mozilla program by their names.
type prefs map[string]setting

// readPrefs reads prefs.js (mozilla-central, modules/libpref/parser/src/lib.rs): calls of
// user_pref, pref or sticky_pref with a name and a string, a number, true or false, and
// three kinds of comments. The last value counts.
func readPrefs(r *reader, s string) prefs {
	p := prefs{}
	c := newScanner(s)
	for skipBlank(c); !c.end(); skipBlank(c) {
		at, before := c.position(), *c
		if name, v, ok := readPref(c); ok {
			p[name] = v
			continue
		}
		r.wrong(at, `expected user_pref("name", value); with a string, a number, true or false`)
		*c = before
		c.skipTo("\n")
	}
	return p
}

// skipBlank skips blanks and comments.
func skipBlank(c *scanner) {
	for !c.end() {
		switch b := c.peek(); {
		case b == ' ' || b == '\t' || b == '\r' || b == '\n' || b == '\f' || b == '\v':
			c.next()
		case b == '#' || c.has("//"):
			c.skipTo("\n")
		case c.has("/*"):
			end := strings.Index(c.s[c.at:], "*/")
			if end < 0 {
				end = len(c.s) - c.at - 2
			}
			c.skip(end + 2)
		default:
			return
		}
	}
}

// readPref reads one call.
func readPref(c *scanner) (name string, v setting, ok bool) {
	begin := c.at
	c.skipTo("( \t\r\n")
	switch c.s[begin:c.at] {
	case "user_pref", "pref", "sticky_pref":
	default:
		return "", v, false
	}
	if !take(c, '(') {
		return "", v, false
	}
	skipBlank(c)
	if name, ok = readPrefString(c); !ok || !take(c, ',') {
		return "", v, false
	}
	skipBlank(c)
	v.position, v.given = c.position(), true
	if b := c.peek(); b == '"' || b == '\'' {
		v.value, ok = readPrefString(c)
	} else {
		begin := c.at
		c.skipTo("),; \t\r\n")
		v.value = c.s[begin:c.at]
		_, err := strconv.ParseInt(v.value, 10, 32)
		ok = err == nil || v.value == "true" || v.value == "false"
	}
	if skipBlank(c); c.peek() == ',' { // attributes, such as sticky and locked
		c.skipTo(")\n")
	}
	return name, v, ok && take(c, ')') && take(c, ';')
}

// take skips blanks and a byte that must come next.
func take(c *scanner, want byte) bool {
	skipBlank(c)
	return c.next() == want
}

// readPrefString reads a string with JavaScript's escapes.
func readPrefString(c *scanner) (string, bool) {
	quote := c.next()
	if quote != '"' && quote != '\'' {
		return "", false
	}
	var b strings.Builder
	for !c.end() {
		switch ch := c.next(); ch {
		case quote:
			return b.String(), true
		case '\\':
			if !escaped(c, &b) {
				return "", false
			}
		default:
			b.WriteByte(ch)
		}
	}
	return "", false
}

var simpleEscapes = map[byte]byte{'"': '"', '\'': '\'', '\\': '\\', 'n': '\n', 'r': '\r'}

// escaped reads what follows a backslash.
func escaped(c *scanner, b *strings.Builder) bool {
	ch := c.next()
	if plain, ok := simpleEscapes[ch]; ok {
		b.WriteByte(plain)
		return true
	}
	switch ch {
	case 'x':
		n, ok := hexDigits(c, 2)
		b.WriteRune(n)
		return ok
	case 'u':
		n, ok := hexDigits(c, 4)
		if utf16.IsSurrogate(n) && c.has(`\u`) {
			c.skip(2)
			low, again := hexDigits(c, 4)
			n, ok = utf16.DecodeRune(n, low), ok && again
		}
		b.WriteRune(n)
		return ok
	}
	return false
}

func hexDigits(c *scanner, n int) (rune, bool) {
	if c.at+n > len(c.s) {
		return 0, false
	}
	v, err := strconv.ParseUint(c.s[c.at:c.at+n], 16, 32)
	c.skip(n)
	return rune(v), err == nil
}
