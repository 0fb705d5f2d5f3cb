package explain

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestBlindLines counts how many lines that people pasted lead rightly. Those who collected
// them wrote down beforehand, without the program, which causes an expert would look at
// first. The first line of each file says how many led rightly when it was first tried.
func TestBlindLines(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) { blind(t, name) })
	}
}

func blind(t *testing.T, name string) {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	all, first, among := 0, 0, 0
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimSpace(line), " | ")
		if line[0] == '#' || len(fields) < 4 {
			continue
		}
		all++
		wanted := strings.Split(fields[0], ",")
		said := strings.Join(fields[2:len(fields)-1], " | ")
		var got []string
		for _, g := range of(t, said, "").Guesses {
			got = append(got, string(g.Cause))
		}
		in := func(c string) bool { return slices.Contains(wanted, c) }
		switch {
		case len(got) > 0 && in(got[0]), len(got) == 0 && in("none"):
			first++
			among++
		case slices.ContainsFunc(got[:min(3, len(got))], in):
			among++
			t.Logf("among: %v; wanted %s: %s", got, fields[0], said)
		default:
			t.Logf("WRONG: %v; wanted %s: %s", got, fields[0], said)
		}
	}
	t.Logf("%d of %d lead rightly, %d have it among three", first, all, among)
	if first*100 < all*90 || among*100 < all*96 {
		t.Errorf("%d of %d lead rightly, %d have it among three: expected 90 and 96 of 100", first, all, among)
	}
}
