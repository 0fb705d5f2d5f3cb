//go:build unix

package realtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// DovecotConfig is the configuration of Dovecot. The zero value works.
type DovecotConfig struct {
	Certificate string // PEM files; empty: no TLS
	Key         string
	Mechanisms  string   // "plain login"; empty: plain
	Quota       string   // "10M"; empty: none
	TokenInfo   string   // URL that validates OAuth 2.0 tokens; empty: none
	Listen      string   // address; empty: 127.0.0.1
	Messages    []string // contents of messages in the inbox
	Place       *Place   // nil: loopback
	Users       []string // further lines of the password file (passwd-file)
	Extra       []string // further lines of dovecot.conf; the last line for a setting counts
}

// Dovecot is a running server.
type Dovecot struct {
	IMAP, IMAPS, POP3, POP3S int // ports
	Auth                     int // port of its SASL service, for Postfix
}

// StartDovecot runs Dovecot until the test ends.
func StartDovecot(t *testing.T, c DovecotConfig) Dovecot {
	t.Helper()
	needRoot(t)
	program := find(t, "dovecot", "/usr/sbin/dovecot")
	dir := folder(t)
	p := c.Place.ports(t, 143, 993, 110, 995, 12345)
	d := Dovecot{IMAP: p[0], IMAPS: p[1], POP3: p[2], POP3S: p[3], Auth: p[4]}
	users := fmt.Sprintf("%s:{PLAIN}%s::::::\n", User, Password)
	for _, l := range c.Users {
		users += l + "\n"
	}
	write(t, filepath.Join(dir, "users"), users)
	mail := filepath.Join(dir, "mail")
	if err := os.MkdirAll(mail, 0o777); err != nil {
		t.Fatal(err)
	}
	own(t, mail, "mail")
	deliver(t, filepath.Join(mail, User), c.Messages)
	write(t, filepath.Join(dir, "oauth2"), "tokeninfo_url = "+c.TokenInfo+"\nusername_attribute = email\nuse_grant_password = no\n")
	config := filepath.Join(dir, "dovecot.conf")
	write(t, config, dovecotConf(dir, c, d))
	serve(t, c.Place, filepath.Join(dir, "log"), program, "-F", "-c", config)
	// The master process opens all listening sockets before it starts other processes.
	await(t, c.Place.local(), d.Auth)
	return d
}

// deliver puts messages into a maildir.
func deliver(t *testing.T, dir string, messages []string) {
	t.Helper()
	if len(messages) == 0 {
		return
	}
	for _, d := range []string{dir, filepath.Join(dir, "cur"), filepath.Join(dir, "new"), filepath.Join(dir, "tmp")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
		own(t, d, "mail")
	}
	for i, m := range messages {
		name := filepath.Join(dir, "new", fmt.Sprintf("1700000000.M%d.x,S=%d", i, len(m)))
		write(t, name, m)
		own(t, name, "mail")
	}
}

func dovecotConf(dir string, c DovecotConfig, d Dovecot) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	mechanisms := c.Mechanisms
	if mechanisms == "" {
		mechanisms = "plain"
	}
	listen := []string{"127.0.0.1", c.Listen} // Postfix connects to the first
	if c.Place != nil {
		listen = append(listen, c.Place.Addresses...)
	}
	line("protocols = imap pop3\nlisten = %s", strings.Join(listen, " "))
	line("base_dir = %s/run\nstate_dir = %s/state\nlog_path = %s/log\nauth_verbose = yes", dir, dir, dir)
	line("default_login_user = nobody\ndefault_internal_user = dovecot\nmail_location = maildir:%s/mail/%%u", dir)
	line("auth_mechanisms = %s\nauth_failure_delay = 0\nmail_max_userip_connections = 50", mechanisms)
	line("passdb {\n driver = passwd-file\n args = scheme=plain username_format=%%u %s/users\n}", dir)
	line("userdb {\n driver = static\n args = uid=mail gid=mail home=%s/mail/%%u\n}", dir)
	line("first_valid_uid = 1\nfirst_valid_gid = 1")
	line("service stats {\n client_limit = 1000\n}")
	// No delay after a wrong password: the penalty grows each time.
	line("service anvil {\n unix_listener anvil-auth-penalty {\n  mode = 0\n }\n}")
	if c.Certificate == "" {
		line("ssl = no\ndisable_plaintext_auth = no")
	} else {
		line("ssl = yes\nssl_cert = <%s\nssl_key = <%s\nssl_min_protocol = TLSv1.2", c.Certificate, c.Key)
	}
	line("service imap-login {\n inet_listener imap {\n  port = %d\n }\n inet_listener imaps {\n  port = %d\n  ssl = yes\n }\n}", d.IMAP, d.IMAPS)
	line("service pop3-login {\n inet_listener pop3 {\n  port = %d\n }\n inet_listener pop3s {\n  port = %d\n  ssl = yes\n }\n}", d.POP3, d.POP3S)
	line("service auth {\n inet_listener {\n  address = 127.0.0.1\n  port = %d\n }\n}", d.Auth)
	if c.Quota != "" {
		line("mail_plugins = quota\nprotocol imap {\n mail_plugins = quota imap_quota\n}")
		line("plugin {\n quota = maildir:User quota\n quota_rule = *:storage=%s\n}", c.Quota)
	}
	if c.TokenInfo != "" {
		line("passdb {\n driver = oauth2\n mechanisms = xoauth2 oauthbearer\n args = %s/oauth2\n}", dir)
	}
	for _, l := range c.Extra {
		line("%s", l)
	}
	return b.String()
}
