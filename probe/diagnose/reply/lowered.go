package reply

import (
	"slices"
	"strings"
)

// lowered is a text in lower case that is searched for many words. It records which
// pairs of letters are adjacent, so that most words need no search at all.
type lowered struct {
	text  string
	pairs [64]uint64 // a bit for each pair, by [pair]; several pairs share a bit
}

func lower(text string) *lowered {
	l := &lowered{text: strings.ToLower(text)}
	for i := 1; i < len(l.text); i++ {
		n := pair(l.text[i-1], l.text[i])
		l.pairs[n>>6] |= 1 << (n & 63)
	}
	return l
}

// pair returns a number from 0 to 4095 for two letters.
func pair(a, b byte) uint { return (uint(a)<<6 ^ uint(b)) & 4095 }

// has reports whether the text contains a word, given in lower case.
func (l *lowered) has(word string) bool {
	for i := 1; i < len(word); i++ {
		n := pair(word[i-1], word[i])
		if l.pairs[n>>6]&(1<<(n&63)) == 0 {
			return false
		}
	}
	return strings.Contains(l.text, word)
}

// hasOne reports whether the text contains one of these words, or the list is empty.
func (l *lowered) hasOne(words []string) bool {
	return len(words) == 0 || slices.ContainsFunc(words, l.has)
}

// HasAny reports whether a text contains one of these words, given in lower case.
func HasAny(text string, words []string) bool { return slices.ContainsFunc(words, lower(text).has) }
