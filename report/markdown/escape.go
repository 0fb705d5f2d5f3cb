package markdown

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"maildoctor/probe/stage"
)

// maxText is how much of one text is shown, in bytes: more than any line of a mail
// server that says something (RFC 5321 4.5.3.1.5: 512).
const maxText = 4096

// apart separates two characters that mean something together to GitHub or GitLab. Both
// look for mentions, references and addresses in the text between tags.
const apart = "<span></span>"

// Text returns text as Markdown that shows just this text, in one line, wherever inline
// text may stand: in a paragraph, a heading, an item of a list or a cell of a table.
// Control characters are made visible, and white space becomes single spaces.
//
// Besides what CommonMark and its tables give a meaning to, these are kept from meaning
// anything: @name, #1, !1, %1, ~1, GH-1, abbreviated commits, :name:, $formula$, web and
// mail addresses, and GitLab's marks of changes and commands at the beginning of a line.
func Text(s string) string {
	s = oneLine(s)
	if s == "" {
		return ""
	}
	var b strings.Builder
	cuts := commits(s)
	for i, r := range s {
		if cuts[i] {
			b.WriteString(apart)
		}
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		writeRune(&b, s, i, r, next)
	}
	return opening(b.String())
}

// writeRune writes the character at s[i].
func writeRune(b *strings.Builder, s string, i int, r, next rune) {
	alone := next == utf8.RuneError || next == ' '
	switch r {
	case '<':
		b.WriteString("&lt;")
	case '>':
		b.WriteString("&gt;")
	case '|':
		b.WriteString("&#124;") // also where a cell of a table ends at it
	case '&':
		b.WriteString("&amp;")
	case '$':
		b.WriteString("<span>$</span>")
	case '\\', '`', '*', '_', '[', ']', '#', '~', '^':
		b.WriteByte('\\')
		b.WriteRune(r)
	default:
		b.WriteRune(r)
	}
	switch {
	case alone:
	case strings.ContainsRune("@#!%~&^", r),
		r == ':' && (next == '/' || emoji.MatchString(s[i:])),
		next == '.' && i >= 2 && strings.EqualFold(s[i-2:i+1], "www"),
		(r == '[' || r == '{') && (next == '[' || next == '+' || next == '-'),
		r == '-' && next >= '0' && next <= '9' && i > 0 && isLetter(s[i-1]):
		b.WriteString(apart)
	}
}

var (
	emoji  = regexp.MustCompile(`^:(?:[A-Za-z0-9_+-]*[A-Za-z_+-][A-Za-z0-9_+-]*|100|1234):`)
	commit = regexp.MustCompile(`\b[0-9A-Fa-f]{7,40}\b`)
	number = regexp.MustCompile(`^([0-9]+)([.)])`)
)

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// commits returns where to separate what could be the abbreviated name of a commit.
func commits(s string) map[int]bool {
	var cuts map[int]bool
	for _, at := range commit.FindAllStringIndex(s, -1) {
		if cuts == nil {
			cuts = make(map[int]bool)
		}
		for i := at[0] + 4; i < at[1]; i += 4 {
			cuts[i] = true
		}
	}
	return cuts
}

// opening escapes what has a meaning only at the beginning of a line.
func opening(s string) string {
	switch s[0] {
	case '-', '+', '=', '/':
		return `\` + s
	}
	return number.ReplaceAllString(s, `$1\$2`)
}

// oneLine makes text safe to show and puts it on one line. What is too long is cut.
func oneLine(s string) string {
	s = strings.ToValidUTF8(strings.Join(strings.Fields(stage.Visible(s)), " "), "\uFFFD")
	if len(s) <= maxText {
		return s
	}
	end := maxText
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// Code returns text as code, as it can be copied: in one line, wherever inline text may
// stand. Nothing in code has a meaning to GitHub or GitLab.
func Code(s string) string {
	s = oneLine(s)
	if s == "" {
		return ""
	}
	// Where a span of code would need more than its marks, HTML says the same. In a
	// table, programs differ over bars and backslashes in spans.
	if strings.ContainsAny(s, "`|\\") {
		return "<code>" + Text(s) + "</code>"
	}
	return "`" + s + "`"
}
