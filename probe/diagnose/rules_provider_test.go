package diagnose_test

import (
	"strings"
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// A provider's notes are known even without a profile: by the server of a URL, or by
// the web page that a refusal names.
func TestNotesWithoutAProfile(t *testing.T) {
	const said, address = "Shop Mail takes an authorization code.", "https://help.shop.example/code"
	note := []stage.Note{{ID: stage.NoteAppPassword, Text: said, URL: address}}
	shop := &stage.Profile{ID: "shop", Name: "Shop Mail", Builtin: true, Endpoints: []stage.Endpoint{{Host: "IMAP.example.net"}}, Notes: note}
	other := &stage.Profile{ID: "other", Name: "Other Mail", Builtin: true, Endpoints: []stage.Endpoint{{Host: "imap.other.example"}}, Notes: note}
	of := func(text string, linked *stage.Linked, servers ...*stage.Profile) *run {
		return newRun().with(func(rec *stage.Record) {
			rec.Header.Plan.Subjects[0].Profile, rec.Header.Plan.Subjects[0].Servers = nil, servers
		}).add(imap, fail(stage.Login, stage.Rejected, &stage.LoginFacts{
			Mechanism: "PLAIN", Sent: true, Encrypted: true, Provider: linked, Reply: &stage.Reply{Command: "AUTHENTICATE", Status: "NO", Lines: []string{text}},
		}))
	}
	const bare, telling = "a1 NO [AUTHENTICATIONFAILED] Authentication failed.", "a1 NO Use an authorization code, see https://service.mail.qq.com/detail/0/75"
	linked := &stage.Linked{Profile: "shop", Name: "Shop Mail", Notes: note}
	for _, tt := range []struct {
		name  string
		run   *run
		cause cause.ID
		cites bool
	}{
		{"the server of a known provider, and a bare refusal", of(bare, nil, shop), cause.AppPasswordRequired, true},
		{"the server of a known provider, which says it", of(telling, nil, shop), cause.AppPasswordRequired, true},
		{"a page in the refusal", of(telling, linked), cause.AppPasswordRequired, true},
		{"another provider's server", of(bare, nil, other), cause.WrongPassword, false},
		{"nobody known", of(telling, nil), cause.AppPasswordRequired, false},
	} {
		d := tt.run.diagnose(t)
		f := d.Leading()
		if f == nil || f.Cause != tt.cause {
			t.Errorf("%s: leads with %+v, want %s", tt.name, f, tt.cause)
			continue
		}
		words := ""
		for _, a := range f.Actions {
			words += a.Text(prose.English()) + "\n"
		}
		if got := strings.Contains(words, said) && strings.Contains(words, address); got != tt.cites {
			t.Errorf("%s: the page is cited: %v, want %v; %q", tt.name, got, tt.cites, words)
		}
		if p, _ := cause.PageOf(f.Cause); tt.cites && !strings.Contains(p.Sentence(prose.English(), f.Args), "Shop Mail") {
			t.Errorf("%s: nobody says whose page it is: %s", tt.name, p.Sentence(prose.English(), f.Args))
		}
	}
}
