package slip

import (
	"slices"
	"strings"
	"testing"
)

func TestWord(t *testing.T) {
	for _, tt := range []struct {
		typed, meant string
		slips        int // -1: too many
	}{
		{"chekc", "check", 1},                   // swapped
		{"chek", "check", 1},                    // left out
		{"checkk", "check", 1},                  // doubled
		{"cjeck", "check", 1},                   // a neighbouring key
		{"cheak", "check", -1},                  // another letter
		{"repotr", "report", 1},                 //
		{"reprot", "report", 1},                 //
		{"lst", "list", 1},                      //
		{"wrong-pasword", "wrong-password", 1},  //
		{"wromg-pasword", "wrong-password", 2},  //
		{"wrong-pastword", "wrong-password", 2}, // another letter, in a long word
		{"certificate", "cert-expired", -1},     //
		{"bad-luck", "bad-chunk", -1},           //
		{"check", "check", -1},                  // no slip at all
		{"", "a", -1},
		{"ab", "ba", -1},
		{strings.Repeat("a", 9999), strings.Repeat("a", 9998), -1},
	} {
		slips, ok := Word(tt.typed, tt.meant)
		if tt.slips < 0 && ok || tt.slips >= 0 && (!ok || slips != tt.slips) {
			t.Errorf("%.20s for %.20s: %d, %v; want %d", tt.typed, tt.meant, slips, ok, tt.slips)
		}
	}
}

func TestTwisted(t *testing.T) {
	for _, tt := range []struct {
		typed, meant string
		want         bool
	}{
		{"gxm", "gmx", true},
		{"gmmx", "gmx", true},
		{"gmxx", "gmx", true},
		{"ggmx", "gmx", true},
		{"wb", "wbb", true},
		{"mgx", "gmx", true},
		{"gmx", "gmx", false},
		{"gm", "gmx", false},
		{"gnx", "gmx", false},
		{"xmg", "gmx", false},
		{"gmxy", "gmx", false},
		{"gmxgmx", "gmx", false},
		{"", "", false},
		{"a", "", false},
	} {
		if got := Twisted(tt.typed, tt.meant); got != tt.want {
			t.Errorf("%q for %q: %v", tt.typed, tt.meant, got)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"abc", "abc", 0},
		{"abc", "acb", 1},
		{"abc", "ab", 1},
		{"abc", "axc", 2},
		{"abc", "anc", 1},
		{"abc", "xabc", 1},
		{"abcd", "badc", 2},
		{"gmail", "gmial", 1},
	} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("%q, %q: %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

// A key touches its left and right neighbours, and the two keys between which it lies
// in the rows above and below.
func TestBeside(t *testing.T) {
	for key, want := range map[byte]string{'g': "bfhtvy", 'a': "qswz", 'p': "-0lo", 'm': "jkn", 'q': "12aw", '!': ""} {
		var got []byte
		for c := byte(' '); c < 127; c++ {
			if beside(key, c) {
				got = append(got, c)
			}
		}
		slices.Sort(got)
		if string(got) != want {
			t.Errorf("beside %c: %s, want %s", key, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"report", "resort", "reporter", "check", "deport"}
	if got := strings.Join(Nearest("reporrt", known, 2), " "); got != "report" {
		t.Errorf("got %s", got)
	}
	if got := Nearest("reportr", known, 1); len(got) != 1 || got[0] != "report" {
		t.Errorf("got %s", got)
	}
	if got := Nearest("zebra", known, 3); got != nil {
		t.Errorf("got %s", got)
	}
}

// No distance is less than the letters that one word has more than the other.
func TestApart(t *testing.T) {
	words := []string{"", "a", "ab", "ba", "abc", "aab", "check", "chek", "chekcs", "checkkk", "report", "imap"}
	for _, a := range words {
		for _, b := range words {
			if got := distance(a, b); got < apart(a, b) {
				t.Errorf("%q, %q: distance %d, at least %d", a, b, got, apart(a, b))
			}
		}
	}
}
