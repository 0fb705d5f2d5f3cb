package laboratory

import (
	"os"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/reporttest"
)

// refuted replays a saved run in this process. It returns what its report advises
// although the run has refuted it, or does not say first although it has proven it.
func refuted(t *testing.T, saved string) []string {
	t.Helper()
	f, err := os.Open(saved)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := stage.ReadStream(f)
	if err != nil {
		t.Fatal(err)
	}
	rec := stage.Fold(s)
	return reporttest.Refuted(rec, report.New(prose.English(), rec, diagnose.Diagnose(rec)))
}
