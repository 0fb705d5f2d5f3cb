// Package prosetest finds, for tests, words that no translator reaches. [Language] is
// a pseudo-language: English with marks around every sentence of the tables and pages,
// and others around all that is said to be data. In what is rendered in it, a letter
// outside of the marks was written in code; and what stands in the marks of data has to
// be known from the run, or be a term ([Data]).
package prosetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"maildoctor/probe/prose"
)

// The marks. No server, host or file has them in its text.
const (
	openSentence, closeSentence = '⟦', '⟧'
	openData, closeData         = '⟪', '⟫'
)

// Language returns the pseudo-language.
func Language() *prose.Language {
	return prose.English().
		Marked(string(openSentence), string(closeSentence)).
		DataMarked(string(openData), string(closeData))
}

// terms are what protocols and mail programs have in common in every language, what
// commands to type begin with and no run knows, and what [prose.Set] holds; one a line.
const terms = `
SSL/TLS
STARTTLS
TLS
POP
POP3
IMAP
SMTP
IPv4
IPv6
HTTP
HTTPS
SHA-256
UTC
C
S
maildoctor check ADDRESS YOU --allow-cleartext-login
--run-timeout
maildoctor settings
maildoctor explain
maildoctor profiles show
maildoctor report
true
false
yes
`

// Data is what may stand in the marks of data.
type Data struct {
	text string // all that is known, in lower case, a piece a line
}

// Known returns the data of values: every string that their JSON has, names of members
// included, and the terms.
func Known(values ...any) (*Data, error) {
	var b strings.Builder
	b.WriteString(strings.ToLower(terms))
	for _, v := range values {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		var tree any
		if err := json.Unmarshal(text, &tree); err != nil {
			return nil, err
		}
		walk(tree, func(s string) { b.WriteString(strings.ToLower(strings.Join(strings.Fields(s), " ")) + "\n") }, true)
	}
	return &Data{b.String()}, nil
}

// walk calls see for every string of a decoded JSON value, with names also for those
// of members.
func walk(v any, see func(string), names bool) {
	switch v := v.(type) {
	case string:
		see(v)
	case []any:
		for _, x := range v {
			walk(x, see, names)
		}
	case map[string]any:
		for name, x := range v {
			if names {
				see(name)
			}
			walk(x, see, names)
		}
	}
}

// Text returns what is wrong with a text that was rendered in [Language]: letters that
// stand in no marks, data that the run doesn't know, marks without their like.
func (d *Data) Text(text string) []string {
	pieces, wrong := split(text)
	for _, p := range pieces {
		switch {
		case p.data:
			for _, w := range d.unknown(p.text) {
				wrong = append(wrong, fmt.Sprintf("%q is said to be data, and the run doesn't have it: %q", w, p.text))
			}
		case strings.ContainsFunc(p.text, unicode.IsLetter):
			wrong = append(wrong, fmt.Sprintf("%q comes from no table of sentences, and isn't said to be data", strings.TrimSpace(p.text)))
		}
	}
	return wrong
}

// JSON returns what is wrong with a document of a report in [Language]. A string
// without marks has to be data, as something that the run has seen, or the id of a
// sentence.
func (d *Data) JSON(document []byte) ([]string, error) {
	decoder := json.NewDecoder(bytes.NewReader(document))
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	var wrong []string
	walk(tree, func(s string) {
		if strings.ContainsRune(s, openSentence) || strings.ContainsRune(s, openData) {
			wrong = append(wrong, d.Text(s)...)
			return
		}
		if prose.English().Has(prose.ID(s)) {
			return
		}
		for _, w := range d.unknown(s) {
			wrong = append(wrong, fmt.Sprintf("%q comes from no table of sentences, and the run doesn't have it: %q", w, s))
		}
	}, false)
	return wrong, nil
}

// piece is text with no marks in it.
type piece struct {
	text string
	data bool
}

// split returns the data of a text, and what stands outside of all marks. Where a text
// is set in columns, marks that lie in others may be those of neighbours: letters count
// as marked as long as any is open.
func split(text string) (pieces []piece, wrong []string) {
	var open []rune
	var current [2]strings.Builder // outside, data
	inData := 0
	flush := func(i int) {
		if current[i].Len() > 0 {
			pieces = append(pieces, piece{current[i].String(), i == 1})
			current[i].Reset()
		}
	}
	for _, r := range text {
		switch r {
		case openSentence, openData:
			flush(0)
			open = append(open, r)
			if r == openData {
				inData++
			}
		case closeSentence, closeData:
			if len(open) == 0 {
				wrong = append(wrong, fmt.Sprintf("%c closes nothing", r))
				continue
			}
			open = open[:len(open)-1]
			if r == closeData {
				inData--
			}
			if inData == 0 {
				flush(1)
			}
		default:
			switch {
			case inData > 0:
				current[1].WriteRune(r)
			case len(open) == 0:
				current[0].WriteRune(r)
			}
		}
	}
	flush(0)
	flush(1)
	if len(open) > 0 {
		wrong = append(wrong, fmt.Sprintf("%d marks are not closed", len(open)))
	}
	return pieces, wrong
}

// unknown returns the words of data that the run doesn't have. A word that is broken at
// the end of a line goes on in the next one, maybe behind those of other columns.
func (d *Data) unknown(text string) []string {
	var out, here []string // of the lines before, of this one
	for line := range strings.SplitSeq(text, "\n") {
		before := ""
		for w := range strings.FieldsSeq(line) {
			i := slices.IndexFunc(out, func(o string) bool { return d.has(o + w) })
			switch {
			case i >= 0:
				out = slices.Delete(out, i, i+1)
			case !d.has(w):
				here = append(here, w)
			case prosaic(before) && prosaic(w) && !d.knows(before+" "+w, false):
				here = append(here, before+" "+w)
			}
			before = w
		}
		out, here = append(out, here...), nil
	}
	return out
}

// prosaic reports whether a word may be one of a sentence: it has small letters alone.
// Two of them have to stand beside each other in what is known, too: most words of
// English are among the replies of some server.
func prosaic(word string) bool {
	return word != "" && !strings.ContainsFunc(word, func(r rune) bool { return r < 'a' || r > 'z' })
}

// has reports whether a word has no letters, or is a time, or is known whole, or is a
// path of names that are, as chain[0].names is.
func (d *Data) has(word string) bool {
	if _, err := time.Parse(time.RFC3339, word); err == nil {
		return true
	}
	word, cut := strings.CutSuffix(strings.ToLower(word), "...")
	word = strings.Trim(word, `"'(),.;:`)
	if d.knows(word, cut) {
		return true
	}
	parts := strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune("[].@/:", r) })
	return len(parts) > 1 && !slices.ContainsFunc(parts, func(p string) bool { return !d.knows(p, false) })
}

// knows reports whether a word has no letters, or is known; if cut, at least as the
// beginning of a word.
func (d *Data) knows(word string, cut bool) bool {
	if !strings.ContainsFunc(word, unicode.IsLetter) {
		return true
	}
	for at := 0; ; {
		i := strings.Index(d.text[at:], word)
		if i < 0 {
			return false
		}
		at += i
		before, _ := utf8.DecodeLastRuneInString(d.text[:at])
		after, _ := utf8.DecodeRuneInString(d.text[at+len(word):])
		if !unicode.IsLetter(before) && (cut || !unicode.IsLetter(after)) {
			return true
		}
		at++
	}
}
