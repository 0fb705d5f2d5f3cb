package stage

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible makes text from a server, or from a file, safe to show: what would
// draw on a terminal or hide in it (control and format characters, line
// separators, bytes that are not UTF-8) is written as an escape such as \x1b or
// \u202e, and so are marks that would pile up on one letter. Text that is already
// harmless is returned as it is, so that Visible may be applied more than once.
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

// maxMarks is how many combining marks may stand on one letter. Writing systems
// get along with four; more only draw over other lines.
const maxMarks = 4

// escape writes a rune by its number.
func escape(r rune) string {
	switch {
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// hiddenOrMark reports runes that have to be looked at.
func hiddenOrMark(r rune) bool { return hidden(r) || unicode.In(r, unicode.Mn, unicode.Me) }

// plain reports visible ASCII, which nearly all lines of mail servers are.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// hidden reports runes that have no business in a line of text. The
// directional marks, joiners and tags are all of category Cf.
func hidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}
