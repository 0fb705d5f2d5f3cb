package export

import (
	"bytes"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/stage"
	"maildoctor/profiles/published"
)

const jane = "jane@q.com"

// sample are settings of jane's.
func sample(servers []Server) Settings {
	return Settings{Address: jane, Domain: "q.com", Servers: servers}
}

func endpoint(p stage.Protocol, host string, port uint16, s stage.Security) Server {
	return Server{Endpoint: stage.Endpoint{Protocol: p, Host: host, Port: port, Security: s}, User: jane}
}

// testServers are by how they are encrypted.
var testServers = map[string][]Server{
	"tls":      {endpoint(stage.IMAP, "imap.q.com", 993, stage.TLS), endpoint(stage.SMTP, "smtp.q.com", 465, stage.TLS)},
	"starttls": {endpoint(stage.IMAP, "imap.q.com", 143, stage.StartTLS), endpoint(stage.SMTP, "smtp.q.com", 587, stage.StartTLS)},
	"none":     {endpoint(stage.IMAP, "imap.q.com", 143, stage.None), endpoint(stage.SMTP, "smtp.q.com", 25, stage.None)},
	"odd":      {endpoint(stage.IMAP, "mail-1.q.com", 10143, stage.TLS), endpoint(stage.SMTP, "192.0.2.1", 2525, stage.StartTLS)},
}

// unlike names what a form leaves out of the account, or can't tell apart.
func unlike(form string, a account) account {
	switch form {
	case "isync":
		a.address, a.out = "", nil
	case "msmtp", "env", "gitea", "gitlab", "grafana", "nextcloud", "wordpress", "django", "nodemailer":
		a.in = nil
	case "mobileconfig":
		for _, v := range []*Server{a.in, a.out} {
			if v.Security == stage.StartTLS {
				v.Security = stage.TLS
			}
		}
	}
	return a
}

func same(a, b account) bool {
	equal := func(v, w *Server) bool { return v == nil && w == nil || v != nil && w != nil && *v == *w }
	return a.address == b.address && equal(a.in, b.in) && equal(a.out, b.out)
}

// expectReadBack fails unless the form's program has understood just the settings.
func expectReadBack(t *testing.T, form string, s Settings, file []byte) {
	t.Helper()
	addresses[t.Name()] = s.Address
	defer delete(addresses, t.Name())
	in, out := s.Servers[0], s.Servers[1]
	want := unlike(form, account{s.Address, &in, &out})
	got := readers[form](t, file)
	if !same(got, want) {
		t.Errorf("read back: %q %+v %+v\nwant %q %+v %+v\nof %q", got.address, got.in, got.out, want.address, want.in, want.out, file)
	}
}

// TestReadBack lets the program of each form read what was written for it.
func TestReadBack(t *testing.T) {
	for _, f := range Forms() {
		for name, servers := range testServers {
			t.Run(f.Name+"/"+name, func(t *testing.T) {
				s := sample(slices.Clone(servers))
				s.Remarks = []string{"one -- two ?> three */ four --> five \\", "`id` $(id) <?php exit(7);"}
				file := must(f.Write(s))(t)
				expectReadBack(t, f.Name, s, file)
				if again := must(f.Write(s))(t); !bytes.Equal(again, file) {
					t.Error("written twice, it differs")
				}
			})
		}
	}
	if len(readers) != len(forms) {
		t.Errorf("%d readers for %d forms", len(readers), len(forms))
	}
}

// TestPOP3 is for the forms that take it.
func TestPOP3(t *testing.T) {
	s := sample([]Server{endpoint(stage.POP3, "pop.q.com", 995, stage.TLS), endpoint(stage.SMTP, "smtp.q.com", 465, stage.TLS)})
	for _, name := range []string{"thunderbird", "mobileconfig", "qr", "neomutt"} {
		t.Run(name, func(t *testing.T) {
			f, _ := Named(name)
			expectReadBack(t, name, s, must(f.Write(s))(t))
		})
	}
	for _, name := range []string{"isync", "aerc", "himalaya"} {
		f, _ := Named(name)
		if _, err := f.Write(s); err == nil || !strings.Contains(err.Error(), "needs an IMAP server") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTokens: who takes OAuth2 alone is given to no program that knows only passwords.
func TestTokens(t *testing.T) {
	s := sample(slices.Clone(testServers["tls"]))
	for i := range s.Servers {
		s.Servers[i].Token = true
	}
	for _, f := range Forms() {
		file, err := f.Write(s)
		switch f.Name {
		case "thunderbird", "qr", "msmtp", "neomutt", "himalaya":
			t.Run(f.Name, func(t *testing.T) { expectReadBack(t, f.Name, s, file) })
		case "aerc":
			if text := string(file); !strings.Contains(text, "\nsource = imaps+xoauth2://") || !strings.Contains(text, "\noutgoing = smtps+xoauth2://") {
				t.Errorf("aerc: %s", text)
			}
		case "isync":
			if !strings.Contains(string(file), "\nAuthMechs XOAUTH2\n") {
				t.Errorf("isync: %s", file)
			}
		default:
			if !errors.Is(err, errToken) {
				t.Errorf("%s: %v", f.Name, err)
			}
		}
	}
}

// TestRefused are settings that a form can't express, and such that none may.
func TestRefused(t *testing.T) {
	with := func(change func(*Settings)) Settings {
		s := sample(slices.Clone(testServers["tls"]))
		change(&s)
		return s
	}
	tests := []struct {
		form     string
		settings Settings
		want     string
	}{
		{"msmtp", with(func(s *Settings) { s.Servers = s.Servers[:1] }), "needs an SMTP server"},
		{"isync", with(func(s *Settings) { s.Servers = s.Servers[1:] }), "needs an IMAP server"},
		{"mobileconfig", with(func(s *Settings) { s.Servers = s.Servers[:1] }), "needs an SMTP server"},
		{"neomutt", with(func(s *Settings) { s.Servers = nil }), "needs a server"},
		{"thunderbird", with(func(s *Settings) { s.Servers = nil }), "needs a server"},
		{"msmtp", with(func(s *Settings) { s.Address = "" }), "not only its domain"},
		{"qr", with(func(s *Settings) { s.Address = "" }), "not only its domain"},
		{"qr", with(func(s *Settings) { s.Address = "jäne@q.com" }), "beyond ASCII"},
		{"msmtp", with(func(s *Settings) { s.Servers[1].User = "" }), "doesn't tell the user name"},
		{"msmtp", with(func(s *Settings) { s.Address = "%U@q.com" }), "can't quote"},
		{"thunderbird", with(func(s *Settings) { s.Servers[0].User = "%REALNAME%" }), "placeholder"},
		{"grafana", with(func(s *Settings) { s.Servers[1].Port = 4465 }), "port 465 alone"},
		{"grafana", with(func(s *Settings) { s.Servers[1].Security = stage.StartTLS }), "on port 465"},
		{"neomutt", with(func(s *Settings) { s.Servers[0].Security, s.Servers[1].Security = stage.None, stage.StartTLS }), "one word"},
		{"neomutt", with(func(s *Settings) { s.Servers[0].User = "a'b`id`" }), "can't quote"},
		{"gitlab", with(func(s *Settings) { s.Servers[1].User = "#{1}" }), "can't quote"},
		{"django", with(func(s *Settings) { s.Servers[1].Host = "a_b.q.com" }), "letters, digits, hyphens"},
		{"django", with(func(s *Settings) { s.Servers[1].Host = "smtp.q.com\nX" }), "letters, digits, hyphens"},
		{"django", with(func(s *Settings) { s.Servers[1].Host = "2001:db8::1" }), "letters, digits, hyphens"},
		{"django", with(func(s *Settings) { s.Servers[1].Port = 0 }), "1 to 65535"},
		{"django", with(func(s *Settings) { s.Servers[1].Security = "maybe" }), "tls, starttls or none"},
		{"django", with(func(s *Settings) { s.Servers[1].User = "a\nb" }), "U+000A"},
		{"django", with(func(s *Settings) { s.Servers[1].User = "a\u2028b" }), "U+2028"},
		{"django", with(func(s *Settings) { s.Servers[1].User = "a\xff" }), "not UTF-8"},
		{"django", with(func(s *Settings) { s.Servers[1].User = strings.Repeat("a", 255) }), "longer than 254"},
		{"django", with(func(s *Settings) { s.Servers[1].User = "a " }), "space"},
		{"django", with(func(s *Settings) { s.Domain = "q.com\n" }), "letters, digits, hyphens"},
		{"django", with(func(s *Settings) { s.Address = "jane" }), "expected one such as"},
	}
	for _, test := range tests {
		f, ok := Named(test.form)
		if !ok {
			t.Fatalf("no form %s", test.form)
		}
		file, err := f.Write(test.settings)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v; want %q; wrote %q", test.form, err, test.want, file)
		}
	}
}

// TestTaken: user names that people have are refused only where there is no help.
func TestTaken(t *testing.T) {
	refused := map[string][]string{
		"jane": nil, "jane+lists@q.com": nil, "jane.doe-2@q.com": nil, "jane_doe": nil, "q%jane": nil,
		"o'brien@q.com": {"env", "gitlab"},
		"jäne@q.com":    {"env"},
		`Q\jane`:        {"env", "gitea", "gitlab", "grafana"},
		"Jane Doe":      {"env", "gitea", "gitlab", "grafana"},
	}
	for user, by := range refused {
		for _, f := range Forms() {
			s := sample(slices.Clone(testServers["starttls"]))
			for i := range s.Servers {
				s.Servers[i].User = user
			}
			if _, err := f.Write(s); (err != nil) != slices.Contains(by, f.Name) {
				t.Errorf("%s, for %q: %v", f.Name, user, err)
			}
		}
	}
}

// TestDomainAlone: an autoconfig file is for every account of a domain.
func TestDomainAlone(t *testing.T) {
	s := sample(slices.Clone(testServers["tls"]))
	s.Address = ""
	for i := range s.Servers {
		s.Servers[i].User = published.LocalPart
	}
	file := must(thunderbird.Write(s))(t)
	d := must(published.ReadAutoconfig(file))(t)
	if got := must(d.Servers[0].At("joe@q.com"))(t).User; got != "joe" {
		t.Errorf("joe logs in as %q", got)
	}
}

// TestRemarks stand where the form has comments, and nothing of them is outside.
func TestRemarks(t *testing.T) {
	s := sample(testServers["starttls"])
	s.Remarks = []string{"Srv named imap.q.com, and anybody could have made it up."}
	for _, f := range Forms() {
		file := string(must(f.Write(s))(t))
		if f.Name == "qr" {
			continue
		}
		if !strings.Contains(file, "anybody could have made it up.") || !strings.Contains(file, "for an account at q.com") {
			t.Errorf("%s: the remark is missing: %s", f.Name, file)
		}
		if insists := f.Name != "gitlab" && f.Name != "nextcloud"; strings.Contains(file, "can't insist") == insists {
			t.Errorf("%s: what it says of STARTTLS is wrong: %s", f.Name, file)
		}
	}
}

// TestXML lets a validating parser read what is XML.
func TestXML(t *testing.T) {
	need(t, "xmllint")
	for _, f := range []Form{thunderbird, mobileconfig} {
		s := sample(slices.Clone(testServers["tls"]))
		s.Servers[0].User = `a<b>&"c'--]]>`
		cmd := exec.Command("xmllint", "--noout", "--nonet", "-")
		cmd.Stdin = bytes.NewReader(must(f.Write(s))(t))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", f.Name, err, out)
		}
	}
}
