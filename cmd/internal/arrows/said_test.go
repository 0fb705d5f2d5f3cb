package arrows

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/prose"
)

// byID are the beginnings of sentences that are found by the ids of faults, outcomes
// and slots; tests of package chart and of the pages hold those against their ids.
var byID = []string{"fault-", "certificate-fault-", "lookup-", "attempt-", "general-", "surely-"}

var sayCall = regexp.MustCompile(`\b(?:say|phrase|said)\.(\w+)\b`)

// TestEverySentenceIsSaid: nobody is to translate what no code says any more.
func TestEverySentenceIsSaid(t *testing.T) {
	const root = "../../.."
	said := make(map[string]bool)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range sayCall.FindAllSubmatch(b, -1) {
			said[strings.ToLower(string(m[1]))] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	tables, err := prose.Tables(os.DirFS(filepath.Join(root, "probe/prose")))
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		for _, e := range table.Entries {
			found := slices.ContainsFunc(byID, func(begin string) bool { return strings.HasPrefix(string(e.ID), begin) })
			if table.Name != "figures" && !found && !said[strings.ReplaceAll(string(e.ID), "-", "")] {
				t.Errorf("%s.txt: nothing says %s", table.Name, e.ID)
			}
		}
	}
}
