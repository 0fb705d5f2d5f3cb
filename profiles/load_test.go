package profiles

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/stage"
)

// TestBroken loads the files of testdata/broken: each reports what its
// neighbour *.want says, line and column included.
func TestBroken(t *testing.T) {
	files, err := filepath.Glob("testdata/broken/*.toml")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(file, ".toml") + ".want")
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse(filepath.Base(file), text)
			if _, ok := errors.AsType[*LoadError](err); !ok {
				t.Fatalf("got %v (%T), want a *LoadError", err, err)
			}
			if diff := cmp.Diff(string(want), err.Error()+"\n"); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// whole is a profile without fault, for tests that put one in.
const whole = `id = "example"
name = "Example"
domains = ["example.com"]
user_name = "full-address"
source = { title = "A page", read = 2026-11-22 }
[[endpoint]]
protocol = "imap"
host = "imap.example.com"
port = 993
security = "tls"
`

// TestFaults puts one fault at a time into a whole profile.
func TestFaults(t *testing.T) {
	if _, err := Parse("a.toml", []byte(whole)); err != nil {
		t.Fatalf("the whole profile: %v", err)
	}
	for _, tt := range []struct{ name, old, new, want string }{
		{"port text", `993`, `"993"`, `a.toml:9:8: endpoint.port: found "993", expected a number from 1 to 65535, without quotes`},
		{"port zero", `993`, `0`, `a.toml:9:8: endpoint.port: found 0, expected a number from 1 to 65535, without quotes`},
		{"port too large", `993`, `65536`, `a.toml:9:8: endpoint.port: found 65536, expected a number from 1 to 65535, without quotes`},
		{"port negative", `993`, `-1`, `a.toml:9:8: endpoint.port: found -1, expected a number from 1 to 65535, without quotes`},
		{"port broken number", `993`, `993.0`, `a.toml:9:8: endpoint.port: found 993.0, expected a number from 1 to 65535, without quotes`},
		{"protocol", `"imap"`, `"IMAP"`, `a.toml:7:12: endpoint.protocol: found "IMAP", expected imap, pop3 or smtp`},
		{"security", `"tls"`, `"SSL"`, `a.toml:10:12: endpoint.security: found "SSL", expected tls, starttls, starttls-if-offered or none`},
		{"host label", `imap.example.com`, `-imap.example.com`, `a.toml:8:8: endpoint.host: found "-imap.example.com", expected a host name such as mail.example.com, or an IP address`},
		{"host with port", `imap.example.com`, `imap.example.com:993`, `a.toml:8:8: endpoint.host: found "imap.example.com:993", expected a host name such as mail.example.com, or an IP address`},
		{"host cut address", `imap.example.com`, `192.0.2`, `a.toml:8:8: endpoint.host: found "192.0.2", expected a host name such as mail.example.com, or an IP address`},
		{"host empty", `imap.example.com`, ``, `a.toml:8:8: endpoint.host: found "", expected a host name such as mail.example.com, or an IP address`},
		{"date with time", `2026-11-22`, `2026-11-22T10:00:00Z`, `a.toml:5:37: source.read: found 2026-11-22T10:00:00Z, expected a day such as 2026-11-22, without quotes`},
		{"source untitled", `title = "A page", `, ``, `a.toml:5:10: source.title is missing, expected the source's title`},
		{"domains empty", `["example.com"]`, `[]`, `a.toml:3:11: domains: found an empty list, expected a list such as ["example.com", "example.net"]`},
		{"no endpoint", whole[strings.Index(whole, "[[endpoint]]"):], "endpoint = []\n", `a.toml:6:12: endpoint: found an empty list, expected at least one`},
		{"id with a dot", `"example"`, `"example.com"`, `a.toml:1:6: id: found "example.com", expected words of a-z and 0-9 with hyphens between them, at most 63 letters`},
		{"name too long", `"Example"`, `"` + strings.Repeat("ä", 201) + `"`, `a.toml:2:8: name: found "` + strings.Repeat("ä", 60) + `...", expected at most 200 characters`},
		{"name as long as can be, and a fault", `name = "Example"`, `name = "` + strings.Repeat("ä", 200) + `" # ` + "\nnmae = 1", `a.toml:3:1: unknown key "nmae" (did you mean name?), expected id, name, domains, mx, further, user_name, source, note, endpoint, limit or documentation`},
		{"name of two lines", `"Example"`, `"""Exam` + "\n" + `ple"""`, `a.toml:2:8: name: found "Exam\nple", expected one line of text without control characters`},
		{"number out of range", "\nport", "\noptional = false\nnote2 = 99999999999999999999\nport", `a.toml:10:1: unknown key "endpoint.note2" (did you mean note?), expected protocol, host, port, security, optional, user_name, source or note`},
		{"unknown table", "[[endpoint]]", "[extra.deep]\n[[endpoint]]", `a.toml:6:2: unknown key "extra", expected id, name, domains, mx, further, user_name, source, note, endpoint, limit or documentation`},
		{"note nowhere", `port =`, "note = \"imap-unsupported\"\nport =", `a.toml:9:8: endpoint.note: found "imap-unsupported", expected the id of a note of this profile`},
		{"link with a password", `title = "A page",`, `title = "A page", url = "https://u:p@example.com/",`, `a.toml:5:36: source.url: found an address with an @ in it, expected an address such as https://example.com/help`},
		{"inline table reopened", "[[endpoint]]", "limit = { mailbox = { size = \"1 MB\" } }\n[limit.message]\nsize = \"1 MB\"\n[[endpoint]]", `a.toml:7:2: not TOML: key limit already exists as a value`},
		{"link to nowhere", `title = "A page",`, `title = "A page", url = "https:///help",`, `a.toml:5:36: source.url: found "https:///help", expected an address such as https://example.com/help`},
		{"user name of an endpoint", `port =`, "user_name = \"email\"\nport =", `a.toml:9:13: endpoint.user_name: found "email", expected full-address, local-part or assigned`},
		{"endpoint beside no-mail-programs", "[[endpoint]]", "[[note]]\nid = \"no-mail-programs\"\ntext = \"None.\"\n[[endpoint]]", `a.toml:9:3: endpoint: found one beside the note no-mail-programs, which says that there is none`},
		{"no endpoint beside another note", whole[strings.Index(whole, "[[endpoint]]"):], "[[note]]\nid = \"oauth-only\"\ntext = \"None.\"\n", `a.toml:1:1: endpoint is missing, expected [[endpoint]] with its keys below it`},
		{"link of a note", "[[endpoint]]", "[[note]]\nid = \"oauth-only\"\ntext = \"None.\"\nurl = \"help\"\n[[endpoint]]", `a.toml:9:7: note.url: found "help", expected an address such as https://example.com/help`},
		{"pattern in the middle", `"example.com"`, `"mail.*.example.com"`, `a.toml:3:12: domains: found "mail.*.example.com", expected a star, a dot and a domain, as in *.example.com`},
		{"pattern for everybody", `"example.com"`, `"*.co.uk"`, `a.toml:3:12: domains: found "*.co.uk", expected a pattern below the provider's own domain: under co.uk anybody has domains`},
		{"pattern twice", `"example.com"`, `"*.example.com", "*.EXAMPLE.com"`, `a.toml:3:29: domains: "*.EXAMPLE.com" stands here a second time; it was given on line 3`},
		{"domain below a pattern", `"example.com"`, `"a.b.example.com", "*.example.com", "*.b.example.com"`, "a.toml:3:12: domains: \"a.b.example.com\" lies within \"*.b.example.com\", which was given on line 3\n" + `a.toml:3:48: domains: "*.b.example.com" lies within "*.example.com", which was given on line 3`},
		{"mx empty", `user_name`, "mx = []\nuser_name", `a.toml:4:6: mx: found an empty list, expected a list such as ["mx.example.com", "*.mx.example.net"]`},
		{"mx no name", `user_name`, "mx = [\"mx\", 25]\nuser_name", "a.toml:4:7: mx: found \"mx\", expected a host name such as mx.example.com\na.toml:4:13: mx: found 25, expected a host name such as mx.example.com"},
		{"mx below a pattern", `user_name`, "mx = [\"*.mx.example\", \"a.mx.example\"]\nuser_name", `a.toml:4:23: mx: "a.mx.example" lies within "*.mx.example", which was given on line 4`},
		{"further domain twice", "[[endpoint]]", "[[further]]\ndomains = [\"example.com\"]\nsource = { title = \"A list\", read = 2026-11-22 }\n[[endpoint]]", `a.toml:7:12: further.domains: "example.com" stands here a second time; it was given on line 3`},
		{"further of nothing", "[[endpoint]]", "[[further]]\n[[endpoint]]", "a.toml:6:3: further.domains is missing, expected a list such as [\"example.com\", \"example.net\"]\n" + `a.toml:6:3: further.source is missing, expected the keys title and read, as in source = { title = "A page", read = 2026-11-22 }`},
		{"checked day in quotes", `read =`, `checked = "2026-11-20", read =`, `a.toml:5:40: source.checked: found "2026-11-20", expected a day such as 2026-11-22, or a month or year in quotes such as "2026-11"`},
		{"checked year without quotes", `read =`, `checked = 2026, read =`, `a.toml:5:40: source.checked: found 2026, expected a day such as 2026-11-22, or a month or year in quotes such as "2026-11"`},
		{"checked month of none", `read =`, `checked = "2026-13", read =`, `a.toml:5:40: source.checked: found "2026-13", expected a day such as 2026-11-22, or a month or year in quotes such as "2026-11"`},
		{"checked after it was read", `read =`, `checked = 2026-11-23, read =`, `a.toml:5:40: source.checked: found 2026-11-23, expected no time after 2026-11-22, when it was read`},
		{"checked month after it was read", `read =`, `checked = "2026-12", read =`, `a.toml:5:40: source.checked: found "2026-12", expected no time after 2026-11-22, when it was read`},
		{"host with the domain in the middle", `imap.example.com`, `imap.{domain}.example`, `a.toml:8:8: endpoint.host: found "imap.{domain}.example", expected a host name such as mail.example.com, or an IP address`},
		{"host with the domain twice", `imap.example.com`, `{domain}.{domain}`, `a.toml:8:8: endpoint.host: found "{domain}.{domain}", expected a host name such as mail.example.com, or an IP address`},
		{"host with a label too long", `imap.example.com`, strings.Repeat("a", 64) + `.{domain}`, `a.toml:8:8: endpoint.host: found "` + strings.Repeat("a", 60) + `...", expected a host name such as mail.example.com, or an IP address`},
		{"host with a domain of none", whole[strings.Index(whole, "domains"):], strings.Replace(strings.Replace(whole[strings.Index(whole, "domains"):], `domains = ["example.com"]`, `mx = ["mx.example.com"]`, 1), "imap.example.com", "imap.{domain}", 1), `a.toml:8:8: endpoint.host: found "imap.{domain}", expected no {domain} where domains has no plain domain`},
		{"list in a list", `["example.com"]`, `["example.com", ["example.net"]]`, `a.toml:3:1: domains: found a list, expected a mail domain such as example.com`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(whole, tt.old) {
				t.Fatalf("%q is not in the profile", tt.old)
			}
			p, err := Parse("a.toml", []byte(strings.Replace(whole, tt.old, tt.new, 1)))
			if err == nil {
				t.Fatalf("got %+v, want an error", p)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestManyProblems checks that a file which is no profile at all is not
// reported line by line.
func TestManyProblems(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		b.WriteString("key" + strings.Repeat("y", i%7) + strings.Repeat("z", i/7) + " = 1\n")
	}
	_, err := Parse("a.toml", []byte(b.String()))
	lines := strings.Split(err.Error(), "\n")
	if want := "a.toml: 4906 more problems are not shown"; len(lines) != 101 || lines[100] != want {
		t.Errorf("%d lines, the last %q, want 101 and %q", len(lines), lines[len(lines)-1], want)
	}
}

// TestParse compares a file with all that can stand in it with what is read.
func TestParse(t *testing.T) {
	profiles, err := Validate("testdata/user/company.toml")
	if err != nil {
		t.Fatal(err)
	}
	page := Source{Title: "Acme intranet, mail", URL: "https://intranet.acme.example/mail", Date: "2026-11-20"}
	want := []*Profile{{
		ID:       "acme",
		Name:     "Acme IT",
		Domains:  []string{"acme.example", "q.com"},
		UserForm: stage.LocalPart,
		Endpoints: []Endpoint{
			{Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "mail.acme.example", Port: 143, Security: stage.StartTLS}, Source: page},
			{
				Endpoint: stage.Endpoint{Protocol: stage.SMTP, Host: "192.0.2.25", Port: 587, Security: stage.StartTLS},
				Source:   Source{Title: "A letter from Acme IT", Date: "2026-11-21"},
			},
		},
		Message:       Limit{"1.5 GiB", 1610612736, Source{Title: "Acme intranet, limits", Date: "2026-11-19"}},
		Documentation: []Link{{"Outlook, step by step", "http://intranet.acme.example/outlook"}},
		Source:        page,
		File:          filepath.FromSlash("testdata/user/company.toml"),
	}}
	if diff := cmp.Diff(want, profiles); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	rules := profiles[0].ForRules()
	wantRules := &stage.Profile{
		ID: "acme", Name: "Acme IT", Date: "2026-11-20",
		Source:       "Acme intranet, mail (https://intranet.acme.example/mail)",
		Domains:      []string{"acme.example", "q.com"},
		UserName:     "local-part",
		MessageBytes: 1610612736,
		Endpoints:    []stage.Endpoint{want[0].Endpoints[0].Endpoint, want[0].Endpoints[1].Endpoint},
	}
	if diff := cmp.Diff(wantRules, rules); diff != "" {
		t.Errorf("for rules (-want +got)\n%s", diff)
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"700 MB": 734003200, "10MB": 10485760, "1 B": 1, "1.1 GB": 1181116006, "2 TiB": 2199023255552, "0.5 KB": 512,
		"1024 TB": 1 << 50, "1025 TB": 0,
		"": 0, "0 MB": 0, "0.9 B": 0, "-1 MB": 0, "700": 0, "700 mb": 0, "7 00 MB": 0, "700  MB": 0, "1e3 MB": 0, "999999999999999 TB": 0, ".5 MB": 0, "1,5 MB": 0, "700 MB ": 0,
	} {
		if got, ok := ParseSize(text); got != want || ok != (want > 0) {
			t.Errorf("%q: %d, %v, want %d", text, got, ok, want)
		}
	}
}

// TestManual loads the example in the package comment, so that the manual of
// the format stays true.
func TestManual(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var example strings.Builder
	for line := range strings.Lines(string(text)) {
		if code, ok := strings.CutPrefix(line, "//\t"); ok {
			example.WriteString(code)
		} else if line == "//\n" {
			example.WriteString("\n")
		}
	}
	p, err := Parse("doc.go", []byte(example.String()))
	if err != nil {
		t.Fatal(err)
	}
	if p.ID != "example" || len(p.Endpoints) != 2 || len(p.Notes) != 1 || len(p.Documentation) != 1 || len(p.Further) != 1 || len(p.MX) != 3 || len(p.Patterns) != 1 || p.Mailbox.IsZero() || p.Message.IsZero() {
		t.Errorf("the example is not complete: %+v", p)
	}
}

// TestNotAFile checks that what is no regular file is refused, not waited for.
func TestNotAFile(t *testing.T) {
	_, err := Validate(os.DevNull)
	if want := os.DevNull + ": cannot be read: not a regular file"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
