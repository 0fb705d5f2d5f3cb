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
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
)

var update = flag.Bool("update", false, "write the golden files")

// unitAlone are the causes that no world of the laboratory can produce, with the
// reason. The rules' own tests prove them.
var unitAlone = map[cause.ID]string{
	cause.TLSClientTooOld: "this program is no old client: servers' words about one are all that it can meet",
}

// TestEveryCauseIsProvenSomewhere records how each cause is proven: in the
// laboratory, where a real fault is produced and the built program names it; only by
// unit tests; or not at all, because the facts of a run can't support it. It fails
// if a cause is proven nowhere, or no test of the rules names it. With -update it
// writes testdata/proof.txt.
func TestEveryCauseIsProvenSomewhere(t *testing.T) {
	names := identifiers(t)
	produced := scenarios(t)
	tests := ""
	for _, pattern := range []string{"*_test.go", "../*_test.go"} {
		files, _ := filepath.Glob(pattern)
		for _, f := range files {
			if f != "proof_test.go" && f != "table_test.go" {
				tests += source(t, f)
			}
		}
	}
	var b strings.Builder
	b.WriteString("# How each cause is proven: in the laboratory (probe/laboratory), with the scenarios;\n" +
		"# by unit tests only; or not, because the facts of a run can't speak for it.\n")
	for _, id := range cause.All() {
		how, where := "laboratory", produced[id]
		shows, hidden := diagnose.Unseen(id)
		switch {
		case hidden:
			how, where = "not produced", "it would take: "+prose.English().Text(shows)
		case unitAlone[id] != "":
			how, where = "unit test only", unitAlone[id]
		case where == "":
			t.Errorf("%s is produced nowhere, and nothing says why", id)
		}
		if produced[id] != "" && how != "laboratory" {
			t.Errorf("%s is produced by %s, and said not to be", id, produced[id])
		}
		if !hidden && !regexp.MustCompile(`cause\.`+names[id]+`\b`).MatchString(tests) {
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
	for id := range unitAlone {
		if !slices.Contains(cause.All(), id) {
			t.Errorf("%s is no cause", id)
		}
	}
}

// scenarios returns the scenarios of the laboratory that produce each cause.
func scenarios(t *testing.T) map[cause.ID]string {
	t.Helper()
	produced := make(map[cause.ID]string)
	for line := range strings.Lines(source(t, "../laboratory/testdata/causes.txt")) {
		if id, names, ok := strings.Cut(strings.TrimSpace(line), " "); ok && id != "#" {
			produced[cause.ID(id)] = names
		}
	}
	return produced
}

// identifiers reads the names of the constants from the table of ids.
func identifiers(t *testing.T) map[cause.ID]string {
	t.Helper()
	names := make(map[cause.ID]string)
	for _, m := range regexp.MustCompile(`(?m)^\t(\w+)\s+ID = "([a-z0-9-]+)"$`).FindAllStringSubmatch(source(t, "cause/cause.go"), -1) {
		names[cause.ID(m[2])] = m[1]
	}
	if len(names) != len(cause.All()) {
		t.Fatalf("%d names for %d causes", len(names), len(cause.All()))
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
