package pasted_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/diagnose/pasted"
)

// TestBlindSymptoms counts how many questions lead rightly: the first cause is one that an
// expert would look at first. At least so many must.
func TestBlindSymptoms(t *testing.T) {
	for _, name := range []string{"symptoms.txt", "symptoms_unseen.txt", "symptoms_third.txt", "symptoms_fourth.txt"} {
		t.Run(name, func(t *testing.T) { blind(t, name) })
	}
}

func blind(t *testing.T, name string) {
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	all, right, among := 0, 0, 0
	for line := range strings.Lines(string(text)) {
		causes, question, ok := strings.Cut(strings.TrimSpace(line), " | ")
		if !ok || line[0] == '#' {
			continue
		}
		all++
		wanted := strings.Split(causes, ", ")
		var got []string
		if s := pasted.Recognize(question); s != nil {
			for _, g := range s.Guesses {
				got = append(got, string(g.Cause))
			}
		}
		in := func(c string) bool { return slices.Contains(wanted, c) }
		switch {
		case len(got) == 0 && in("none"), len(got) > 0 && in(got[0]):
			right++
		case slices.ContainsFunc(got[:min(3, len(got))], in):
			among++
			t.Logf("among: %v; wanted %s: %s", got, causes, question)
		default:
			t.Logf("WRONG: %v; wanted %s: %s", got, causes, question)
		}
	}
	t.Logf("%d of %d lead rightly, %d more have it among three", right, all, among)
	if right*20 < all*17 {
		t.Errorf("%d of %d lead rightly, expected 17 of 20", right, all)
	}
}
