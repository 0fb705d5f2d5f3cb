// Package slip tells a slip of the keys from another word: gmial is gmail with two
// letters swapped, and clds is not plus. Two words of the same length and subject often
// have letters in common by chance, so what counts is what fingers do: letters swapped,
// left out, struck twice, or a key struck beside the one that was meant.
//
// It compares bytes: commands, ids and names of hosts are ASCII.
package slip

import (
	"cmp"
	"slices"
	"strings"
)

// maxLength bounds the words that are compared; the work grows with its square.
const maxLength = 253

// Word returns how many slips make typed of meant. ok is false where they are more than
// a word of that length is still recognised by: one from three letters on, two from
// eight on. The same word is no slip.
func Word(typed, meant string) (slips int, ok bool) {
	if typed == meant || max(len(typed), len(meant)) > maxLength {
		return 0, false
	}
	slips = distance(typed, meant)
	return slips, slips <= tolerance(min(len(typed), len(meant)))
}

// Most is how many slips a word is recognised by at most.
const Most = 2

// Short is [Word] for two words of which one slip at most is expected, whatever their
// length.
func Short(typed, meant string) (slips int, ok bool) {
	if typed == meant || max(len(typed), len(meant)) > maxLength {
		return 0, false
	}
	return 1, distance(typed, meant) == 1
}

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

// Twisted reports whether typed is meant with two neighbours swapped, a letter struck
// twice, or one of two equal letters left out. That is recognised in the shortest words,
// where any other slip makes another word.
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

// doubled reports whether long is short with one letter struck twice.
func doubled(long, short string) bool {
	i := differ(long, short)
	return i > 0 && long[i] == long[i-1] && long[i+1:] == short[i:]
}

// differ returns where two words begin to differ: the length of the shorter one where
// it begins the other.
func differ(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// Nearest returns those of known that typed may be a slip of, the nearest first: at
// most so many.
func Nearest(typed string, known []string, most int) []string {
	return Sorted(known, most, func(meant string) (int, bool) { return Word(typed, meant) })
}

// Sorted returns those of known that slips accepts, those of the fewest slips first: at
// most so many.
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

// distance counts the slips that make b of a (optimal string alignment): a letter too
// many or too few, two neighbours swapped, or the key beside the right one, each of
// which is one; any other letter in the place of the right one is two.
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

// change is what it costs to strike a in the place of b.
func change(a, b byte) int {
	switch {
	case a == b:
		return 0
	case beside(a, b):
		return 1
	}
	return 2
}

// keyboard is where the keys are. Half of Europe has y and z, or a and q, the other
// way round; their neighbours are near enough.
var keyboard = []string{"1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm"}

// beside reports whether two keys touch. A row stands half a key to the right of the
// one above it.
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

// key returns the row and the column of a key; -1 where it is none.
func key(c byte) (row, column int) {
	for r, keys := range keyboard {
		if i := strings.IndexByte(keys, c); i >= 0 {
			return r, i
		}
	}
	return -1, -1
}
