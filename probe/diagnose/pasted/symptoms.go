package pasted

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
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

// symptom is a row of the table.
type symptom struct {
	groups  [][]string // in each, one of the words must be there
	without [][]string // in each, none may be there
	Symptom
}

//go:embed symptoms.tsv
var symptomTable string

var symptoms = sync.OnceValue(func() []symptom {
	all, err := parseSymptoms(symptomTable)
	if err != nil {
		panic(err) // impossible: a test reads the table
	}
	return all
})

func parseSymptoms(text string) (out []symptom, err error) {
	for n, line := range strings.Split(text, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		columns := strings.Split(line, "\t")
		if len(columns) != 3 {
			return nil, fmt.Errorf("symptoms.tsv:%d: %d columns: expected words, causes and a command", n+1, len(columns))
		}
		var s symptom
		for group := range strings.FieldsSeq(columns[0]) {
			group, not := strings.CutPrefix(group, "!")
			words := strings.Split(strings.ReplaceAll(group, "_", " "), "|")
			if not {
				s.without = append(s.without, words)
			} else {
				s.groups = append(s.groups, words)
			}
		}
		for word := range strings.SplitSeq(columns[1], ",") {
			g := reply.Guess{Cause: cause.ID(strings.TrimSuffix(word, "?")), Confidence: cause.Possible}
			if _, ok := cause.PageOf(g.Cause); !ok {
				return nil, fmt.Errorf("symptoms.tsv:%d: %q: expected the id of a cause", n+1, word)
			}
			s.Guesses = append(s.Guesses, g)
		}
		s.Next = Next(columns[2])
		if !slices.Contains(nexts, s.Next) {
			return nil, fmt.Errorf("symptoms.tsv:%d: %q: expected a command", n+1, columns[2])
		}
		out = append(out, s)
	}
	return out, nil
}

// Recognize says what words of a person's own suggest. Nothing that they say is sure: a
// cause is possible, and the command finds out. It returns nil if no row holds.
func Recognize(text string) *Symptom {
	if len(text) > longestSymptom {
		return nil
	}
	text = words(text)
	var best *symptom
	most := 0.0
	table := symptoms()
	for i := range table {
		if n := table[i].holds(text, weights()); n > most {
			best, most = &table[i], n
		}
	}
	if best == nil {
		return nil
	}
	return &best.Symptom
}

// weights are how much the words of the table tell: the more, the fewer of its rows have
// one. "not" is in many of them, and "cloudflare" in one.
var weights = sync.OnceValue(func() map[string]float64 {
	rows := make(map[string]int)
	for _, s := range symptoms() {
		seen := make(map[string]bool)
		for _, group := range s.groups {
			for _, w := range group {
				if !seen[w] {
					seen[w] = true
					rows[w]++
				}
			}
		}
	}
	out := make(map[string]float64, len(rows))
	for w, n := range rows {
		out[w] = math.Log2(1 + float64(len(symptoms()))/float64(n))
	}
	return out
})

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

// holds returns how much the words that a row shares with a text tell; 0 if it doesn't
// hold. Of several words of a group the one that tells most counts.
func (s *symptom) holds(text string, weights map[string]float64) float64 {
	for _, group := range s.without {
		for _, w := range group {
			if strings.Contains(text, " "+w) {
				return 0
			}
		}
	}
	n := 0.0
	for _, group := range s.groups {
		most := 0.0
		for _, w := range group {
			if strings.Contains(text, " "+w) {
				most = max(most, weights[w])
			}
		}
		if most == 0 {
			return 0
		}
		n += most * most * most // one word that tells much beats several that tell little
	}
	return n
}
