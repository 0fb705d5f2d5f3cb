package auth

import (
	"bytes"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// readings calls f with the line as received and with each kind of escape decoded:
// backslashes (IMAP's quoted string, RFC 9051 4.3, and JSON), percent-encoding (URLs),
// quoted-printable, and character references (HTML). It stops and returns true when f
// returns true. The slice passed to f is overwritten by the next call.
func (t *traces) readings(s *scan, f func([]byte) bool) bool {
	line := s.line
	if f(line) {
		return true
	}
	try := func(reading []byte) bool {
		s.reading = reading
		return f(reading)
	}
	switch has := func(c byte) bool { return bytes.IndexByte(line, c) >= 0 }; {
	case has(0) && try(narrow(line)),
		has('\\') && try(appendUnescaped(s.reading[:0], line)),
		has('%') && try(appendUnmarked(s.reading[:0], line, '%')),
		marked(line, '=') && try(appendUnmarked(s.reading[:0], line, '=')),
		has('&') && try([]byte(html.UnescapeString(string(line)))),
		t.space && has('+') && try(appendUnmarked(s.reading[:0], bytes.ReplaceAll(line, []byte("+"), []byte(" ")), '%')):
		return true
	}
	return false
}

// narrow removes the zero bytes that UTF-16 adds to ASCII (RFC 2781 2).
func narrow(text []byte) []byte {
	if bytes.IndexByte(text, 0) < 0 {
		return nil
	}
	return bytes.ReplaceAll(text, []byte{0}, nil)
}

// appendUnescaped decodes backslash escapes: \xHH and \uHHHH; any other escaped byte
// stands for itself.
func appendUnescaped(to, s []byte) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			to = append(to, s[i])
			continue
		}
		i++
		switch {
		case s[i] == 'x' && isHex(s[i+1:], 2):
			to = append(to, byte(number(s[i+1:i+3])))
			i += 2
		case s[i] == 'u' && isHex(s[i+1:], 4):
			to = utf8.AppendRune(to, rune(number(s[i+1:i+5])))
			i += 4
		default:
			to = append(to, s[i])
		}
	}
	return to
}

// marked reports whether s contains a sequence that [appendUnmarked] would decode.
func marked(s []byte, mark byte) bool {
	for i := bytes.IndexByte(s, mark); i >= 0; {
		if isHex(s[i+1:], 2) {
			return true
		}
		next := bytes.IndexByte(s[i+1:], mark)
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return false
}

// appendUnmarked decodes bytes written as a mark and two hex digits (RFC 3986 2.1, RFC
// 2045 6.7).
func appendUnmarked(to, s []byte, mark byte) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] == mark && isHex(s[i+1:], 2) {
			to = append(to, byte(number(s[i+1:i+3])))
			i += 2
			continue
		}
		to = append(to, s[i])
	}
	return to
}

// isHex reports whether s begins with n hex digits.
func isHex(s []byte, n int) bool {
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

// number parses hex digits.
func number(digits []byte) int {
	n := 0
	for _, d := range digits {
		n = n<<4 | int(nibbles[d])
	}
	return n
}

// fold returns s with letter case removed.
func fold(s string) string { return string(appendFold(nil, []byte(s))) }

// appendFold appends s with letter case removed. Invalid UTF-8 is kept, so that it
// can't hide adjacent letters.
func appendFold(to, s []byte) []byte {
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			to = append(to, lower(s[i]))
			i++
			continue
		}
		r, n := utf8.DecodeRune(s[i:])
		if r == utf8.RuneError && n == 1 {
			to = append(to, s[i])
		} else {
			// Upper then lower case, because some letters are equal only in upper case.
			to = utf8.AppendRune(to, unicode.ToLower(unicode.ToUpper(r)))
		}
		i += n
	}
	return to
}

// appendLower appends s with its ASCII letters in lower case.
func appendLower(to, s []byte) []byte {
	for _, b := range s {
		to = append(to, lower(b))
	}
	return to
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
