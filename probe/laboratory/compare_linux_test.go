package laboratory

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildoctor/probe/realtest"
)

// prefs is what Thunderbird keeps of an account: port, encryption (0 none, 2 STARTTLS, 3
// TLS) and user name of the incoming server, and the port of the outgoing one.
func prefs(host, port, encryption, name, sending string) string {
	return `user_pref("extensions.lastAppVersion", "140.0");
user_pref("mail.accountmanager.accounts", "account1");
user_pref("mail.account.account1.identities", "id1");
user_pref("mail.account.account1.server", "server1");
user_pref("mail.identity.id1.useremail", "` + user + `");
user_pref("mail.identity.id1.smtpServer", "smtp1");
user_pref("mail.server.server1.type", "imap");
user_pref("mail.server.server1.hostname", "` + host + `");
user_pref("mail.server.server1.port", ` + port + `);
user_pref("mail.server.server1.socketType", ` + encryption + `);
user_pref("mail.server.server1.userName", "` + name + `");
user_pref("mail.smtpservers", "smtp1");
user_pref("mail.smtpserver.smtp1.hostname", "smtp.mail.test");
user_pref("mail.smtpserver.smtp1.port", ` + sending + `);
user_pref("mail.smtpserver.smtp1.try_ssl", 2);
user_pref("mail.smtpserver.smtp1.username", "` + user + `");
`
}

// TestCompare: what a mail program has is laid beside what works, and each field to change
// is named in its own words. The password that another program has stored logs in, and is
// written nowhere.
func TestCompare(t *testing.T) {
	need(t, "ip", "nft", "unbound")
	for _, c := range []struct {
		name, prefs string
		code        int
		says        []string
		not         string
	}{
		{
			"agrees", prefs("imap.mail.test", "993", "3", user, "587"), 0,
			[]string{"✓ WORKS", "Thunderbird and msmtp have the same settings", "Logins     2 tried, 0 refused"},
			"instead of",
		},
		{
			"another-port-that-works", prefs("imap.mail.test", "143", "2", user, "587"), 0,
			[]string{"✓ WORKS", "Port: 143 instead of 993; Connection security: STARTTLS instead of SSL/TLS; that works too"},
			"settings-differ",
		},
		{
			"no-encryption", prefs("imap.mail.test", "143", "0", user, "587"), 1,
			[]string{"1. You: in Thunderbird, change the port to 993 and the encryption to SSL/TLS", "Without encryption, the password can be read on the way.", "Account Settings > the account > Server Settings."},
			"",
		},
		{
			"a-host-that-is-gone", prefs("imap.old.mail.test", "993", "3", user, "587"), 1,
			[]string{"1. You: in Thunderbird, change the server name to imap.mail.test", "Server Name: imap.old.mail.test instead of imap.mail.test", "settings-differ-from-profile, proven"},
			"",
		},
		{
			"a-port-that-is-blocked", prefs("imap.mail.test", "993", "3", user, "25"), 1,
			[]string{"1. You: in Thunderbird, change the port to 587 for the outgoing server.", "Port 25 of smtp.mail.test does not work from here", "Account Settings > Outgoing Server > Edit."},
			"",
		},
		{
			"another-user-name", prefs("imap.mail.test", "993", "3", "jane", "587"), 1,
			[]string{"1. You: in Thunderbird, change the user name to " + user, "User Name: jane instead of " + user, "settings-differ-from-profile, likely"},
			"",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, _ := built(t, scenario{build: func(w *world) []string {
				w.dovecot(realtest.DovecotConfig{})
				w.postfix(realtest.PostfixConfig{})
				w.profile("imap imap.mail.test 993 tls", "smtp smtp.mail.test 587 starttls")
				w.forward("tcp dport 25 drop")
				return nil
			}})
			home := filepath.Join(w.dir, ".thunderbird")
			if err := os.MkdirAll(filepath.Join(home, "q.default"), 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(home, "profiles.ini"), "[Profile0]\nName=default\nIsRelative=1\nPath=q.default\n")
			write(t, filepath.Join(home, "q.default", "prefs.js"), c.prefs)
			write(t, filepath.Join(w.dir, ".msmtprc"), "account mail\nhost smtp.mail.test\nport 587\ntls on\nauth on\nfrom "+user+"\nuser "+user+"\npassword "+right+"\n")
			saved := filepath.Join(w.dir, "compared.jsonl")
			out, code := w.run("compare", "--profiles", w.profiles, "--use-stored-password", "--save", saved, "--width", "200")
			text := strings.Join(strings.Fields(out), " ")
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, s := range c.says {
				if !strings.Contains(text, strings.Join(strings.Fields(s), " ")) {
					t.Errorf("it doesn't say %q", s)
				}
			}
			if c.not != "" && strings.Contains(text, c.not) {
				t.Errorf("it says %q", c.not)
			}
			stream, err := os.ReadFile(saved)
			if err != nil || strings.Contains(out+string(stream), right) {
				t.Errorf("the password is written down, or nothing is: %v", err)
			}
			again, code := w.command("report", saved, "--width", "200")
			if again != out || code != c.code {
				t.Errorf("the saved run says something else, with code %d", code)
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}
