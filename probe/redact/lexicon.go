package redact

import (
	"slices"
	"strings"
)

// lexicon finds the longest of many texts that is a prefix of another. The time is
// about proportional to the length of the match, independent of how many texts there
// are and how much they have in common.
type lexicon struct {
	stands map[string]string // stand-in for each text

	sorted []string // the same texts, sorted once all are known
	within []int    // for each: the index of the longest other text that is its prefix, or -1
}

func newLexicon() *lexicon { return &lexicon{stands: make(map[string]string)} }

// add adds a text. The first stand-in for a text counts.
func (l *lexicon) add(text, stand string) {
	if _, ok := l.stands[text]; !ok {
		l.stands[text], l.sorted = stand, nil
	}
}

// order sorts the texts before the first search.
func (l *lexicon) order() {
	l.sorted = make([]string, 0, len(l.stands))
	for text := range l.stands {
		l.sorted = append(l.sorted, text)
	}
	slices.Sort(l.sorted)
	l.within = make([]int, len(l.sorted))
	var open []int // the last text and its prefixes
	for i, text := range l.sorted {
		for len(open) > 0 && !strings.HasPrefix(text, l.sorted[open[len(open)-1]]) {
			open = open[:len(open)-1]
		}
		l.within[i] = -1
		if len(open) > 0 {
			l.within[i] = open[len(open)-1]
		}
		open = append(open, i)
	}
}

// longest returns the length of the longest text that is a prefix of s and may end
// there, and its stand-in. n is 0 if there is none.
func (l *lexicon) longest(s string, mayEnd func(n int) bool) (stand string, n int) {
	if len(l.stands) == 0 {
		return "", 0
	}
	if l.sorted == nil {
		l.order()
	}
	last, common := l.before(s)
	for i := last; i >= 0; i = l.within[i] {
		if text := l.sorted[i]; len(text) <= common && mayEnd(len(text)) {
			return l.stands[text], len(text)
		}
	}
	return "", 0
}

// before returns the index of the last text that doesn't sort after s, and the length
// of their common prefix. Every text that is a prefix of s is that text or a prefix of
// it. The search doesn't compare again what is known to be common on both sides.
func (l *lexicon) before(s string) (place, common int) {
	low, high := 0, len(l.sorted)
	lowCommon, highCommon := 0, 0
	for low < high {
		middle := (low + high) / 2
		text, n := l.sorted[middle], min(lowCommon, highCommon)
		for n < len(text) && n < len(s) && text[n] == s[n] {
			n++
		}
		if n == len(text) || n < len(s) && text[n] < s[n] {
			low, lowCommon = middle+1, n
		} else {
			high, highCommon = middle, n
		}
	}
	return low - 1, lowCommon
}
