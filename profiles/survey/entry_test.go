package survey_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/profiles"
	"maildoctor/profiles/importer"
	"maildoctor/profiles/survey"
)

// listed shows entries, a line for each, and one for each of its servers.
func listed(all []survey.Entry) string {
	var b strings.Builder
	for _, e := range all {
		fmt.Fprintf(&b, "%s:%d %s (%s) mx %s\n", filepath.Base(e.File), e.Line, e.ID(), e.Profile, strings.Join(e.MX, ","))
		for _, s := range e.Servers {
			fmt.Fprintf(&b, "  %d %s %v\n", s.Line, survey.Key(s.Endpoint), s.Optional)
		}
	}
	return b.String()
}

const file = `<clientConfig version="1.1">
<emailProvider id="firm.example">
<domain>firm.example</domain>
<domain>branch.firm.example</domain>
<domain purpose="mx">mx.firm.example</domain>
<incomingServer type="pop3">
<hostname>pop.%EMAILDOMAIN%</hostname><port>110</port><socketType>plain</socketType><username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication>
</incomingServer>
<outgoingServer type="smtp">
<hostname>smtp.firm.example</hostname><port>587</port><socketType>STARTTLS</socketType><username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication>
</outgoingServer>
</emailProvider>
</clientConfig>
`

// TestFromFiles: files of the database as they are, with the lines of their elements.
func TestFromFiles(t *testing.T) {
	files := []importer.File{{Name: "ispdb/firm.example.xml", Text: []byte(file)}}
	from := importer.Origin{Source: func(importer.File) profiles.Source { return profiles.Source{Title: "x", Date: "2026-11-30"} }}
	all, err := survey.FromFiles(files, from)
	if err != nil {
		t.Fatal(err)
	}
	const want = `firm.example.xml:4 branch.firm.example (firm-example) mx *.mx.firm.example
  6 pop3 pop.branch.firm.example:110 none false
  9 smtp smtp.firm.example:587 starttls false
firm.example.xml:3 firm.example (firm-example) mx *.mx.firm.example
  6 pop3 pop.firm.example:110 none false
  9 smtp smtp.firm.example:587 starttls false
`
	if d := cmp.Diff(want, listed(all)); d != "" {
		t.Error(d)
	}
	if all[0].File != files[0].Name {
		t.Errorf("%s", all[0].File)
	}
	files[0].Text = []byte("<clientConfig>\n<emailProvider>\n</clientConfig>")
	if _, err := survey.FromFiles(files, from); err == nil || !strings.HasPrefix(err.Error(), "ispdb/firm.example.xml:3:1: found the end of ") {
		t.Errorf("%v", err)
	}
}

// TestFromProfiles: patterns aren't looked up, servers on the user's own machine not
// visited, and a domain counts for the profile that it leads to.
func TestFromProfiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const source = "user_name = \"full-address\"\n[source]\ntitle = \"A page\"\nread = 2026-11-22\n"
	imap := func(host string) string {
		return "[[endpoint]]\nprotocol = \"imap\"\nhost = \"" + host + "\"\nport = 993\nsecurity = \"tls\"\n"
	}
	write("a.toml", "id = \"a\"\nname = \"A\"\ndomains = [\"a.example\", \"*.a.example\"]\n"+source+imap("imap.{domain}")+imap("127.0.0.1")+imap("localhost"))
	write("b.toml", "id = \"b\"\nname = \"B\"\nmx = [\"mx.b.example\"]\n"+source+imap("imap.b.example")+"optional = true\n")
	found, err := profiles.Validate(dir)
	if err != nil {
		t.Fatal(err)
	}
	all, err := survey.FromProfiles(profiles.NewCatalogue(found...))
	if err != nil {
		t.Fatal(err)
	}
	const want = `a.toml:3 a.example (a) mx 
  8 imap imap.a.example:993 tls false
b.toml:1 b (b) mx mx.b.example
  8 imap imap.b.example:993 tls true
`
	if d := cmp.Diff(want, listed(all)); d != "" {
		t.Error(d)
	}
}

// TestCatalogue: all that the program knows can be looked at, and every line is known.
func TestCatalogue(t *testing.T) {
	c, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	all, err := survey.FromProfiles(c)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range all {
		if seen[e.ID()] {
			t.Errorf("%s stands there twice", e.ID())
		}
		seen[e.ID()] = true
		if e.Line == 0 || e.File == "" {
			t.Errorf("%s is at %s:%d", e.ID(), e.File, e.Line)
		}
		for _, s := range e.Servers {
			if s.Line == 0 || strings.ContainsAny(s.Host, "{}") {
				t.Errorf("%s: %+v", e.ID(), s)
			}
		}
	}
	if !seen["gmail.com"] || !seen["amazon-ses"] || len(all) < 500 {
		t.Errorf("%d entries", len(all))
	}
}
