package cli

import (
	"strings"
	"testing"

	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/stage"
	"maildoctor/profiles/discover"
)

// discoveredBy returns settings that one source has for jane@firm.test.
func discoveredBy(id stage.SourceID, outcome stage.SourceOutcome, forgeable bool, host string) *discover.Result {
	set := func(p stage.Protocol, port uint16) stage.Setting {
		return stage.Setting{Endpoint: stage.Endpoint{Protocol: p, Host: host, Port: port, Security: stage.TLS}, Mechanisms: []string{"password-cleartext", "OAuth2"}}
	}
	return &discover.Result{
		Address: "jane@firm.test", Domain: "firm.test",
		Sources: []stage.Source{{ID: id, Domain: "firm.test", Outcome: outcome, Forgeable: forgeable, Settings: []stage.Setting{set(stage.IMAP, 993), set(stage.SMTP, 465)}}},
	}
}

// TestExportFound: the file and standard error warn of settings that somebody could
// have made up, and of nothing else.
func TestExportFound(t *testing.T) {
	tests := []struct {
		name string
		from *discover.Result
		want string // in the file and on standard error; empty: no warning
	}{
		{"a stranger's server, by SRV", discoveredBy(stage.SourceSRV, stage.SourceFound, true, "mail.elsewhere.test"), "mail.elsewhere.test could have been made up"},
		{"its own server, by SRV", discoveredBy(stage.SourceSRV, stage.SourceFound, true, "mail.firm.test"), ""},
		{"over HTTP", discoveredBy(stage.SourceAutoconfigHTTP, stage.SourceUnsafe, false, "mail.firm.test"), "without protection"},
		{"a guess", discoveredBy(stage.SourceGuess, stage.SourceFound, true, "mail.firm.test"), "usual server names"},
		{"its own file", discoveredBy(stage.SourceAutoconfig, stage.SourceFound, false, "mail.elsewhere.test"), ""},
	}
	for _, test := range tests {
		f := exportFlags{as: "msmtp"}
		if err := f.validate(); err != nil {
			t.Fatal(err)
		}
		s := &screen{}
		if err := f.write(s.pipe(), publishedSettings(test.from), ""); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		// Line breaks don't matter.
		file := strings.Join(strings.Fields(strings.ReplaceAll(s.out.String(), "\n#", "")), " ")
		said := strings.Join(strings.Fields(s.err.String()), " ")
		switch {
		case !strings.Contains(file, `user "jane@firm.test"`):
			t.Errorf("%s: wrote %s", test.name, file)
		case test.want == "" && said != "":
			t.Errorf("%s: said %s", test.name, said)
		case !strings.Contains(file, test.want), !strings.Contains(said, test.want):
			t.Errorf("%s: wrote %s\nand said %s\nwant %q in both", test.name, file, said, test.want)
		}
	}
}

// TestExportToken: a source that names only OAuth2 accepts no password.
func TestExportToken(t *testing.T) {
	r := discoveredBy(stage.SourceAutoconfig, stage.SourceFound, false, "mail.firm.test")
	for i := range r.Sources[0].Settings {
		r.Sources[0].Settings[i].Mechanisms = []string{"OAuth2"}
	}
	for form, ok := range map[string]bool{"qr": true, "django": false} {
		f := exportFlags{as: form}
		if err := f.validate(); err != nil {
			t.Fatal(err)
		}
		s := &screen{}
		if err := f.write(s.pipe(), publishedSettings(r), ""); (err == nil) != ok {
			t.Errorf("%s: %v", form, err)
		}
		if ok && !strings.Contains(s.err.String(), "takes no password") {
			t.Errorf("%s: said %s", form, s.err.String())
		}
	}
}

// TestExportToTerminal: a QR code has colours of its own on a terminal, and is
// refused if the terminal can't draw its signs.
func TestExportToTerminal(t *testing.T) {
	s := &screen{}
	run(t, fault.ExitWorks, s.terminal(), "settings", "jane@q.com", "--as", "qr")
	if !strings.Contains(s.out.String(), "\x1b[38;5;16;48;5;231m") {
		t.Errorf("without colours: %q", s.out.String())
	}
	bare := s.terminal()
	bare.ASCII = true
	run(t, fault.ExitUsage, bare, "settings", "jane@q.com", "--as", "qr")
	if !strings.Contains(s.err.String(), "expected --output FILE.png") {
		t.Errorf("said %s", s.err.String())
	}
}
