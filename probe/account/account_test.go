package account_test

import (
	"slices"
	"testing"

	"maildoctor/probe/account"
	"maildoctor/probe/stage"
)

func TestDomain(t *testing.T) {
	for host, want := range map[string]string{
		"imap.example.net":        "example.net",
		"IMAP.Example.NET.":       "example.net",
		"a.b.c.example.co.uk":     "example.co.uk",
		"example.net":             "example.net",
		"mail.mail.test":          "mail.test",
		"mail.jane.dyndns.org":    "jane.dyndns.org", // under dyndns.org everybody registers
		"mail.john.dyndns.org":    "john.dyndns.org",
		"dyndns.org":              "dyndns.org",
		"localhost":               "localhost",
		"xn--bcher-kva.example":   "xn--bcher-kva.example",
		"192.0.2.1":               "",
		"2001:db8::1":             "",
		"imap.xn--p1ai.пример.рф": "пример.рф",
	} {
		if got := account.Domain(host); got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
}

func TestGroups(t *testing.T) {
	at := func(user, host string, addresses ...string) account.Login {
		return account.Login{User: user, Host: host, Addresses: addresses}
	}
	of := func(provider string, l account.Login) account.Login {
		l.Provider = provider
		return l
	}
	for _, tt := range []struct {
		name   string
		logins []account.Login
		want   []int
	}{
		{"one domain", []account.Login{at("jane", "imap.example.net", "192.0.2.1"), at("jane", "smtp.example.net", "192.0.2.2")}, []int{0, 0}},
		{"one address", []account.Login{at("jane", "imap.example.net", "192.0.2.1", "192.0.2.2"), at("jane", "mail.example.org", "192.0.2.3", "192.0.2.2")}, []int{0, 0}},
		{"one address in two forms", []account.Login{at("jane", "192.0.2.1"), at("jane", "mail.example.org", "::ffff:192.0.2.1")}, []int{0, 0}},
		{"one provider", []account.Login{of("x", at("jane", "imap.example.net")), of("x", at("jane", "smtp.example.org"))}, []int{0, 0}},
		{"two users", []account.Login{at("jane", "imap.example.net"), at("joe", "imap.example.net")}, []int{0, 1}},
		{"the same user in other letters", []account.Login{at("Jane", "imap.example.net"), at("jane", "imap.example.net")}, []int{0, 0}},
		{"nobody", []account.Login{at("", "imap.example.net"), at("", "imap.example.net")}, []int{0, 1}},
		{"two servers", []account.Login{at("jane", "imap.example.net", "192.0.2.1"), at("jane", "imap.example.org", "192.0.2.2")}, []int{0, 1}},
		{"two that register under one suffix", []account.Login{at("jane", "jane.dyndns.org", "192.0.2.1"), at("jane", "john.dyndns.org", "192.0.2.2")}, []int{0, 1}},
		{
			"joined by a third, which comes last",
			[]account.Login{at("jane", "a.test", "192.0.2.1"), at("joe", "a.test"), at("jane", "b.test", "192.0.2.2"), at("jane", "c.test", "192.0.2.2", "192.0.2.1")},
			[]int{0, 1, 0, 0},
		},
		{
			"joined from the end",
			[]account.Login{at("jane", "a.test"), at("jane", "b.test"), at("jane", "c.test"), at("jane", "x.c.test", "192.0.2.1"), at("jane", "x.b.test", "192.0.2.1"), at("jane", "x.a.test", "192.0.2.1")},
			[]int{0, 0, 0, 0, 0, 0},
		},
	} {
		if got := account.Groups(tt.logins); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestBook(t *testing.T) {
	q := &stage.Profile{ID: "centurylink", Domains: []string{"q.com", "centurylink.net"}, Endpoints: []stage.Endpoint{{Host: "pop.elsewhere.example"}}}
	plan := stage.Plan{Subjects: []stage.Subject{
		{Kind: stage.SubjectURL, User: "jane@q.com"},
		{Kind: stage.SubjectAddress, User: "jane@q.com", Profile: q},
	}}
	book := account.NewBook(plan)
	check := func(subject int, host, user string) stage.Check {
		return stage.Check{Subject: subject, Endpoint: stage.Endpoint{Host: host}, User: user}
	}
	for _, tt := range []struct {
		check stage.Check
		want  account.Login
	}{
		{check(1, "pop.centurylink.net", ""), account.Login{User: "jane@q.com", Host: "pop.centurylink.net", Provider: "centurylink"}},
		{check(1, "pop.centurylink.net", "jane"), account.Login{User: "jane", Host: "pop.centurylink.net", Provider: "centurylink"}},
		{check(0, "Mail.Q.com", ""), account.Login{User: "jane@q.com", Host: "Mail.Q.com", Provider: "centurylink"}},
		{check(0, "pop.elsewhere.example", ""), account.Login{User: "jane@q.com", Host: "pop.elsewhere.example", Provider: "centurylink"}},
		{check(0, "imap.elsewhere.example", ""), account.Login{User: "jane@q.com", Host: "imap.elsewhere.example"}},
		{check(0, "notq.com", ""), account.Login{User: "jane@q.com", Host: "notq.com"}},
		{check(7, "q.com", "joe"), account.Login{User: "joe", Host: "q.com", Provider: "centurylink"}},
	} {
		got := book.Login(tt.check, nil)
		if got.User != tt.want.User || got.Host != tt.want.Host || got.Provider != tt.want.Provider {
			t.Errorf("%+v: %+v, want %+v", tt.check, got, tt.want)
		}
		if p := plan.Subjects[1].Profile; tt.check.Subject == 0 && p.Serves(tt.check.Endpoint.Host) != (got.Provider != "") {
			t.Errorf("%s: the book and the profile differ", tt.check.Endpoint.Host)
		}
	}
}
