package chart_test

import (
	"testing"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// Two checks log in to one account by the same rules as the login budget, and always
// if they come from one argument.
func TestSameAccount(t *testing.T) {
	type end struct {
		subject             int
		host, address, user string // user: if it is not jane
	}
	for _, tt := range []struct {
		name string
		a, b end
		want bool
	}{
		{"one argument", end{0, "imap.example.net", "192.0.2.1", ""}, end{0, "smtp.example.org", "192.0.2.2", ""}, true},
		{"one argument, another name", end{0, "imap.example.net", "192.0.2.1", ""}, end{0, "smtp.example.org", "192.0.2.2", "joe"}, true},
		{"one domain", end{0, "imap.example.co.uk", "192.0.2.1", ""}, end{1, "x.smtp.example.co.uk", "192.0.2.2", ""}, true},
		{"one address", end{0, "imap.example.net", "192.0.2.1", ""}, end{1, "smtp.example.org", "192.0.2.1", ""}, true},
		{"nothing in common", end{0, "imap.one.co.uk", "192.0.2.1", ""}, end{1, "smtp.other.co.uk", "192.0.2.2", ""}, false},
		{"another name", end{0, "imap.example.net", "192.0.2.1", ""}, end{1, "smtp.example.net", "192.0.2.1", "joe"}, false},
	} {
		rec := new(stage.Record)
		rec.Header.Plan.Subjects = []stage.Subject{{User: "jane", Kind: stage.SubjectURL}, {User: "Jane", Kind: stage.SubjectURL}}
		for _, e := range []end{tt.a, tt.b} {
			rec.Checks = append(rec.Checks, stage.CheckRecord{
				Check:   stage.Check{Subject: e.subject, User: e.user, Endpoint: stage.Endpoint{Host: e.host}},
				Results: []stage.Result{{Stage: stage.Resolve, Status: stage.Pass, Facts: &stage.ResolveFacts{Addresses: []string{e.address}}}},
			})
		}
		c := chart.New(rec)
		if got := c.Checks[0].SameAccount(c.Checks[1]); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
