package atlas

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// Guess is a cause that a message suggests.
type Guess struct {
	Cause      cause.ID         `json:"cause"`
	Confidence cause.Confidence `json:"confidence"`
}

// Kind says what kind of text an entry is.
type Kind string

const (
	Reply  Kind = "reply"  // of a server
	Client Kind = "client" // of a program or a library
	Log    Kind = "log"    // of a server, into its own log, about a client
)

// Entry is a message and what it suggests.
type Entry struct {
	Speaker string // the name of its file
	Line    int    // there, from 1
	Text    string // with … for anything
	Means   []Guess
	Source  string
	*where
	parts []string // what the text has to contain, one after the other, [plain]
	size  int      // bytes of all parts
}

// Size returns the number of bytes that a text has to contain to match.
func (e *Entry) Size() int { return e.size }

// where are the conditions of an entry. An empty list is no condition.
type where struct {
	Kind      Kind
	Protocols []stage.Protocol
	Stages    []stage.Stage
	Codes     []int    // reply codes
	Enhanced  []string // enhanced status codes
	Response  []string // response codes
	Status    []string // NO, BAD, BYE, -ERR
}

// stages are the words for stages.
var stages = map[string]stage.Stage{
	"greeting": stage.Greeting, "hello": stage.Capabilities, "starttls": stage.Upgrade,
	"login": stage.Login, "mailbox": stage.Mailbox, "submit": stage.Submit,
}

var statuses = []string{"NO", "BAD", "BYE", "-ERR"}

// parseWhere parses conditions. The error names the one that is none.
func parseWhere(s string) (*where, error) {
	w := &where{Kind: Reply}
	if s == "-" {
		return w, nil
	}
	for word := range strings.SplitSeq(s, ",") {
		name, inBrackets := strings.CutPrefix(word, "[")
		number, err := strconv.Atoi(word)
		switch {
		case word == string(Client) || word == string(Log):
			w.Kind = Kind(word)
		case word == string(stage.IMAP) || word == string(stage.POP3) || word == string(stage.SMTP):
			w.Protocols = append(w.Protocols, stage.Protocol(word))
		case stages[word] != "":
			w.Stages = append(w.Stages, stages[word])
		case slices.Contains(statuses, word):
			w.Status = append(w.Status, word)
		case inBrackets && strings.HasSuffix(name, "]"):
			w.Response = append(w.Response, strings.TrimSuffix(name, "]"))
		case err == nil && number >= 200 && number < 600:
			w.Codes = append(w.Codes, number)
		case err != nil && len(word) > 4 && word[1] == '.' && strings.ContainsRune("245", rune(word[0])):
			w.Enhanced = append(w.Enhanced, word)
		default:
			return w, fmt.Errorf("condition %q: expected client, log, a protocol, a stage, a code, a [RESPONSE CODE] or a status", word)
		}
	}
	return w, nil
}

// marks are how sure a cause is, by the sign after it.
var marks = map[byte]cause.Confidence{'!': cause.Proven, '?': cause.Possible}

// parseMeans parses causes. The error names the one that is none.
func parseMeans(s string) (out []Guess, err error) {
	for word := range strings.SplitSeq(s, ",") {
		word = strings.TrimSpace(word)
		g := Guess{Cause: cause.ID(word), Confidence: cause.Likely}
		if word != "" {
			if sure, ok := marks[word[len(word)-1]]; ok {
				g = Guess{cause.ID(word[:len(word)-1]), sure}
			}
		}
		if _, ok := cause.PageOf(g.Cause); !ok {
			return nil, fmt.Errorf("%q: expected the id of a cause", word)
		}
		out = append(out, g)
	}
	return out, nil
}

// shortest is the least number of bytes in the longest part of a message: one with
// fewer would match by chance, and could not be found by the index.
const shortest = 4

// parser parses lines. Few conditions and lists of causes differ, so each is parsed once.
// What there are thousands of is kept together: one piece of memory each would take most
// of the time.
type parser struct {
	where map[string]*where
	means map[string][]Guess
	last  struct { // the columns of the line before, which often recur
		where, means string
		*Entry
	}
	text  strings.Builder // the parts of all entries, one after the other
	parts []string        // of the entries
	plain []byte          // room for one
}

func newParser() *parser {
	return &parser{where: make(map[string]*where), means: make(map[string][]Guess)}
}

// part returns a part of a message as it is compared.
func (p *parser) part(s string) string {
	p.plain = appendPlain(p.plain[:0], s)
	at := p.text.Len()
	p.text.Write(p.plain)
	return p.text.String()[at:]
}

// once returns what parse makes of a text, and keeps it in known.
func once[T any](known map[string]T, parse func(string) (T, error), s string) (T, error) {
	v, ok := known[s]
	if ok {
		return v, nil
	}
	v, err := parse(s)
	if err == nil {
		known[s] = v
	}
	return v, err
}

// parse parses a line of a file into an entry. The error says what was expected.
func (p *parser) parse(e *Entry, speaker string, number int, line string) error {
	var columns [4]string
	rest, more := line, false
	for i := range columns {
		columns[i], rest, more = strings.Cut(rest, "\t")
		if more != (i < 3) {
			return fmt.Errorf("%d columns: expected where, text, means and source, separated by tabs", 1+strings.Count(line, "\t"))
		}
	}
	*e = Entry{Speaker: speaker, Line: number, Text: columns[1], Source: columns[3]}
	if err := p.recur(e, columns[0], columns[2]); err != nil {
		return err
	}
	if p.split(e) < shortest {
		return fmt.Errorf("text %q: expected at least %d bytes without a gap", e.Text, shortest)
	}
	if strings.TrimSpace(e.Source) == "" {
		return fmt.Errorf("expected a source")
	}
	return nil
}

// recur sets the conditions and causes of an entry. The error says what was expected.
func (p *parser) recur(e *Entry, where, means string) (err error) {
	l := &p.last
	if l.Entry != nil && where == l.where {
		e.where = l.Entry.where
	} else if e.where, err = once(p.where, parseWhere, where); err != nil {
		return err
	}
	if l.Entry != nil && means == l.means {
		e.Means = l.Means
	} else if e.Means, err = once(p.means, parseMeans, means); err != nil {
		return err
	}
	l.Entry, l.where, l.means = e, where, means
	return nil
}

// split finds the parts of a message, and returns the length of the longest.
func (p *parser) split(e *Entry) (longest int) {
	first := len(p.parts)
	for part := range strings.SplitSeq(e.Text, "…") {
		if part = p.part(part); strings.TrimSpace(part) == "" {
			continue
		}
		p.parts = append(p.parts, part)
		e.size += len(part)
		longest = max(longest, len(part))
	}
	e.parts = p.parts[first:len(p.parts):len(p.parts)]
	if last := len(e.parts) - 1; last >= 0 {
		e.parts[0] = strings.TrimLeft(e.parts[0], " ")
		e.parts[last] = strings.TrimRight(e.parts[last], " ")
	}
	return longest
}

// plain returns a text as it is compared: in lower case, with single spaces, and with
// one kind of quotation marks.
func plain(s string) string {
	var short [256]byte // enough for most, and not on the heap
	return string(appendPlain(short[:0], s))
}

// appendPlain appends a text as it is compared.
func appendPlain(b []byte, s string) []byte {
	space := false
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r < utf8.RuneSelf {
			r = rune(ascii[r])
		} else {
			r, n = utf8.DecodeRuneInString(s[i:])
			r = plainRune(r)
		}
		i += n
		if r == ' ' {
			space = true
			continue
		}
		if space {
			b = append(b, ' ')
			space = false
		}
		b = utf8.AppendRune(b, r)
	}
	if space {
		b = append(b, ' ')
	}
	return b
}

// ascii has what [plainRune] returns for each letter of ASCII.
var ascii = func() (table [utf8.RuneSelf]byte) {
	for r := range rune(utf8.RuneSelf) {
		table[r] = byte(plainRune(r))
	}
	return table
}()

// plainRune returns what a letter counts as.
func plainRune(r rune) rune {
	switch r {
	case '\t', '\n', '\r', '\u00a0':
		return ' '
	case '‘', '’', '“', '”', '„', '‚', '«', '»', '"', '`', '´':
		return '\''
	case '‐', '‑':
		return '-'
	}
	return unicode.ToLower(r)
}
