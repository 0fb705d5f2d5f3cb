package redact

import (
	"slices"
	"strings"
)

// lexicon finds the longest of many texts with which another one begins. However many
// there are and however much they have in common, that takes about as long as what is
// found is long.
type lexicon struct {
	stands map[string]string // what stands for each

	sorted []string // the same texts in order, once they are all known
	within []int    // of each: the place of the longest other one that it begins with, or -1
}

func newLexicon() *lexicon { return &lexicon{stands: make(map[string]string)} }

// add takes in a text; the first stand-in counts.
func (l *lexicon) add(text, stand string) {
	if _, ok := l.stands[text]; !ok {
		l.stands[text], l.sorted = stand, nil
	}
}

// order prepares for finding.
func (l *lexicon) order() {
	l.sorted = make([]string, 0, len(l.stands))
	for text := range l.stands {
		l.sorted = append(l.sorted, text)
	}
	slices.Sort(l.sorted)
	l.within = make([]int, len(l.sorted))
	var open []int // those that the last one begins with, and it itself
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

// longest returns the longest text with which s begins and that may end there, and what
// stands for it; 0 for none.
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

// before returns the place of the last text that doesn't come after s, and how many
// bytes they have in common. Every text with which s begins is one with which that one
// begins, or it itself. What is known to be common on both sides of the search is not
// compared again.
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
