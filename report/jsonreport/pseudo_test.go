package jsonreport_test

import (
	"bytes"
	"testing"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose/prosetest"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
	"maildoctor/report/jsonreport"
	"maildoctor/report/reporttest"
)

// TestEveryWordIsTranslatable: a document's text for people comes from the tables,
// and everything else is data of the run, or an id. Every run is compared with
// another one.
func TestEveryWordIsTranslatable(t *testing.T) {
	l := prosetest.Language()
	of := func(rec *stage.Record) *report.Report { return report.New(l, rec, diagnose.Diagnose(rec)) }
	cases := sample.Cases()
	for i, c := range cases {
		rec, old := c.Record(), cases[(i+1)%len(cases)].Record()
		old.Header.Started = old.Header.Started.Add(-time.Hour)
		d, err := prosetest.Known(append(reporttest.IDs(), rec, old, "wifi", "hotspot")...)
		if err != nil {
			t.Fatal(err)
		}
		r := of(rec)
		r.CompareWith(of(old), "wifi", "hotspot")
		var b bytes.Buffer
		if err := jsonreport.Render(&b, r, report.Options{}); err != nil {
			t.Fatal(err)
		}
		wrong, err := d.JSON(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range wrong {
			t.Errorf("%s: %s", c.Name, w)
		}
	}
}
