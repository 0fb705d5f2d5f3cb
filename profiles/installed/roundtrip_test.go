package installed_test

import (
	"os"
	"path/filepath"
	"testing"

	"maildoctor/probe/stage"
	"maildoctor/profiles/export"
	"maildoctor/profiles/installed"
)

// TestReadsWhatIsWritten: what is exported for a program is read as it was meant.
func TestReadsWhatIsWritten(t *testing.T) {
	formats := map[string]string{"msmtp": "msmtp", "isync": "isync", "neomutt": "neomutt", "mobileconfig": "mobileconfig", "env": "env"}
	for form, format := range formats {
		for _, security := range []stage.Security{stage.TLS, stage.StartTLS, stage.None} {
			for _, user := range []string{"jane@q.com", "j.doe", `DOM\jane`} {
				t.Run(form+"/"+string(security)+"/"+user, func(t *testing.T) { readBack(t, form, format, security, user) })
			}
		}
	}
}

func readBack(t *testing.T, form, format string, security stage.Security, user string) {
	ports := map[stage.Protocol]uint16{stage.IMAP: 143, stage.SMTP: 587}
	if security == stage.TLS {
		ports = map[stage.Protocol]uint16{stage.IMAP: 993, stage.SMTP: 465}
	}
	s := export.Settings{Address: "jane@q.com", Domain: "q.com"}
	for _, p := range []stage.Protocol{stage.IMAP, stage.SMTP} {
		s.Servers = append(s.Servers, export.Server{Endpoint: stage.Endpoint{Protocol: p, Host: string(p) + ".q.com", Port: ports[p], Security: security}, User: user})
	}
	f, ok := export.Named(form)
	if !ok {
		t.Fatalf("no form %s", form)
	}
	file, err := f.Write(s)
	if err != nil {
		if form == "env" && user == `DOM\jane` { // which it can't quote
			return
		}
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := installed.ReadFile(format, path)
	if err != nil || len(found.Problems) != 0 || len(found.Accounts) == 0 {
		t.Fatalf("%v %+v of\n%s", err, found, file)
	}
	a := found.Accounts[0]
	if form != "isync" && a.Address != s.Address {
		t.Errorf("the address is %q", a.Address)
	}
	uses := f.Uses(s)
	if len(a.Servers) != len(uses) {
		t.Fatalf("%+v, want %+v", a.Servers, uses)
	}
	for i, want := range uses {
		if got := a.Servers[i]; got.Endpoint != want.Endpoint || got.User != want.User || len(got.Defaults) != 0 || got.Unchecked {
			t.Errorf("%+v, want %+v of\n%s", got, want, file)
		}
	}
}
