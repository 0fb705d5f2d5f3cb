package published

import (
	"errors"
	"testing"
)

func TestFill(t *testing.T) {
	for _, c := range []struct{ template, address, want, fails string }{
		{FullAddress, "jane@example.com", "jane@example.com", ""},
		{LocalPart, "jane@example.com", "jane", ""},
		{"%EMAILDOMAIN%", "jane@example.com", "example.com", ""},
		{"%EMAILLOCALPART%.%EMAILDOMAIN%", "jane@example.com", "jane.example.com", ""},
		{"%EMAILLOCALPART%%%EMAILDOMAIN%", "jane@example.com", "jane%example.com", ""},
		{"%EMAILDOMAIN%%EMAILLOCALPART%", "jane@example.com", "example.comjane", ""},
		{"jane", "joe@example.com", "jane", ""},
		{"jane%example.com", "joe@example.com", "jane%example.com", ""},
		{"https://%EMAILDOMAIN%/%E3%AE%BC%41", "jane@example.com", "https://example.com/%E3%AE%BC%41", ""},
		{"100% %", "joe@example.com", "100% %", ""},
		{"%%%", "joe@example.com", "%%%", ""},
		{FullAddress, `"a@b"@example.com`, `"a@b"@example.com`, ""},
		{LocalPart, `"a@b"@example.com`, `"a@b"`, ""},
		{LocalPart, "%EMAILADDRESS%@example.com", "%EMAILADDRESS%", ""}, // what was filled in is not filled in again
		{"mail.%EMAILDOMAIN%", "example.com", "mail.example.com", ""},
		{FullAddress, "example.com", "", "%EMAILADDRESS% needs an address, and there is only a domain"},
		{LocalPart, "example.com", "", "%EMAILLOCALPART% needs an address, and there is only a domain"},
		{"%REALNAME%", "jane@example.com", "", "%REALNAME% can't be told from an address"},
		{"%EMAILHOSTNAME%", "jane@example.com", "", "%EMAILHOSTNAME% can't be told from an address"},
		{"%EMAILADDRESS", "jane@example.com", "", "%EMAILADDRESS is no placeholder without a percent sign at its end"},
		{"%EMAILDOMAIN and %EMAILADDRESS%", "jane@example.com", "", "%EMAILDOMAIN is no placeholder without a percent sign at its end"},
	} {
		got, err := Fill(c.template, c.address)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if got != c.want || text != c.fails {
			t.Errorf("Fill(%q, %q): %q, %q; want %q, %q", c.template, c.address, got, text, c.want, c.fails)
		}
	}
}

func TestUserName(t *testing.T) {
	if name, err := (Server{User: LocalPart}).UserName("jane@example.com"); name != "jane" || err != nil {
		t.Errorf("%q, %v", name, err)
	}
	if name, err := (Server{}).UserName("jane@example.com"); name != "" || !errors.Is(err, ErrNoUserName) {
		t.Errorf("%q, %v", name, err)
	}
}

func TestAt(t *testing.T) {
	e := endpoint(t, "imap://mail.%EMAILDOMAIN%:993/tls")
	s := Server{Endpoint: e, User: FullAddress, Line: 3}
	got, err := s.At("jane@Bücher.example")
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "an address", got, Server{Endpoint: endpoint(t, "imap://mail.xn--bcher-kva.example:993/tls"), User: "jane@Bücher.example", Line: 3})
	got, err = s.At("example.com")
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "a domain", got, Server{Endpoint: endpoint(t, "imap://mail.example.com:993/tls"), User: FullAddress, Line: 3})
	diff(t, "the template afterwards", s, Server{Endpoint: e, User: FullAddress, Line: 3})

	for _, host := range []string{"%EMAILLOCALPART%.example.com", "%EMAILADDRESS%", "%REALNAME%.example.com"} {
		s.Host = host
		if got, err := s.At("_@example.com"); err == nil {
			t.Errorf("%s: %+v", host, got)
		}
	}
	s = Server{Endpoint: endpoint(t, "imap://a.example:993/tls")}
	if got, err := s.At("jane@example.com"); err != nil || got.User != "" {
		t.Errorf("no user name: %+v, %v", got, err)
	}
	s.User = "%REALNAME%"
	if got, err := s.At("jane@example.com"); err != nil || got.User != "" || got.Host != "a.example" {
		t.Errorf("a name that can't be told: %+v, %v", got, err)
	}
}

func TestCanonical(t *testing.T) {
	for in, want := range map[string]string{
		"%emailAddress%":              FullAddress,
		"%EmailLocalPart%@%realname%": "%EMAILLOCALPART%@%REALNAME%",
		"emailaddress":                "emailaddress",
		"emailaddress%realname":       "emailaddress%realname",
		"%other%":                     "%other%",
	} {
		if got := canonical(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
