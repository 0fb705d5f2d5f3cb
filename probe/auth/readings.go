package auth

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// readings returns the line as it came and as it reads with its escapes undone:
// backslashes (IMAP's quoted string, RFC 9051 4.3, and JSON), per cent (URLs),
// equals signs (quoted-printable), character references (HTML).
func (t *traces) readings(line string) []string {
	out := []string{line}
	if strings.Contains(line, `\`) {
		out = append(out, unescape(line))
	}
	if strings.Contains(line, "%") {
		out = append(out, unmark(line, '%'))
	}
	if strings.Contains(line, "=") {
		if s := unmark(line, '='); s != line {
			out = append(out, s)
		}
	}
	if strings.Contains(line, "&") {
		out = append(out, html.UnescapeString(line))
	}
	if t.space && strings.Contains(line, "+") {
		out = append(out, unmark(strings.ReplaceAll(line, "+", " "), '%'))
	}
	return out
}

// unescape undoes backslashes: \xHH and \uHHHH, else the next byte as it is.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch {
		case s[i] == 'x' && isHex(s[i+1:], 2):
			b.WriteByte(byte(number(s[i+1 : i+3])))
			i += 2
		case s[i] == 'u' && isHex(s[i+1:], 4):
			b.WriteRune(rune(number(s[i+1 : i+5])))
			i += 4
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// unmark decodes bytes written as a mark and two hex digits (RFC 3986 2.1,
// RFC 2045 6.7).
func unmark(s string, mark byte) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == mark && isHex(s[i+1:], 2) {
			b.WriteByte(byte(number(s[i+1 : i+3])))
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// isHex reports whether s begins with n hex digits.
func isHex(s string, n int) bool {
	if len(s) < n {
		return false
	}
	for i := range n {
		if nibbles[s[i]] < 0 {
			return false
		}
	}
	return true
}

// number reads hex digits.
func number(digits string) int {
	n := 0
	for i := range len(digits) {
		n = n<<4 | int(nibbles[digits[i]])
	}
	return n
}

// fold returns s in one letter case. Bytes that are not UTF-8 stay as they are,
// so that they hide no letter beside them.
func fold(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			b = append(b, lower(s[i]))
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			b = append(b, s[i])
		} else {
			// There and back: some letters meet in upper case alone.
			b = utf8.AppendRune(b, unicode.ToLower(unicode.ToUpper(r)))
		}
		i += n
	}
	return string(b)
}

// foldBytes returns s with the letters of ASCII in lower case.
func foldBytes(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] = lower(b[i])
	}
	return string(b)
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
