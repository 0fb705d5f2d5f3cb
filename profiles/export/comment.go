package export

import (
	"strings"
	"unicode"
)

// style is how a form has comments; the zero style has none.
type style struct {
	line        string // begins one, up to the end of the line
	open, close string // or around one
	first       string // what must stand before any comment
}

var (
	hashes  = style{line: "# "}
	slashes = style{line: "// "}
	inPHP   = style{line: "// ", first: "<?php\n"}
	inXML   = style{open: "<!--", close: "-->", first: xmlHeader}
)

const xmlHeader = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// commentWidth is the width of a line of comment.
const commentWidth = 78

// comment writes sentences as a comment, each on lines of its own.
func (s style) comment(sentences []string) string {
	var b strings.Builder
	if s.open != "" {
		b.WriteString(s.open + "\n")
	}
	for _, text := range sentences {
		for _, line := range wrap(s.harmless(text)) {
			b.WriteString(strings.TrimRight(s.line+line, " ") + "\n")
		}
	}
	if s.close != "" {
		b.WriteString(s.close + "\n")
	}
	return b.String()
}

// harmless takes out of a sentence what could end a comment or go on behind its line:
// ends of lines, ?> (PHP), -- (XML), a backslash at the end of a line (neomutt).
func (s style) harmless(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	for _, bad := range []string{`\`, "?>", "<?", "%>", "`"} {
		text = strings.ReplaceAll(text, bad, " ")
	}
	for s.open != "" && strings.Contains(text, "--") {
		text = strings.ReplaceAll(text, "--", "-")
	}
	return text
}

func wrap(text string) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > commentWidth {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimLeft(line+" "+word, " ")
	}
	if line == "" {
		return lines
	}
	return append(lines, line)
}
