package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Language turns values into text. It is safe for concurrent use.
type Language struct {
	tag       language.Tag
	sentences map[ID]*Template
	forms     []plural.Form // in the order in which templates list them
	sentence  marks         // see [Language.Marked]
	word      marks         // see [Language.MarkedWords]
	data      marks         // see [Language.DataMarked]
}

// marks enclose a piece of text.
type marks struct{ open, close string }

// Text returns a value in words, as it would follow a colon.
func (l *Language) Text(v Value) string {
	o := &writer{l: l}
	o.value(v)
	return o.b.String()
}

// marked reports whether the language adds marks to anything.
func (l *Language) marked() bool {
	return l.sentence != (marks{}) || l.data != (marks{}) || l.word != (marks{})
}

// Sentence returns a value as a complete sentence: with an initial capital, unless it
// begins with data, and with a full stop.
func (l *Language) Sentence(v Value) string {
	if v.Empty() {
		return ""
	}
	return l.ended(l.Title(v))
}

// Title returns a value with an initial capital, as in a heading or a table cell.
func (l *Language) Title(v Value) string {
	o := &writer{l: l, capital: true}
	o.value(v)
	return o.b.String()
}

// Fill returns a template in words. general returns the value for slots that have none
// in args. With capital, the first letter becomes upper case, unless it belongs to
// data.
func (l *Language) Fill(t *Template, args Args, general func(slot string) Value, capital bool) string {
	o := &writer{l: l, capital: capital}
	o.sentence(t, args, general)
	return o.b.String()
}

// ended adds a full stop to a sentence without punctuation at its end.
func (l *Language) ended(s string) string {
	if l.hasEnd(s) {
		return s
	}
	return s + l.mark(idStop)
}

// hasEnd reports whether a sentence has punctuation at its end.
func (l *Language) hasEnd(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, l.sentence.close+l.word.close+l.data.close))
	return strings.ContainsRune(".?!:", r)
}

// Has reports whether the language has a sentence.
func (l *Language) Has(id ID) bool { return l.sentences[id] != nil }

// Marked returns the language with marks around every sentence, as a pseudo-language:
// text outside the marks was not translated.
func (l *Language) Marked(open, close string) *Language {
	m := *l
	m.sentence = marks{open, close}
	return &m
}

// MarkedWords returns the language with marks around only the words of sentences.
// Outside the marks are the values of their slots, and untranslated text.
func (l *Language) MarkedWords(open, close string) *Language {
	m := *l
	m.word = marks{open, close}
	return &m
}

// DataMarked returns the language with marks around all data. Together with
// [Language.Marked] it shows text that is neither a sentence nor data.
func (l *Language) DataMarked(open, close string) *Language {
	m := *l
	m.data = marks{open, close}
	return &m
}

// mark returns the text of a sentence without slots.
func (l *Language) mark(id ID) string {
	if t := l.sentences[id]; t != nil && len(t.parts) == 1 {
		return t.parts[0].letters
	}
	return ""
}

// writer collects the text of a value.
type writer struct {
	l       *Language
	b       strings.Builder
	capital bool // the next letter begins a sentence
	inside  int  // nesting depth of sentences
}

// letters writes words of a sentence.
func (o *writer) letters(s string) { o.words(o.begun(s)) }

// begun capitalizes the beginning of a sentence.
func (o *writer) begun(s string) string {
	if o.capital && s != "" {
		r, n := utf8.DecodeRuneInString(s)
		s, o.capital = string(unicode.ToUpper(r))+s[n:], false
	}
	return s
}

// words writes words of a sentence unchanged.
func (o *writer) words(s string) {
	o.capital = o.capital && s == ""
	if s != "" {
		o.b.WriteString(o.l.word.open + s + o.l.word.close)
	}
}

// data writes text whose case must not change.
func (o *writer) data(s string) {
	o.capital = o.capital && s == ""
	o.b.WriteString(s)
}

func (o *writer) value(v Value) {
	switch v.kind {
	case nothing:
	case data:
		o.b.WriteString(o.l.data.open)
		o.data(v.text)
		o.b.WriteString(o.l.data.close)
	case sentence:
		o.phrase(v)
	case brief:
		o.brief(v)
	case listAnd, listOr, listThen, listAll:
		o.list(v)
	case sentences:
		o.sentences(v.items)
	default:
		o.figure(v)
	}
}

// phrase writes a sentence from a table or a page.
func (o *writer) phrase(v Value) {
	if v.slots != nil && v.slots.template != nil {
		o.sentence(v.slots.template, &v, v.slots.general)
		return
	}
	t := o.l.sentences[ID(v.text)]
	if t == nil {
		o.data(v.text)
		return
	}
	o.sentence(t, &v, nil)
}

// brief writes as much as fits, and marks that there was more.
func (o *writer) brief(v Value) {
	if whole := o.l.Text(v.items[0]); !o.l.marked() && len(whole) > int(v.n) {
		o.data(Shorten(whole, int(v.n)))
		return
	}
	o.value(v.items[0])
}

// slotted provides the values for the slots of a template.
type slotted interface{ slot(name string) Value }

// sentence writes a template enclosed in the language's marks.
func (o *writer) sentence(t *Template, args slotted, general func(string) Value) {
	o.b.WriteString(o.l.sentence.open)
	o.inside++
	o.parts(t.parts, args, general)
	o.inside--
	o.b.WriteString(o.l.sentence.close)
}

func (o *writer) parts(parts []part, args slotted, general func(string) Value) {
	for _, p := range parts {
		switch {
		case p.optional != nil:
			if filled(p.optional, args) {
				o.parts(p.optional, args, general)
			}
		case p.forms != nil:
			o.letters(o.l.form(p.forms, args.slot(p.slot)))
		case p.slot != "":
			v := args.slot(p.slot)
			if v.Empty() && general != nil {
				v = general(p.slot)
			}
			o.value(v)
		case p.verbatim:
			o.words(p.letters)
		default:
			o.letters(p.letters)
		}
	}
}

// filled reports whether every slot of an optional piece has a value.
func filled(parts []part, args slotted) bool {
	for _, p := range parts {
		if p.slot != "" && args.slot(p.slot).Empty() {
			return false
		}
	}
	return true
}

// form selects a form by the language's plural rules (CLDR). An empty slot counts as
// one, unlike a count of zero, "0 messages".
func (l *Language) form(forms []string, of Value) string {
	n := of.Number()
	if of.Empty() {
		n = 1
	}
	is := plural.Cardinal.MatchPlural(l.tag, n, 0, 0, 0, 0)
	for i, f := range l.forms {
		if f == is && i < len(forms) {
			return forms[i]
		}
	}
	return forms[len(forms)-1]
}
