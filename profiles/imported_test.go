package profiles

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/stage"
)

// TestSizeOfCatalogue counts what can be found: domains of addresses, and the names
// and patterns of mail exchangers.
func TestSizeOfCatalogue(t *testing.T) {
	c := mustLoad(t)
	domains, mx := 0, 0
	for _, p := range c.Profiles() {
		domains += len(c.Domains(p))
		mx += len(c.MX(p))
	}
	if domains < 1150 || mx < 120 {
		t.Errorf("%d domains and %d mail exchangers, want 1150 and 120", domains, mx)
	}
}

// TestImported looks up what only Thunderbird's database knows.
func TestImported(t *testing.T) {
	c := mustLoad(t)
	for _, test := range []struct {
		address, user string
		servers       []string
	}{
		{"jane@cc9.ne.jp", "jane", []string{"pop.cc9.ne.jp:993 tls", "pop.cc9.ne.jp:995 tls", "msa.cc9.ne.jp:465 tls"}},
		{"jane@mail.ee", "jane@mail.ee", []string{"mail.ee:993 tls", "mail.ee:995 tls", "mail.ee:465 tls"}},
		{"jane@mx7.tiki.ne.jp", "jane", []string{"-", "mx7.tiki.ne.jp:110 none", "smtp-auth.tiki.ne.jp:587 none"}},
		{"jane@x-il.jp", "", []string{"-", "mbox.iijmio-mail.jp:110 starttls", "mbox.iijmio-mail.jp:587 starttls"}},
	} {
		m, err := c.Find(test.address)
		if err != nil {
			t.Errorf("%s: %v", test.address, err)
			continue
		}
		p := m.Profile
		got := []string{mainServer(p, stage.IMAP), mainServer(p, stage.POP3), mainServer(p, stage.SMTP)}
		if d := cmp.Diff(test.servers, got); d != "" || p.UserName(test.address) != test.user {
			t.Errorf("%s: user name %q, want %q (-want +got)\n%s", test.address, p.UserName(test.address), test.user, d)
		}
		rules := p.ForRules()
		if !p.Builtin || !p.Imported || rules.By != "Thunderbird's database" || rules.Date < "2026-11-30" || rules.Checked == "" {
			t.Errorf("%s: %+v", test.address, rules)
		}
	}
	if p, _ := c.FindMX("mx3.hal.ne.jp"); p == nil || p.ID != "hal-ne-jp" {
		t.Errorf("mx3.hal.ne.jp: %+v", p)
	}
}

// TestHandKeptWins checks that the imported part overrides nothing in the hand-kept
// one: otherwise it was made for another version of it.
func TestHandKeptWins(t *testing.T) {
	kept, err := HandKept()
	if err != nil {
		t.Fatal(err)
	}
	imported, problems := readImported()
	if len(problems) > 0 || len(imported) < 70 {
		t.Fatalf("%d profiles, %v", len(imported), problems)
	}
	for _, p := range imported {
		if kept.Profile(p.ID) != nil {
			t.Errorf("%s: the id of a hand-kept profile", p.ID)
		}
		for _, d := range p.Domains {
			if m, err := kept.Find(d); err == nil {
				t.Errorf("%s: %s is known to %s", p.ID, d, m.Profile.ID)
			}
		}
		for _, m := range p.MX {
			if owner, _ := kept.FindMX("mx" + strings.TrimPrefix(m, "*")); owner != nil {
				t.Errorf("%s: %s is known to %s", p.ID, m, owner.ID)
			}
		}
	}
	both := NewCatalogue(append(imported, kept.Profiles()...)...)
	for _, p := range kept.Profiles() {
		if got := both.Domains(p); !slices.Equal(got, kept.Domains(p)) {
			t.Errorf("%s: %q, want %q", p.ID, got, kept.Domains(p))
		}
	}
}

// TestImportedIsNoSlip: a domain similar to that of a small provider is somebody
// else's.
func TestImportedIsNoSlip(t *testing.T) {
	c := mustLoad(t)
	for _, domain := range []string{"hanson.dk", "hansne.dk", "e-mial.dk", "umihc.edu"} {
		if near := c.Near(domain); len(near) > 0 {
			t.Errorf("%s: %q", domain, near)
		}
	}
	if near := c.Near("gmial.com"); len(near) == 0 {
		t.Error("gmial.com is near nothing any more")
	}
}

// TestImportedServing: a server that a hand-kept profile also has belongs to that
// profile.
func TestImportedServing(t *testing.T) {
	c := mustLoad(t)
	for host, want := range map[string]string{"imap.vodafonemail.de": "vodafone-de", "mail.hal.ne.jp": "hal-ne-jp"} {
		if p := c.Serving(host, "kabelmail.de"); p == nil || p.ID != want {
			t.Errorf("%s: %+v, want %s", host, p, want)
		}
		if !Public(host) {
			t.Errorf("%s is not public", host)
		}
	}
}

func TestReadCompactRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"domains\ta.example":                      `line 1: found "domains" before the first profile`,
		"# a\n\ncolour\tblue":                     `line 3: found "colour" with 2 fields, expected 0`,
		"profile\ta\tfull-address\ta.xml\t\tA\tB": `line 1: found "profile" with 7 fields, expected 6`,
		"profile\ta\tfull-address\ta.xml\t\tA\nimap\th\t99999\ttls\trequired\t-\t-": `line 2: found the port "99999"`,
	} {
		if _, err := ReadCompact(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// BenchmarkImported reads the imported part, for comparison with BenchmarkLoad.
func BenchmarkImported(b *testing.B) {
	for b.Loop() {
		if all, problems := readImported(); len(problems) > 0 || len(all) == 0 {
			b.Fatal(problems)
		}
	}
}
