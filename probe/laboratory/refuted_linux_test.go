package laboratory

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/jsonreport"
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

// replays checks that a saved run gives its report once more, byte for byte and without a
// network.
func replays(t *testing.T, saved string) {
	t.Helper()
	want, err := os.ReadFile(filepath.Join(filepath.Dir(saved), "json"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(saved)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := stage.ReadMute(f)
	if err != nil {
		t.Fatal(err)
	}
	rec := stage.Fold(s)
	r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
	r.Exit = new(r.ExitCode(false)) // no run of the laboratory is strict, or interrupted
	var got bytes.Buffer
	if err := jsonreport.Render(&got, r, report.Options{}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the saved run gives another report:\n%s\nwant\n%s", got.Bytes(), want)
	}
}
