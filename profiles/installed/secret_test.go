package installed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const canary = "tr0ub4dor-canary"

// secrets are texts with a password where the format has one, and where it is out of
// place.
var secrets = map[string][]string{
	"msmtp":       {"host h\npassword CANARY\n", "host h\nport CANARY\n", "password \"CANARY\nhost h\naccount a : CANARY\n", "CANARY\nhost h\n"},
	"isync":       {"IMAPAccount a\nHost h\nPass CANARY\n", "IMAPAccount a\nHost h\nPass \"CANARY\nPort CANARY\n", "IMAPAccount a\nHost h\nTLSType CANARY\n"},
	"fetchmail":   {"poll h proto imap user u pass CANARY", "poll h proto imap user u pass = CANARY CANARY", "poll h proto imap user u pass 'CANARY", "poll h proto CANARY port CANARY user u", "poll h proto imap user u pass 'x' y' CANARY"},
	"neomutt":     {"set folder=imaps://u:CANARY@h", "set folder=imaps://h imap_pass=CANARY", "set folder=imaps://h imap_pass=\"CANARY", "set smtp_url=smtp://u:CANARY/x@h", "source CANARY\nset folder=imap://h:CANARY"},
	"mutt":        {"set spoolfile=pop://u:CANARY@h:CANARY", "account-hook . 'set imap_pass=CANARY'\nset folder=imap://h"},
	"thunderbird": {"user_pref(\"x\", CANARY);\nuser_pref(\"CANARY", "user_pref(\"mail.accountmanager.accounts\",\"a\");user_pref(\"mail.account.a.server\",\"s\");"},
	"evolution":   {"CANARY\n[Mail Account]\nBackendName=imapx\n[Authentication]\nHost=h\nPort=CANARY\nPassword=CANARY\n"},
	"k9":          {"<k9settings><accounts><account><incoming-server type='IMAP'><host>h</host><port>CANARY</port><password>CANARY</password></incoming-server></account></accounts></CANARY>"},
	"mobileconfig": {`<plist><dict><key>PayloadContent</key><array><dict><key>PayloadType</key><string>com.apple.mail.managed</string>
		<key>IncomingMailServerHostName</key><string>h</string><key>IncomingPassword</key><string>CANARY</string></dict></array></dict></plist>`},
	"outlook": {"REGEDIT4\n[a\\9375CFF0413111d3B88A00104B2A6676\\00000001]\n\"IMAP Server\"=\"h\"\n\"IMAP Password\"=\"CANARY\"\n\"IMAP Port\"=CANARY\n\"CANARY\n"},
	"env":     {"SMTP_HOST=h\nSMTP_PASSWORD=CANARY\n", "SMTP_HOST=h\nSMTP_PASSWORD=\"CANARY\nx\n", "SMTP_HOST=h\nSMTP_PASSWORD CANARY\n", "SMTP_HOST=h\nSMTP_PORT=CANARY\n", "MAILER_DSN=smtp://u:CANARY@h\nSMTP_URL=smtp://u:CANARY/@g\nEMAIL_URL=smtps://u:x@y:CANARY", "GF_SMTP_HOST=h:CANARY"},
}

// printed is all that was found in every form that somebody may give it.
func printed(t testing.TB, f Found) string {
	t.Helper()
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb, f)
		for _, a := range f.Accounts {
			fmt.Fprintf(&b, verb+verb, a, a.stored)
			for i := range a.Servers {
				p, _ := a.Password(i)
				fmt.Fprintf(&b, verb+verb+verb, p, &p, struct{ in map[string]Stored }{map[string]Stored{"x": p}})
			}
		}
		for _, p := range f.Problems {
			fmt.Fprintf(&b, verb, p)
		}
	}
	j, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	b.Write(j)
	for _, a := range f.Accounts {
		for i := range a.Servers {
			p, _ := a.Password(i)
			j, err := json.Marshal(map[string]any{"a": p, "b": &p, "c": struct{ P Stored }{p}})
			if err != nil {
				t.Fatal(err)
			}
			b.Write(j)
			slog.New(slog.NewTextHandler(&b, nil)).Info("one", "p", p, "all", []Stored{p})
			slog.New(slog.NewJSONHandler(&b, nil)).Info("one", "p", p, "all", []Stored{p})
		}
	}
	slog.New(slog.NewTextHandler(&b, nil)).Info("found", "all", f, "accounts", f.Accounts)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("found", "all", f)
	return b.String()
}

// TestNoPasswordIsPrinted: not where it belongs, nor out of place.
func TestNoPasswordIsPrinted(t *testing.T) {
	kept := 0
	for _, f := range formats {
		if len(secrets[f.name]) == 0 {
			t.Errorf("%s: no text with a password", f.name)
		}
		for _, text := range secrets[f.name] {
			found := readAs(t, f.name, strings.ReplaceAll(text, "CANARY", canary))
			if out := printed(t, found); strings.Contains(out, canary) || strings.Contains(out, fmt.Sprintf("%x", canary)) {
				t.Errorf("%s: %q is printed:\n%s", f.name, text, told(found))
			}
			for _, a := range found.Accounts {
				for i := range a.Servers {
					if p, ok := a.Password(i); ok && p.Reveal() == canary {
						kept++
					}
				}
			}
		}
	}
	if kept < 10 {
		t.Errorf("only %d passwords were read", kept)
	}
}

func TestStored(t *testing.T) {
	p := stored(canary)
	if p.String() != stars || p.GoString() != stars || fmt.Sprint(p) != stars || p.Reveal() != canary || (Stored{}).Reveal() != "" {
		t.Error("a password is not as it should be")
	}
	a := Account{stored: []Stored{p, {}}}
	for i, want := range map[int]bool{-1: false, 0: true, 1: false, 2: false} {
		if _, ok := a.Password(i); ok != want {
			t.Errorf("%d: %t", i, ok)
		}
	}
}
