package profiles_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maildoctor/profiles"
)

// TestPlaces holds every name and every server of the embedded catalogue against the
// line that it is said to be on.
func TestPlaces(t *testing.T) {
	c, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range c.Profiles() {
		where, err := p.Places()
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(p.File)
		if err != nil {
			t.Fatal(err)
		}
		lines := append([]string{""}, strings.Split(string(text), "\n")...)
		if !strings.Contains(lines[where.Profile], p.ID) {
			t.Errorf("%s:%d: no %s", p.File, where.Profile, p.ID)
		}
		for _, name := range slices.Concat(p.Domains, p.Patterns, p.MX) {
			if n := where.Names[name]; n == 0 || !strings.Contains(lines[n], name) && !strings.Contains(lines[n], "xn--") && isASCII(lines[n]) {
				t.Errorf("%s:%d: no %s", p.File, n, name)
			}
		}
		if len(where.Servers) != len(p.Endpoints) {
			t.Fatalf("%s: %d servers, %d places", p.ID, len(p.Endpoints), len(where.Servers))
		}
		for i, e := range p.Endpoints {
			if near := strings.Join(lines[where.Servers[i]:min(where.Servers[i]+4, len(lines))], "\n"); !strings.Contains(near, e.Host) {
				t.Errorf("%s:%d: no %s", p.File, where.Servers[i], e.Host)
			}
		}
	}
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > '~' })
}

// TestPlacesOfOwnFiles: a file that has changed since it was loaded may be none any more.
func TestPlacesOfOwnFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "own.toml")
	text := "id = \"own\"\nname = \"Own\"\ndomains = [\n  \"own.example\",\n  \"two.example\",\n]\nuser_name = \"full-address\"\n" +
		"[source]\ntitle = \"A page\"\nread = 2026-11-22\n[[endpoint]]\nprotocol = \"imap\"\nhost = \"imap.own.example\"\nport = 993\nsecurity = \"tls\"\n"
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(text)
	all, err := profiles.Validate(file)
	if err != nil {
		t.Fatal(err)
	}
	where, err := all[0].Places()
	if err != nil || where.Profile != 1 || where.Names["two.example"] != 5 || len(where.Servers) != 1 || where.Servers[0] != 11 {
		t.Errorf("%+v, %v", where, err)
	}
	write("id = 1")
	if _, err := all[0].Places(); err == nil || !strings.Contains(err.Error(), "own.toml:1:6: id: found ") {
		t.Errorf("%v", err)
	}
}
