package profiles_test

import (
	"testing"

	"maildoctor/profiles"
)

func TestServing(t *testing.T) {
	catalogue, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ host, domain, want string }{
		{"imap.qq.com", "", "qq"},
		{"IMAP.QQ.COM.", "company.example", "qq"},
		{"imap.exmail.qq.com", "", ""},
		{"imap.gmail.com", "gmail.com", "gmail"},
		{"imap.gmail.com", "company.example", "google-workspace"},
		{"imap.gmail.com", "", "gmail"},
		{"outlook.office365.com", "hotmail.com", "outlook"},
		{"outlook.office365.com", "company.example", "microsoft-365"},
		{"imap.mail.yahoo.com", "cox.net", "cox"},
		{"imap.mail.yahoo.com", "", "yahoo"},
		{"127.0.0.1", "proton.me", ""},
		{"localhost", "", ""},
		{"mail.example.net", "", ""},
	} {
		if got := id(catalogue.Serving(tt.host, tt.domain)); got != tt.want {
			t.Errorf("%s for %q: %q, want %q", tt.host, tt.domain, got, tt.want)
		}
	}
}

func TestLinked(t *testing.T) {
	catalogue, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ host, domain, want string }{
		{"service.mail.qq.com", "", "qq"},
		{"service.mail.qq.com", "company.example", "qq"},
		{"notqq.com", "", ""},
		{"support.google.com", "gmail.com", "gmail"},
		{"www.example.net", "", ""},
		{"", "", ""},
		{"", "gmail.com", ""},
	} {
		if got := id(catalogue.Linked(tt.host, tt.domain)); got != tt.want {
			t.Errorf("%s for %q: %q, want %q", tt.host, tt.domain, got, tt.want)
		}
	}
}

func id(p *profiles.Profile) string {
	if p == nil {
		return ""
	}
	return p.ID
}
