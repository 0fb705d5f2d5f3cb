package redact

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"maildoctor/probe/stage"
)

// TestLexicon compares the result with that of trying every text.
func TestLexicon(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func(most int) string {
		b := make([]byte, random.IntN(most)+1)
		for i := range b {
			b[i] = "ab."[random.IntN(3)]
		}
		return string(b)
	}
	found := 0
	for range 300 {
		l := newLexicon()
		for range random.IntN(40) {
			x := text(8)
			l.add(x, "<"+x+">")
		}
		for range 40 {
			s := text(12)
			mayEnd := func(n int) bool { return n%3 != 2 }
			want := ""
			for x := range l.stands {
				if strings.HasPrefix(s, x) && mayEnd(len(x)) && len(x) > len(want) {
					want = x
				}
			}
			stand, n := l.longest(s, mayEnd)
			if n != len(want) || n > 0 && stand != "<"+want+">" {
				t.Fatalf("%q among %v: %q, %d; want %q", s, l.sorted, stand, n, want)
			}
			if n > 0 {
				found++
			}
		}
	}
	if found < 1000 {
		t.Errorf("only %d were found", found)
	}
}

// TestLexiconKeepsTheFirst checks that a text added twice keeps its first stand-in, and
// that texts added later are found as well.
func TestLexiconKeepsTheFirst(t *testing.T) {
	l := newLexicon()
	l.add("jane", "1")
	l.add("jane", "2")
	any := func(int) bool { return true }
	if stand, _ := l.longest("janet", any); stand != "1" {
		t.Errorf("%q", stand)
	}
	l.add("janet", "3")
	if stand, _ := l.longest("janet", any); stand != "3" {
		t.Errorf("added later: %q", stand)
	}
}

// TestStandInsOfAddressesRunOut checks that there are as many stand-ins as a
// documentation network has addresses, and that they are then reused without delay.
func TestStandInsOfAddressesRunOut(t *testing.T) {
	n := newNames(new(stage.Stream))
	seen := make(map[string]bool)
	for i := range 1000 {
		text := n.replaceAddresses(fmt.Sprintf("198.51.%d.%d", i/250, i%250))
		seen[text] = true
	}
	if len(seen) != 254 || !n.full["192.0.2.%d"] {
		t.Errorf("%d stand-ins, full %v", len(seen), n.full)
	}
}
