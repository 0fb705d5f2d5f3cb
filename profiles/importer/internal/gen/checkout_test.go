package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLastChanges: a file is as old as the last commit about its settings, whatever the
// layout was then; one that sweeping commits alone have touched is as old as the first.
func TestLastChanges(t *testing.T) {
	var many strings.Builder
	for i := range sweeping + 1 {
		fmt.Fprintf(&many, "old/%d\n", i)
	}
	log := "@2026-03-10\n\nispdb/a.example.xml\n" +
		"@2022-11-19\n\nispdb/b.example.xml\nispdb/c.example.xml\n" + many.String() +
		"@2019-01-02\n\nb.example\n" +
		"@2010-01-01\n\na.example\nc.example\n" + many.String()
	all := lastChanges(log)
	got := []string{all["a.example"], all["b.example"], all["c.example"]}
	if d := cmp.Diff([]string{"2026-03-10", "2019-01-02", "2010-01-01"}, got); d != "" {
		t.Error(d)
	}
}
