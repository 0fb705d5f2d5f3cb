// Package slip distinguishes a typing error from another word: gmial is gmail with two
// letters swapped, but clds is not plus. Words of the same length and subject often
// share letters by chance. What counts is therefore what fingers do: letters swapped,
// omitted or doubled, or a neighbouring key struck.
//
// It compares bytes: commands, ids and host names are ASCII.
package slip

import (
	"cmp"
	"slices"
	"strings"
)

// maxLength is the maximum length of words to compare; the work is quadratic in it.
const maxLength = 253

// Word returns how many typing errors turn meant into typed. ok is false if there are
// too many for the length of the word: one is allowed from three letters on, two from
// eight on. Equal words are not ok.
func Word(typed, meant string) (slips int, ok bool) {
	if typed == meant || max(len(typed), len(meant)) > maxLength {
		return 0, false
	}
	most := tolerance(min(len(typed), len(meant)))
	if least := apart(typed, meant); least > most {
		return least, false
	}
	slips = distance(typed, meant)
	return slips, slips <= most
}

// Most is the maximum number of typing errors in any word.
const Most = 2

// Short is like [Word], but allows at most one error, whatever the length.
func Short(typed, meant string) (slips int, ok bool) {
	if typed == meant || max(len(typed), len(meant)) > maxLength {
		return 0, false
	}
	return 1, apart(typed, meant) <= 1 && distance(typed, meant) == 1
}

// apart is the least that distance can be, as each letter too many is an error.
func apart(a, b string) int { return max(len(a)-len(b), len(b)-len(a)) }

func tolerance(letters int) int {
	switch {
	case letters < 3:
		return 0
	case letters < 8:
		return 1
	default:
		return Most
	}
}

// Twisted reports whether typed is meant with two neighbouring letters swapped, a
// letter doubled, or one of two equal letters omitted. These errors are recognizable
// even in the shortest words, where any other error yields another word.
func Twisted(typed, meant string) bool {
	switch len(typed) - len(meant) {
	case 0:
		i := differ(typed, meant)
		return i+1 < len(typed) && typed[i] == meant[i+1] && typed[i+1] == meant[i] && typed[i+2:] == meant[i+2:]
	case 1:
		return doubled(typed, meant)
	case -1:
		return doubled(meant, typed)
	}
	return false
}

// doubled reports whether long is short with one letter doubled.
func doubled(long, short string) bool {
	i := differ(long, short)
	return i > 0 && long[i] == long[i-1] && long[i+1:] == short[i:]
}

// differ returns the index of the first difference, or the length of the shorter word
// if it is a prefix of the other.
func differ(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// Nearest returns at most the given number of known words of which typed may be a
// misspelling, the nearest first.
func Nearest(typed string, known []string, most int) []string {
	return Sorted(known, most, func(meant string) (int, bool) { return Word(typed, meant) })
}

// Sorted returns at most the given number of known words that slips accepts, those with
// the fewest errors first.
func Sorted(known []string, most int, slips func(meant string) (int, bool)) []string {
	type candidate struct {
		name  string
		slips int
	}
	var found []candidate
	for _, k := range known {
		if n, ok := slips(k); ok {
			found = append(found, candidate{k, n})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.slips, b.slips), cmp.Compare(a.name, b.name))
	})
	var out []string
	for _, f := range found[:min(len(found), most)] {
		out = append(out, f.name)
	}
	return out
}

// distance returns the number of errors that turn a into b (optimal string alignment).
// An added or omitted letter, two swapped neighbours and a neighbouring key count as
// one each; any other replaced letter counts as two.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j-1]+change(a[i-1], b[j-1]), last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// change returns the cost of typing a instead of b.
func change(a, b byte) int {
	switch {
	case a == b:
		return 0
	case beside(a, b):
		return 1
	}
	return 2
}

// keyboard is the layout of the keys. In half of Europe y and z, or a and q, are
// swapped; their neighbours are close enough.
var keyboard = []string{"1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm"}

// beside reports whether two keys are neighbours. Each row is half a key to the right
// of the one above it.
func beside(a, b byte) bool {
	ra, ca := key(a)
	rb, cb := key(b)
	switch {
	case ra < 0 || rb < 0:
		return false
	case ra == rb:
		return ca-cb == 1 || cb-ca == 1
	case rb-ra == 1:
		return cb == ca || cb == ca-1
	case ra-rb == 1:
		return ca == cb || ca == cb-1
	}
	return false
}

// key returns the row and the column of a key, or -1 if there is none.
func key(c byte) (row, column int) {
	for r, keys := range keyboard {
		if i := strings.IndexByte(keys, c); i >= 0 {
			return r, i
		}
	}
	return -1, -1
}
