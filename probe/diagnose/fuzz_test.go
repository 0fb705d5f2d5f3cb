package diagnose_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/question"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// FuzzDiagnose diagnoses whatever a file may contain: nothing in it may make the
// rules panic, and all texts are safe to show.
func FuzzDiagnose(f *testing.F) {
	for _, r := range []*run{
		faulty(), offlineRun(stage.DNSTimeout), newRun(),
		newRun().add(imap, certificate(stage.CertUnknownAuthority, stage.CertLocalRoot)),
		newRun().add("smtp-587 smtp.example.net starttls", fail(stage.Upgrade, stage.EarlyData)),
	} {
		b, err := json.Marshal(r.rec)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var rec stage.Record
		if json.Unmarshal(b, &rec) != nil {
			return
		}
		d := diagnose.Diagnose(&rec)
		diagnose.NotKnown(prose.English(), d)
		for _, c := range rec.Checks {
			for _, v := range []prose.Value{question.Ask(c.Check), question.AnswerOf(c).Said} {
				if s := prose.English().Sentence(v); !utf8.ValidString(s) || s != stage.Visible(s) {
					t.Errorf("%q is not fit to be shown", s)
				}
			}
		}
		for _, x := range d.Findings {
			p, _ := cause.PageOf(x.Cause)
			if p == nil || p.Missing(x.Args) != nil {
				t.Errorf("%s: no page, or no argument for %v", x.Cause, p.Missing(x.Args))
			}
			for _, e := range x.Evidence {
				if e.Text(prose.English()) != stage.Visible(e.Text(prose.English())) {
					t.Errorf("%s: the evidence %q is not fit to be shown", x.Cause, e.Text(prose.English()))
				}
			}
			for name, v := range x.Args {
				if v := prose.English().Text(v); v != stage.Visible(v) {
					t.Errorf("%s: %s is %q, not fit to be shown", x.Cause, name, v)
				}
			}
		}
	})
}
