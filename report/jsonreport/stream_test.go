package jsonreport_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
	"maildoctor/report/jsonreport"
)

// The document is written in parts, and is the same as one that is encoded at once.
func TestRenderInParts(t *testing.T) {
	for _, c := range sample.Cases() {
		rec := c.Record()
		r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
		for _, checks := range []int{len(r.Checks), 1, 0} {
			r.Checks = r.Checks[:checks]
			var got, want bytes.Buffer
			if err := jsonreport.Render(&got, r, report.Options{}); err != nil {
				t.Fatal(err)
			}
			e := json.NewEncoder(&want)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			if err := e.Encode(jsonreport.New(r)); err != nil {
				t.Fatal(err)
			}
			if got.String() != want.String() {
				t.Errorf("%s with %d checks: %d bytes, want %d", c.Name, checks, got.Len(), want.Len())
			}
		}
	}
}

// short is full after some bytes.
type short struct{ left int }

func (s *short) Write(b []byte) (int, error) {
	if s.left -= len(b); s.left < 0 {
		return 0, bytes.ErrTooLarge
	}
	return len(b), nil
}

func TestRenderToAFullDisk(t *testing.T) {
	rec := sample.Get("healthy").Record()
	r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
	var all bytes.Buffer
	if err := jsonreport.Render(&all, r, report.Options{}); err != nil {
		t.Fatal(err)
	}
	for n := 0; n < all.Len(); n += 97 {
		if err := jsonreport.Render(&short{n}, r, report.Options{}); err != bytes.ErrTooLarge {
			t.Fatalf("with room for %d bytes: %v", n, err)
		}
	}
}
