package pasted

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/lazy"
)

// Next is what to run to find out.
type Next string

// What to run next.
const (
	RunCheck     Next = "check"           // the account, as it is
	RunClients   Next = "check-clients"   // and what other programs would see
	RunElsewhere Next = "check-elsewhere" // here, and on another network to compare
	RunSettings  Next = "settings"        // what to type in
	RunTo        Next = "check-to"        // with the recipient
	RunCompare   Next = "check-compare"   // and what the mail programs here have
)

var nexts = []Next{RunCheck, RunClients, RunElsewhere, RunSettings, RunTo, RunCompare}

// Symptom is what somebody said in words of their own.
type Symptom struct {
	Guesses []reply.Guess
	Next    Next
}

// longestSymptom is how long such a text may be, in bytes: a longer one is a log, in
// which the words mean something else.
const longestSymptom = 1000

// concept is something that people mean, and the words they have for it.
type concept struct {
	name  string
	words []string // each with a space before it and, if it is a whole word, after it
}

// in reports whether a text, as [words] returns it, means it.
func (c *concept) in(text string) bool {
	return slices.ContainsFunc(c.words, func(w string) bool { return strings.Contains(text, w) })
}

// symptom is a row of the table.
type symptom struct {
	rank    int
	means   []*concept // all of them must be meant
	without []*concept // none may be meant
	weight  float64    // how much the concepts tell: the more, the fewer rows have them
	Symptom
}

//go:embed concepts.tsv
var conceptTable string

//go:embed symptoms.tsv
var symptomTable string

var symptoms = sync.OnceValue(func() []symptom {
	concepts, err := parseConcepts(conceptTable)
	if err != nil {
		panic(err) // impossible: a test reads the tables
	}
	all, err := parseSymptoms(symptomTable, concepts)
	if err != nil {
		panic(err)
	}
	return all
})

// columns splits a line of a table; ok is false for comments and empty lines.
func columns(line string) (fields []string, ok bool) {
	return strings.Split(line, "\t"), line != "" && line[0] != '#'
}

func parseConcepts(text string) (map[string]*concept, error) {
	all := make(map[string]*concept)
	for n, line := range strings.Split(text, "\n") {
		fields, ok := columns(line)
		switch {
		case !ok:
			continue
		case len(fields) != 2 || all[fields[0]] != nil:
			return nil, fmt.Errorf("concepts.tsv:%d: expected a new name and its words", n+1)
		}
		c := &concept{name: fields[0]}
		for w := range strings.SplitSeq(fields[1], "|") {
			if w == "" || w != strings.ToLower(w) {
				return nil, fmt.Errorf("concepts.tsv:%d: %q: expected a word in lower case", n+1, w)
			}
			w, whole := strings.CutSuffix(w, "=")
			w = " " + strings.ReplaceAll(w, "_", " ")
			if whole {
				w += " "
			}
			c.words = append(c.words, w)
		}
		all[c.name] = c
	}
	return all, nil
}

func parseSymptoms(text string, concepts map[string]*concept) (out []symptom, err error) {
	rows := make(map[*concept]int)
	for n, line := range strings.Split(text, "\n") {
		fields, ok := columns(line)
		if !ok {
			continue
		}
		s, err := parseSymptom(fields, concepts)
		if err != nil {
			return nil, fmt.Errorf("symptoms.tsv:%d: %w", n+1, err)
		}
		for _, c := range s.means {
			rows[c]++
		}
		out = append(out, s)
	}
	for i := range out {
		for _, c := range out[i].means {
			w := math.Log2(1 + float64(len(out))/float64(rows[c]))
			out[i].weight += w * w * w // one that tells much beats several that tell little
		}
	}
	return out, nil
}

// parseSymptom parses the fields of a row. The error says what was expected.
func parseSymptom(fields []string, concepts map[string]*concept) (s symptom, err error) {
	if len(fields) != 4 {
		return s, fmt.Errorf("%d columns: expected a rank, concepts, causes and a command", len(fields))
	}
	if s.rank, err = strconv.Atoi(fields[0]); err != nil || s.rank < 1 || s.rank > 4 {
		return s, fmt.Errorf("%q: expected a rank from 1 to 4", fields[0])
	}
	for name := range strings.FieldsSeq(fields[1]) {
		name, not := strings.CutPrefix(name, "!")
		c := concepts[name]
		switch {
		case c == nil:
			return s, fmt.Errorf("%q: expected the name of a concept", name)
		case not:
			s.without = append(s.without, c)
		default:
			s.means = append(s.means, c)
		}
	}
	if s.Guesses, err = parseCauses(fields[2]); err != nil {
		return s, err
	}
	if s.Next = Next(fields[3]); !slices.Contains(nexts, s.Next) || len(s.means) == 0 {
		return s, fmt.Errorf("%q: expected a command, and concepts before", fields[3])
	}
	return s, nil
}

// parseCauses parses the causes of a row; - stands for none.
func parseCauses(text string) (out []reply.Guess, err error) {
	if text == "-" {
		return nil, nil
	}
	for word := range strings.SplitSeq(text, ",") {
		g := reply.Guess{Cause: cause.ID(word), Confidence: cause.Possible}
		if _, ok := cause.PageOf(g.Cause); !ok {
			return nil, fmt.Errorf("%q: expected the id of a cause", word)
		}
		out = append(out, g)
	}
	return out, nil
}

// Recognize says what words of a person's own suggest. Nothing that they say is sure: a
// cause is possible, and the command finds out. It returns nil if no row holds, or the one
// that leads says that it is about something else.
func Recognize(text string) *Symptom {
	if len(text) > longestSymptom || technical().MatchString(text) {
		return nil
	}
	text = words(text)
	var best *symptom
	table := symptoms()
	for i := range table {
		s := &table[i]
		if (best == nil || s.rank > best.rank || s.rank == best.rank && s.weight > best.weight) && s.holds(text) {
			best = s
		}
	}
	if best == nil || len(best.Guesses) == 0 {
		return nil
	}
	return &best.Symptom
}

// technical finds what no person says in words of his own: names and punctuation of
// programs, codes, and file names.
var technical = lazy.Pattern(`[a-z](?:Error|Exception)\b|\bError:|::|\berrno\b|\b0x[0-9A-Fa-f]{4}|[{}]|\w\.(?:java|php|py|js|go|rb|cc|cs):|^\S+:\s|\d\d:\d\d:\d\d|\w=\w|\w\[\d|\]:`)

// holds reports whether a text means all that a row names.
func (s *symptom) holds(text string) bool {
	for _, c := range s.means {
		if !c.in(text) {
			return false
		}
	}
	return !slices.ContainsFunc(s.without, func(c *concept) bool { return c.in(text) })
}

// words returns a text in lower case, with a space before each word and nothing else
// between them.
func words(text string) string {
	text = strings.ToLower(strings.NewReplacer("’", "'", "‘", "'").Replace(text))
	fields := strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("'&-.", r)
	})
	for i := range fields {
		fields[i] = strings.Trim(fields[i], "'.-")
	}
	return " " + strings.Join(fields, " ") + " "
}
