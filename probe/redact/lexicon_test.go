package redact

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"maildoctor/probe/stage"
)

// TestLexicon compares what is found with what looking at every text finds.
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

// TestLexiconKeepsTheFirst: a text that comes again keeps its stand-in, one that comes
// later is found as well.
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

// TestStandInsOfAddressesRunOut: there are as many as a documentation network has, and
// then they are used again, at once.
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
