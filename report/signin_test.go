package report_test

import (
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// TestSignIn: the report says that sending accepts the same login as receiving if
// both were seen.
func TestSignIn(t *testing.T) {
	only := func(receives bool, rec *stage.Record) *stage.Record {
		var own []stage.CheckRecord
		for _, c := range rec.Checks {
			if c.Check.Endpoint.Protocol.Receives() == receives {
				own = append(own, c)
			}
		}
		rec.Checks = own
		return rec
	}
	token := recordWith()
	for i := range token.Checks {
		stage.FactsOf[*stage.LoginFacts](&token.Checks[i]).Mechanism = "XOAUTH2"
	}
	other := recordWith()
	other.Check("smtp-587").Check.User = "jane"
	in := []change{{"pop3-995", stage.Login, failed(stage.Rejected)}, {"imap-993", stage.Login, failed(stage.Rejected)}}
	for _, c := range []struct {
		name string
		rec  *stage.Record
		want string
		same bool
	}{
		{"both", recordWith(), "yes, same user name and password as incoming", true},
		{"a token", token, "yes, in the same way as incoming", true},
		{"another name", other, "yes, with user name and password", false},
		{"sending alone", only(false, recordWith()), "yes, with user name and password", false},
		{"receiving alone", only(true, recordWith()), "", false},
		{"receiving refuses", recordWith(in...), "yes, with user name and password", false},
		{"sending refuses", recordWith(change{"smtp-587", stage.Login, failed(stage.Rejected)}), "", false},
	} {
		s := report.New(prose.English(), c.rec, diagnose.Diagnosis{}).Settings[0]
		if s.SignedIn != c.want || s.SignIn != c.same {
			t.Errorf("%s: %q, %v; want %q, %v", c.name, s.SignedIn, s.SignIn, c.want, c.same)
		}
	}
}
