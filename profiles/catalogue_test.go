package profiles

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/stage"
)

func TestFind(t *testing.T) {
	c := NewCatalogue(
		&Profile{ID: "bücher-mail", Domains: []string{"xn--bcher-kva.example"}, UserForm: stage.FullAddress},
		&Profile{ID: "acme", Domains: []string{"acme.example"}, UserForm: stage.LocalPart},
		&Profile{ID: "hand-out", Domains: []string{"handout.example"}, UserForm: stage.AssignedName},
	)
	long := strings.Repeat("a", maxLocal)
	for _, tt := range []struct {
		arg, id string
		want    Match
		user    string
	}{
		{"acme.example", "acme", Match{Kind: stage.SubjectDomain, Domain: "acme.example"}, ""},
		{" ACME.Example. ", "acme", Match{Kind: stage.SubjectDomain, Domain: "acme.example"}, ""},
		{"acme", "acme", Match{Kind: stage.SubjectProfile}, ""},
		{"Hand-Out", "hand-out", Match{Kind: stage.SubjectProfile}, ""},
		{"Jane.Doe@Acme.EXAMPLE", "acme", Match{Kind: stage.SubjectAddress, Domain: "acme.example", Address: "Jane.Doe@acme.example", LocalPart: "Jane.Doe"}, "Jane.Doe"},
		{"jane@handout.example", "hand-out", Match{Kind: stage.SubjectAddress, Domain: "handout.example", Address: "jane@handout.example", LocalPart: "jane"}, ""},
		{"jane@bücher.example", "bücher-mail", Match{Kind: stage.SubjectAddress, Domain: "xn--bcher-kva.example", Address: "jane@xn--bcher-kva.example", LocalPart: "jane"}, "jane@xn--bcher-kva.example"},
		{"jané@BU\u0308CHER\u3002example.", "bücher-mail", Match{Kind: stage.SubjectAddress, Domain: "xn--bcher-kva.example", Address: "jané@xn--bcher-kva.example", LocalPart: "jané"}, "jané@xn--bcher-kva.example"},
		{"ｊａｎｅ１２＠ａｃｍｅ．ｅｘａｍｐｌｅ", "acme", Match{Kind: stage.SubjectAddress, Domain: "acme.example", Address: "jane12@acme.example", LocalPart: "jane12"}, "jane12"},
		{"ａｃｍｅ", "acme", Match{Kind: stage.SubjectProfile}, ""},
		{"XN--BCHER-KVA.example", "bücher-mail", Match{Kind: stage.SubjectDomain, Domain: "xn--bcher-kva.example"}, ""},
		{`"jane doe"@acme.example`, "acme", Match{Kind: stage.SubjectAddress, Domain: "acme.example", Address: `"jane doe"@acme.example`, LocalPart: "jane doe"}, "jane doe"},
		{`"a@b\"\\c"@acme.example`, "acme", Match{Kind: stage.SubjectAddress, Domain: "acme.example", Address: `"a@b\"\\c"@acme.example`, LocalPart: `a@b"\c`}, `a@b"\c`},
		{"jane+x!#$%&'*/=?^_`{|}~-@acme.example", "acme", Match{Kind: stage.SubjectAddress, Domain: "acme.example", Address: "jane+x!#$%&'*/=?^_`{|}~-@acme.example", LocalPart: "jane+x!#$%&'*/=?^_`{|}~-"}, "jane+x!#$%&'*/=?^_`{|}~-"},
		{"a..b.@acme.example", "acme", Match{Kind: stage.SubjectAddress, Domain: "acme.example", Address: "a..b.@acme.example", LocalPart: "a..b."}, "a..b."},
		{long + "@acme.example", "acme", Match{Kind: stage.SubjectAddress, Domain: "acme.example", Address: long + "@acme.example", LocalPart: long}, long},
	} {
		m, err := c.Find(tt.arg)
		if err != nil {
			t.Errorf("%q: %v", tt.arg, err)
			continue
		}
		tt.want.Profile = c.Profile(tt.id)
		if diff := cmp.Diff(tt.want, m); diff != "" {
			t.Errorf("%q (-want +got)\n%s", tt.arg, diff)
		}
		s := m.Subject(tt.arg)
		want := stage.Subject{Argument: tt.arg, Kind: tt.want.Kind, Domain: tt.want.Domain, Address: tt.want.Address, User: tt.user, Profile: tt.want.Profile.ForRules()}
		if diff := cmp.Diff(want, s); diff != "" {
			t.Errorf("%q: subject (-want +got)\n%s", tt.arg, diff)
		}
	}
}

func TestFindUnknown(t *testing.T) {
	c := seeds(t)
	for _, tt := range []struct {
		arg  string
		want Match
		text string
	}{
		{"jane@q.co", Match{Kind: stage.SubjectAddress, Domain: "q.co", Address: "jane@q.co", LocalPart: "jane"}, `no profile is known for "q.co"`},
		{"centurylnk.net", Match{Kind: stage.SubjectDomain, Domain: "centurylnk.net"}, `no profile is known for "centurylnk.net"; did you mean centurylink.net?`},
		{"pop.centurylink.net", Match{Kind: stage.SubjectDomain, Domain: "pop.centurylink.net"}, `no profile is known for "pop.centurylink.net"; did you mean centurylink.net?`},
		{"emadisonrivr.con", Match{Kind: stage.SubjectDomain, Domain: "emadisonrivr.con"}, `no profile is known for "emadisonrivr.con"; did you mean emadisonriver.com?`},
		{"CenturyLynk", Match{Kind: stage.SubjectProfile}, `no profile is known for "centurylynk"; did you mean centurylink?`},
		{"jane@example.com", Match{Kind: stage.SubjectAddress, Domain: "example.com", Address: "jane@example.com", LocalPart: "jane"}, `no profile is known for "example.com"`},
	} {
		m, err := c.Find(tt.arg)
		if !errors.Is(err, ErrUnknown) || errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v, want ErrUnknown", tt.arg, err)
			continue
		}
		if err.Error() != tt.text {
			t.Errorf("%q: got  %s\nwant %s", tt.arg, err, tt.text)
		}
		if diff := cmp.Diff(tt.want, m); diff != "" {
			t.Errorf("%q (-want +got)\n%s", tt.arg, diff)
		}
	}
}

// TestFindMalformed checks the reasons, and that a password typed in the wrong
// place is not repeated.
func TestFindMalformed(t *testing.T) {
	c := mustLoad(t)
	for arg, want := range map[string]string{
		"":                                  "it is empty",
		" \t":                               "it is empty",
		"imaps://jane:hunter2@q.com":        "it is a URL",
		"jane:hunter2@q.com":                `':' before the @ is not allowed`,
		"@q.com":                            "there is nothing before the @",
		"jane doe@q.com":                    "there is a space before the @",
		"jane\u00a0doe@q.com":               "there is a space before the @",
		"jane\x1b[2J@q.com":                 "there is a control character before the @",
		"jane\u202e@q.com":                  "there is a control character before the @",
		"Jane <jane@q.com>":                 "there is a space before the @",
		"<jane@q.com>":                      `'<' before the @ is not allowed`,
		"jane@doe@q.com":                    `'@' before the @ is not allowed`,
		"ja\xffne@q.com":                    "what stands before the @ is not UTF-8",
		strings.Repeat("ä", 33) + "@q.com":  "what stands before the @ is longer than 64 bytes",
		`"jane@q.com`:                       "the quote before the @ is not closed",
		`"jane\"@q.com`:                     "the quote before the @ is not closed",
		`"jane"doe@q.com`:                   "text follows the closing quote before the @",
		"\"jane\r\n\"@q.com":                "there is a control character before the @",
		"jane@[192.0.2.1]":                  "after the @ stands an IP address, where the name of a mail domain is expected",
		"jane@":                             "what follows the @ is not the name of a mail domain, such as example.com",
		"jane@q":                            "what follows the @ is not the name of a mail domain, such as example.com",
		"jane@q..com":                       "what follows the @ is not the name of a mail domain, such as example.com",
		"jane@.q.com":                       "what follows the @ is not the name of a mail domain, such as example.com",
		"jane@-q.com":                       "what follows the @ is not the name of a mail domain, such as example.com",
		"jane@q_.com":                       "what follows the @ is not the name of a mail domain, such as example.com",
		"jane@192.0.2.1":                    "what follows the @ is not the name of a mail domain, such as example.com",
		"jane@" + strings.Repeat("a.", 200): "what follows the @ is not the name of a mail domain, such as example.com",
		"jane@" + strings.Repeat("a", 64) + ".example": "what follows the @ is not the name of a mail domain, such as example.com",
		"q.com/mail":   "examples are jane@example.com, example.com and centurylink",
		"century link": "examples are jane@example.com, example.com and centurylink",
		"q.com\x00":    "examples are jane@example.com, example.com and centurylink",
	} {
		m, err := c.Find(arg)
		if !errors.Is(err, ErrMalformed) || errors.Is(err, ErrUnknown) {
			t.Errorf("%q: %v, want ErrMalformed", arg, err)
			continue
		}
		if got := "not an e-mail address, a domain or a profile's id: " + want; err.Error() != got {
			t.Errorf("%q: got  %v\nwant %s", arg, err, got)
		}
		if strings.Contains(err.Error(), "hunter2") || m != (Match{}) {
			t.Errorf("%q: %v, %+v", arg, err, m)
		}
	}
}

func TestNear(t *testing.T) {
	c := seeds(t)
	for name, want := range map[string][]string{
		"cenutrylink.net":          {"centurylink.net"},
		"CENTURYTEL.NTE":           {"centurytel.net"},
		"webmail.centurylink.net.": {"centurylink.net"},
		"qwestofice":               {"qwestoffice"},
		"qwestofice.net":           {"qwestoffice.net"},
		"centurylink.com":          nil, // another public suffix
		"qwest.com":                nil,
		"a.com":                    nil,
		"q.net":                    nil,
		"me.com":                   nil,
		"aol.com":                  nil,
		"gmail.com":                nil,
		"":                         nil,
		strings.Repeat("a", 9999):  nil,
	} {
		if diff := cmp.Diff(want, c.Near(name)); diff != "" {
			t.Errorf("%.20q (-want +got)\n%s", name, diff)
		}
	}
}

func TestNearServers(t *testing.T) {
	server := func(p stage.Protocol, host string, port uint16) Endpoint {
		return Endpoint{Endpoint: stage.Endpoint{Protocol: p, Host: host, Port: port, Security: stage.TLS}}
	}
	c := NewCatalogue(
		&Profile{ID: "one", Domains: []string{"example.net"}, Endpoints: []Endpoint{
			server(stage.IMAP, "imap.example.net", 993), server(stage.IMAP, "imap.example.net", 9933), server(stage.SMTP, "smtp.example.net", 465),
		}},
		&Profile{ID: "two", Domains: []string{"example.org"}, Endpoints: []Endpoint{server(stage.IMAP, "mail.hoster.example", 993)}},
		&Profile{ID: "three", Imported: true, Domains: []string{"school.test"}, Endpoints: []Endpoint{server(stage.IMAP, "mail.school.test", 993)}},
	)
	for host, want := range map[string][]string{
		"imap.exmaple.net":         {"imap.example.net:993"},
		"IMAP.EXAMPLE.NT":          {"imap.example.net:993"},
		"imap.example.com":         {"imap.example.net:993"},
		"imaps.example.net":        {"imap.example.net:993"},
		"pop.example.net":          {"imap.example.net:993"}, // the domain's
		"webmail.sub.example.org.": {"mail.hoster.example:993"},
		"imap.example.org":         {"imap.example.net:993", "mail.hoster.example:993"},
		"imap.example.net":         nil, // there is no other
		"imap.unrelated.test":      nil,
		"imap.school.test":         {"mail.school.test:993"}, // imported: for its domain
		"mial.school.test":         {"mail.school.test:993"},
		"192.0.2.1":                nil,
		"":                         nil,
		"not a name":               nil,
	} {
		var got []string
		for _, e := range c.NearServers(stage.IMAP, host) {
			got = append(got, e.Address())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got)\n%s", host, diff)
		}
	}
}

// TestPrecedence lays directories over the embedded catalogue.
func TestPrecedence(t *testing.T) {
	profile := func(id, domain, host string) string {
		s := strings.Replace(whole, `"example"`, `"`+id+`"`, 1)
		s = strings.Replace(s, "example.com", domain, 1)
		return strings.Replace(s, "imap.example.com", host, 1)
	}
	first := writeDir(t, map[string]string{
		"mine.toml":        profile("mine", "q.com", "first.example"),
		"centurylink.toml": profile("centurylink", "centurylink.net", "first.example"),
		"note.txt":         "not a profile",
		".hidden.toml":     "not a profile",
		"sub.toml/x.toml":  "not a profile",
	})
	second := writeDir(t, map[string]string{"other.TOML": profile("mine", "q.com", "second.example")})

	for _, tt := range []struct {
		name    string
		dirs    []string
		arg     string
		host    string
		builtin bool
	}{
		{"embedded", nil, "jane@q.com", "pop.centurylink.net", true},
		{"domain won by another profile", []string{first}, "jane@q.com", "first.example", false},
		{"profile replaced", []string{first}, "centurylink", "first.example", false},
		{"domain of the replacement", []string{first}, "centurylink.net", "first.example", false},
		{"untouched profile", []string{first}, "qwestoffice.net", "pop.qwestoffice.net", true},
		{"later directory", []string{first, second}, "mine", "second.example", false},
		{"domain in a later directory", []string{first, second}, "q.com", "second.example", false},
		{"later directory, other order", []string{second, first}, "q.com", "first.example", false},
		{"domain lost by the embedded profile", []string{second}, "q.com", "second.example", false},
		{"the embedded profile's other domains", []string{second}, "qwest.net", "pop.centurylink.net", true},
	} {
		m, err := mustLoad(t, tt.dirs...).Find(tt.arg)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if host := m.Profile.Endpoints[0].Host; host != tt.host || m.Profile.Builtin != tt.builtin {
			t.Errorf("%s: %s, builtin %v, want %s, %v", tt.name, host, m.Profile.Builtin, tt.host, tt.builtin)
		}
	}

	// A profile that is replaced is gone with all its domains.
	if m, err := mustLoad(t, first).Find("qwest.net"); !errors.Is(err, ErrUnknown) {
		t.Errorf("qwest.net after centurylink was replaced: %+v, %v", m, err)
	}
	c := mustLoad(t, second)
	if own := c.Domains(c.Profile("centurylink")); len(own) != 16 || strings.Contains(strings.Join(own, " "), "q.com") {
		t.Errorf("domains that centurylink is left with: %v", own)
	}
	var ids []string
	for _, p := range mustLoad(t).Profiles() {
		ids = append(ids, p.ID)
	}
	ids = append(ids, "mine") // centurylink is replaced, mine comes in
	slices.Sort(ids)
	var got []string
	for _, p := range mustLoad(t, first).Profiles() {
		got = append(got, p.ID)
	}
	if diff := cmp.Diff(ids, got); diff != "" {
		t.Errorf("ids (-want +got)\n%s", diff)
	}
}

// TestOrigin checks what profiles of one directory must not share, and that the
// problems of all directories come together.
func TestOrigin(t *testing.T) {
	dir := writeDir(t, map[string]string{
		"a.toml":    whole,
		"b.toml":    "# the same again\n" + whole,
		"c.toml":    strings.Replace(strings.Replace(whole, `"example"`, `"c"`, 1), `"example.com"`, `"c.example", "EXAMPLE.com"`, 1),
		"d.toml":    "id = 7",
		"e.toml":    strings.Replace(strings.Replace(whole, `"example"`, `"e"`, 1), `domains = ["example.com"]`, `domains = ["*.e.example"]`+"\n"+`mx = ["*.mx.example", "a.example"]`, 1),
		"f.toml":    strings.Replace(strings.Replace(whole, `"example"`, `"f"`, 1), `domains = ["example.com"]`, `domains = ["*.E.example"]`+"\n"+`mx = ["b.mx.example", "*.MX.example"]`, 1),
		"huge.toml": "#" + strings.Repeat(" ", maxFile),
	})
	missing := filepath.Join(dir, "missing")
	want := strings.NewReplacer("DIR", dir).Replace(`DIR/b.toml:2:6: id: "example" is taken by DIR/a.toml:1
DIR/b.toml:4:12: domains: "example.com" belongs to DIR/a.toml:3
DIR/c.toml:3:25: domains: "example.com" belongs to DIR/a.toml:3
DIR/d.toml:1:1: name is missing, expected the provider's name
DIR/d.toml:1:1: domains is missing, expected a list such as ["example.com", "example.net"]
DIR/d.toml:1:1: user_name is missing, expected full-address, local-part or assigned
DIR/d.toml:1:1: source is missing, expected the keys title and read, as in source = { title = "A page", read = 2026-11-22 }
DIR/d.toml:1:1: endpoint is missing, expected [[endpoint]] with its keys below it
DIR/d.toml:1:6: id: found 7, expected words of a-z and 0-9 with hyphens between them, at most 63 letters
DIR/f.toml:3:12: domains: "*.e.example" belongs to DIR/e.toml:3
DIR/f.toml:4:7: mx: "b.mx.example" lies within "*.mx.example", which was given on line 4
DIR/f.toml:4:23: mx: "*.mx.example" belongs to DIR/e.toml:4
DIR/huge.toml: cannot be read: larger than 1048576 bytes, the most that a profile may have
`)
	want = strings.TrimSuffix(want, "\n")
	absent := missing + ": cannot be read: no such file or directory; expected a profile file, or a directory of them"
	if runtime.GOOS == "windows" {
		t.Log("paths and system errors read otherwise here; the number of problems is compared")
	}
	check := func(name, want string, err error) {
		t.Helper()
		e, ok := errors.AsType[*LoadError](err)
		if !ok {
			t.Fatalf("%s: %v (%T), want a *LoadError", name, err, err)
		}
		if runtime.GOOS == "windows" {
			if got, want := len(e.Problems), strings.Count(want, "\n")+1; got != want {
				t.Errorf("%s: %d problems, want %d:\n%v", name, got, want, err)
			}
			return
		}
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(err.Error(), "\n")); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	c, err := Load(dir, missing)
	check("Load", want+"\n"+absent, err)
	if c != nil {
		t.Errorf("a catalogue beside an error")
	}
	good, err := Validate(dir, missing, filepath.Join(dir, "a.toml"))
	check("Validate", absent+"\n"+want, err)
	if len(good) != 2 || good[0].ID != "example" || good[1].ID != "e" {
		t.Errorf("in order: %v, want a.toml and e.toml alone", good)
	}
}

// TestValidateApart checks that files of several directories may share an id:
// one is meant to replace the other.
func TestValidateApart(t *testing.T) {
	a, b := writeDir(t, map[string]string{"x.toml": whole}), writeDir(t, map[string]string{"y.toml": whole})
	good, err := Validate(filepath.Join(a, "x.toml"), b)
	if err != nil || len(good) != 2 {
		t.Errorf("%d profiles, %v", len(good), err)
	}
}

func TestDefaultDirs(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"XDG_CONFIG_HOME", "HOME", "AppData", "home"} {
		t.Setenv(name, home)
	}
	if got := DefaultDirs(); got != nil {
		t.Errorf("got %q where there is none", got)
	}
	config, err := os.UserConfigDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(config, "maildoctor", "profiles")
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	// A file in the directory's place is passed on, so that Load complains.
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{dir}, DefaultDirs()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := Load(DefaultDirs()...); err == nil {
		t.Error("a file in the place of the directory was loaded")
	}
	for _, name := range []string{"XDG_CONFIG_HOME", "HOME", "AppData", "home"} {
		t.Setenv(name, "")
	}
	if got := DefaultDirs(); got != nil {
		t.Errorf("got %q without a home", got)
	}
}

// writeDir makes a directory of files; a slash in a name makes a directory.
func writeDir(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
