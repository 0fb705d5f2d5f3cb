package pasted

import (
	"strings"
	"testing"
)

func TestWrongWriters(t *testing.T) {
	for line, want := range map[string]string{
		"Name\tclient":              "expected a name, client or server, and marks",
		"Name\tboth\t\"marked\"":    "expected a name",
		"Name\tclient\tmarked":      "in quotes",
		"Name\tclient\t\"abc\"":   "four letters or more",
		"Name\tclient\t\"Letters\"": "in lower case",
	} {
		if _, err := parseWriters("# a comment\n" + line); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "writers.tsv:2: ") {
			t.Errorf("%q: %v, want %s", line, err, want)
		}
	}
	if _, err := parseWriters(writerTable); err != nil {
		t.Error(err)
	}
}
