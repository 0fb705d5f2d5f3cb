package diagnose_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
)

var update = flag.Bool("update", false, "write the golden files")

// waiting are the causes of which today's facts never make more than a
// possibility, with the probe that would settle them.
var waiting = map[diagnose.CauseID]string{}

// TestEveryCauseIsProvenSomewhere writes down how each cause is proven today, and
// fails where one isn't. With -update it writes testdata/proof.txt.
func TestEveryCauseIsProvenSomewhere(t *testing.T) {
	names := identifiers(t)
	whole := source(t, "../causes_test.go")
	followed, _ := filepath.Glob("../followup_*_test.go")
	for _, f := range followed {
		whole += source(t, f)
	}
	records := ""
	files, _ := filepath.Glob("*_test.go")
	for _, f := range files {
		if f != "proof_test.go" && f != "table_test.go" {
			records += source(t, f)
		}
	}
	var b strings.Builder
	b.WriteString("# How each cause is proven: on the wire, from recorded facts, not at all because no\n# fact speaks for it, or by a follow-up that is still to be made.\n")
	for _, id := range diagnose.Causes() {
		mention := regexp.MustCompile(`diagnose\.` + names[id] + `\b`)
		how, where := "", ""
		shows, hidden := diagnose.Unseen(id)
		switch {
		case hidden:
			how, where = "not observable", "it would take: "+shows
		case waiting[id] != "":
			how, where = "follow-up", "possible from records; it would take: "+waiting[id]
		case mention.MatchString(whole):
			how, where = "wire", "a whole run leads with it, in package probe"
		case mention.MatchString(records):
			how, where = "record", "rules and replies"
		default:
			t.Errorf("%s is proven nowhere", id)
		}
		if !hidden && how != "wire" && !mention.MatchString(records) {
			t.Errorf("%s: no test of the rules names it", id)
		}
		fmt.Fprintf(&b, "%-36s %-15s %s\n", id, how, where)
	}
	const golden = "testdata/proof.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := source(t, golden); got != b.String() {
		t.Errorf("%s is out of date; go test -run EveryCauseIsProven -update writes it", golden)
	}
	for id := range waiting {
		if !slices.Contains(diagnose.Causes(), id) {
			t.Errorf("%s waits for a probe, and is no cause", id)
		}
	}
}

// identifiers reads the names of the constants from the table of ids.
func identifiers(t *testing.T) map[diagnose.CauseID]string {
	t.Helper()
	names := make(map[diagnose.CauseID]string)
	for _, m := range regexp.MustCompile(`(?m)^\t(\w+)\s+CauseID = "([a-z0-9-]+)"$`).FindAllStringSubmatch(source(t, "cause.go"), -1) {
		names[diagnose.CauseID(m[2])] = m[1]
	}
	if len(names) != len(diagnose.Causes()) {
		t.Fatalf("%d names for %d causes", len(names), len(diagnose.Causes()))
	}
	return names
}

func source(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
