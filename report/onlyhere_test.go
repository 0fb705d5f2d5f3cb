package report_test

import (
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// If the server is reached in a way that may work only here, a successful run leaves
// open whether it works elsewhere. If it fails, that is not the question.
func TestWorksButOnlyHere(t *testing.T) {
	imap := func(rec *stage.Record) (*stage.ResolveFacts, *stage.ConnectFacts) {
		c := rec.Check("imap-993")
		return stage.FactsOf[*stage.ResolveFacts](c), stage.FactsOf[*stage.ConnectFacts](c)
	}
	at := func(address string) func(*stage.ResolveFacts, *stage.ConnectFacts) {
		return func(_ *stage.ResolveFacts, c *stage.ConnectFacts) { c.Address = address }
	}
	for _, tt := range []struct {
		name   string
		change func(*stage.ResolveFacts, *stage.ConnectFacts)
		more   []change
		want   string // in the line; empty: no line
	}{
		{"in order", func(*stage.ResolveFacts, *stage.ConnectFacts) {}, nil, ""},
		{"private", at("10.1.2.3:993"), nil, "an address of a private network leads there"},
		{"private, of IPv6", at("[fd00::3]:993"), nil, "an address of a private network"},
		{"shared", at("100.64.0.3:993"), nil, "an address of a private network"},
		{"the hosts file", func(r *stage.ResolveFacts, _ *stage.ConnectFacts) { r.HostsFile = true }, nil, "the hosts file of this computer leads there"},
		{"a search domain", func(r *stage.ResolveFacts, _ *stage.ConnectFacts) { r.Host = "imap" }, nil, "the search domain of this network leads there"},
		{"a name that nobody knows", func(r *stage.ResolveFacts, _ *stage.ConnectFacts) {
			r.Lookups = []stage.Lookup{{Type: "A", Outcome: stage.LookupNXDomain}}
		}, nil, "the search domain of this network"},
		{"a bridge on this computer", func(r *stage.ResolveFacts, c *stage.ConnectFacts) { r.Literal, c.Address = true, "127.0.0.1:993" }, nil, ""},
		{"private, and it fails", at("10.1.2.3:993"), []change{{"imap-993", stage.Login, failed(stage.Rejected)}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rec := recordWith(tt.more...)
			tt.change(imap(rec))
			r := report.New(prose.English(), rec, diagnose.Diagnosis{})
			got := strings.Join(r.NotKnown, "\n")
			if has := strings.Contains(got, "elsewhere too"); has != (tt.want != "") || !strings.Contains(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if tt.more == nil && r.Verdict != report.Works {
				t.Errorf("the verdict is %s", r.Verdict)
			}
		})
	}
}
