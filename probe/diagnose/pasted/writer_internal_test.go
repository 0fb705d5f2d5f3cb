package pasted

import (
	"strings"
	"testing"
)

func TestWrongWriters(t *testing.T) {
	for line, want := range map[string]string{
		"Name\tclient":                 "expected a name, client or server, a program or -, and marks",
		"Name\tboth\t-\t\"marked\"":    "expected a name",
		"Name\tclient\t-\tmarked":      "in quotes",
		"Name\tclient\t-\t\"abc\"":     "four letters or more",
		"Name\tclient\t-\t\"Letters\"": "in lower case",
	} {
		if _, err := parseWriters("# a comment\n" + line); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "writers.tsv:2: ") {
			t.Errorf("%q: %v, want %s", line, err, want)
		}
	}
	if _, err := parseWriters(writerTable); err != nil {
		t.Error(err)
	}
}

func TestWrongSymptoms(t *testing.T) {
	concepts, err := parseConcepts("# a comment\nsend\tsend|go_out\nyes\tyes=\n")
	if err != nil {
		t.Fatal(err)
	}
	for row, want := range map[string]string{
		"1\tsend\twrong-password":             "3 columns: expected a rank, concepts, causes and a command",
		"5\tsend\twrong-password\tcheck":      "expected a rank from 1 to 4",
		"1\tsend take\twrong-password\tcheck": `"take": expected the name of a concept`,
		"1\tsend\tno-such-cause\tcheck":       "expected the id of a cause",
		"1\tsend\twrong-password\trun":        "expected a command",
		"1\t!send\twrong-password\tcheck":     "concepts before",
	} {
		if _, err := parseSymptoms("\n"+row, concepts); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "symptoms.tsv:2: ") {
			t.Errorf("%q: %v, want %s", row, err, want)
		}
	}
	for row, want := range map[string]string{
		"a\tb\tc":    "a new name and its words",
		"a\tb\na\tc": "a new name",
		"a\tb||c":    "a word in lower case",
		"a\tB":       "a word in lower case",
	} {
		if _, err := parseConcepts(row); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", row, err, want)
		}
	}
	if !concepts["send"].in(words("It goes, or GO out!")) || concepts["yes"].in(words("yesterday")) || !concepts["yes"].in(words("Oh yes.")) {
		t.Error("a beginning of a word is one, and a whole word another")
	}
}

// Every concept is used: one that isn't is a mistake in a row.
func TestConceptsAreUsed(t *testing.T) {
	concepts, err := parseConcepts(conceptTable)
	if err != nil {
		t.Fatal(err)
	}
	used := make(map[string]bool)
	for _, s := range symptoms() {
		for _, c := range append(s.means, s.without...) {
			used[c.name] = true
		}
	}
	for name := range concepts {
		if !used[name] {
			t.Errorf("no row has %s", name)
		}
	}
}
