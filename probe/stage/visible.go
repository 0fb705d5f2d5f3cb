package stage

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible makes text from a server or a file safe to show. Whatever could control a
// terminal or hide text (control and format characters, line separators, invalid UTF-8)
// is written as an escape such as \x1b or \u202e. So are combining marks beyond a
// limit. Harmless text is returned unchanged, so Visible may be applied repeatedly.
func Visible(s string) string {
	if plain(s) || !strings.ContainsFunc(s, hiddenOrMark) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	marks := 0
	for i, r := range s {
		if marks++; !unicode.In(r, unicode.Mn, unicode.Me) {
			marks = 0
		}
		switch {
		case marks > maxMarks:
			b.WriteString(escape(r))
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !hidden(r):
			b.WriteRune(r)
		default:
			b.WriteString(escape(r))
		}
	}
	return b.String()
}

// maxMarks is how many combining marks one letter may have. Writing systems need at
// most four; more would only draw over other lines.
const maxMarks = 4

// escape returns the escape for a rune.
func escape(r rune) string {
	switch {
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// hiddenOrMark reports whether a rune needs closer inspection.
func hiddenOrMark(r rune) bool { return hidden(r) || unicode.In(r, unicode.Mn, unicode.Me) }

// plain reports whether s is printable ASCII only, as nearly all lines from mail
// servers are.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// hidden reports whether a rune doesn't belong in a line of text. Directional marks,
// joiners and tags are all in category Cf.
func hidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}
