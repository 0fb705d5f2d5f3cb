package installed

import (
	"fmt"
	"strings"
	"testing"
)

// readAs reads a text in a format, as a file of the name FILE.
func readAs(t testing.TB, name, text string) Found {
	t.Helper()
	f, ok := formatOf(name)
	if !ok {
		t.Fatalf("%s is no format", name)
	}
	var found Found
	r := &reader{program: f.program, place: "FILE", found: &found}
	if name == "evolution" {
		keepEvolution([]source{readSource(r, "acc1.source", text)})
		return found
	}
	f.read(r, Environment{}, "FILE", []byte(text), nil)
	return found
}

// server is a server in one line, and its password.
func server(a Account, i int) string {
	s := a.Servers[i]
	line := fmt.Sprintf("%s %s %s user=%s", s.Protocol, s.Address(), s.Security, s.User)
	if s.Mechanism != "" {
		line += " by=" + s.Mechanism
	}
	if s.Unchecked {
		line += " unchecked"
	}
	if s.Defaults != nil {
		line += " left=" + strings.Join(s.Defaults, ",")
	}
	if s.Place != "" {
		line += " in=" + s.Place
	}
	if s.Line != 0 {
		line += fmt.Sprint(" line=", s.Line)
	}
	if p, ok := a.Password(i); ok {
		line += " password=" + p.Reveal()
	}
	return line
}

// told is all that was found, a line each.
func told(f Found) string {
	var b strings.Builder
	for _, a := range f.Accounts {
		fmt.Fprintf(&b, "%s %q <%s>\n", a.Program, a.Account, a.Address)
		for i := range a.Servers {
			b.WriteString("\t" + server(a, i) + "\n")
		}
	}
	for _, p := range f.Relayed {
		fmt.Fprintf(&b, "relayed: %s\n", p)
	}
	for _, p := range f.Problems {
		fmt.Fprintf(&b, "problem: %s\n", p)
	}
	return b.String()
}

// same compares what was found.
func same(t *testing.T, f Found, want string) {
	t.Helper()
	want = strings.TrimLeft(want, "\n")
	if got := told(f); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestRead(t *testing.T) {
	for _, tt := range readings {
		t.Run(tt.format+"/"+tt.name, func(t *testing.T) { same(t, readAs(t, tt.format, tt.text), tt.want) })
	}
	for _, f := range formats {
		some := false
		for _, tt := range readings {
			some = some || tt.format == f.name
		}
		if !some {
			t.Errorf("%s: no text is read", f.name)
		}
	}
}

// TestEmpty: a file of nothing has nothing, and one of something else says so.
func TestEmpty(t *testing.T) {
	for _, f := range formats {
		for _, text := range []string{"", "\n\n", "# nothing\n", "\x00\xff\xfe\x00"} {
			if found := readAs(t, f.name, text); len(found.Accounts) != 0 {
				t.Errorf("%s: %q gives %s", f.name, text, told(found))
			}
		}
	}
}

// TestHosts: what can't be a host is kept as it was typed, and harmless.
func TestHosts(t *testing.T) {
	for in, want := range map[string]string{
		"IMAP.Example.NET.": "imap.example.net", "büro.example": "xn--bro-hoa.example", "[::1]": "::1", "192.0.2.1": "192.0.2.1",
		"imap,example.net": "imap,example.net", "imap example.net": "imap example.net", "a\x1b[31m": `a\x1b[31m`, "mail_server": "mail_server",
		"::ffff:192.0.2.1": "::ffff:192.0.2.1",
	} {
		if got := hostOf(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestBounds: no more accounts than are promised, and that is said.
func TestBounds(t *testing.T) {
	var b strings.Builder
	for i := range maxAccounts + 50 {
		fmt.Fprintf(&b, "account a%d\nhost h%d.example\n", i, i)
	}
	found := readAs(t, "msmtp", b.String())
	if n := len(found.Accounts); n != maxAccounts || len(found.Problems) != 1 {
		t.Errorf("%d accounts, %v", n, found.Problems)
	}
	found = readAs(t, "fetchmail", strings.Repeat("? ", 500))
	if n := len(found.Problems); n != maxProblems {
		t.Errorf("%d problems", n)
	}
	grown := readAs(t, "mutt", "set folder=imaps://h.example imap_user=a\n"+strings.Repeat("set imap_user+=aaaaaaaa\n", 1000))
	if user := grown.Accounts[0].Servers[0].User; user != "" {
		t.Errorf("a user name of %d bytes", len(user))
	}
	long := readAs(t, "msmtp", "host h.example\nuser "+strings.Repeat("u", 5000)+"\n").Accounts[0].Servers[0].User
	if len(long) > maxValue+len("…") {
		t.Errorf("a user name of %d bytes", len(long))
	}
}

func TestFormats(t *testing.T) {
	for in, want := range map[string]string{`outlook:C:\x.reg`: `outlook C:\x.reg`, "msmtp:a": "msmtp a", "msmtp:": " ", "msmtp": " ", "eudora:x": " "} {
		if name, path, err := SplitFile(in); name+" "+path != want || (err == nil) != (path != "") {
			t.Errorf("%q: %q %q %v", in, name, path, err)
		}
	}
	if _, err := ReadFile("eudora", "x"); err == nil || !strings.Contains(err.Error(), "thunderbird, evolution") {
		t.Errorf("%v", err)
	}
	for _, name := range Formats() {
		found, err := ReadFile(name, t.TempDir()+"/missing")
		if err != nil || len(found.Problems) != 1 || !strings.Contains(found.Problems[0].Message, "no such file") {
			t.Errorf("%s: %v %v", name, found, err)
		}
	}
}
