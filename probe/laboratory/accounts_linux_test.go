package laboratory

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/realtest"
)

// accounts are causes that show at or after the login.
var accounts = []scenario{
	{"wrong-password", cause.WrongPassword, nil, func(w *world) []string {
		w.provider()
		w.password = wrong
		return customer
	}},
	{"wrong-password-exim", cause.WrongPassword, nil, func(w *world) []string {
		w.exim(realtest.EximConfig{})
		w.password = wrong
		return login("smtp://smtp.mail.test")
	}},
	{"mailbox-full", cause.MailboxFull, nil, func(w *world) []string {
		message := "Subject: x\n\n" + strings.Repeat("y\n", 2000)
		w.dovecot(realtest.DovecotConfig{Quota: "1K", Messages: []string{message, message}})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		return customer
	}},
	{"maildrop-locked", cause.POP3MaildropLocked, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{"pop3_lock_session = yes"}, Messages: []string{"Subject: x\n\nx\n"}})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		w.hold(w.server, popIP+":995", "AUTH PLAIN "+plain(), "STAT")
		return customer
	}},
	{"one-connection-per-user", cause.TooManyConnectionsPerUser, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{"mail_max_userip_connections = 1"}})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		w.hold(w.client, imapIP+":993", "a AUTHENTICATE PLAIN "+plain())
		return customer
	}},
	{"sender-of-another", cause.SenderAddressNotPermitted, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{
			"smtpd_sender_restrictions = reject_sender_login_mismatch",
			"smtpd_sender_login_maps = inline:{" + user + "=other@mail.test}",
		}})
		w.profile(usual...)
		return customer
	}},
	{"sender-of-another-told-at-the-recipient", cause.SenderAddressNotPermitted, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{
			"smtpd_sender_restrictions = reject_sender_login_mismatch",
			"smtpd_sender_login_maps = inline:{" + user + "=other@mail.test}",
			"smtpd_delay_reject = yes",
		}})
		w.profile(usual...)
		return customer
	}},
	{"password-readable", cause.PasswordInClear, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{"ssl = no", "disable_plaintext_auth = no"}})
		return login("pop3://pop.mail.test?starttls=never")
	}},
}

// plain returns the account's PLAIN message (RFC 4616).
func plain() string {
	return base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + right))
}

// hold runs another mail program on one of the machines: it connects with TLS, sends
// these lines, reads one reply to each, and stays connected until the test ends.
func (w *world) hold(h *host, address string, lines ...string) {
	w.t.Helper()
	raw, err := h.dial("tcp", address)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { raw.Close() })
	raw.SetDeadline(time.Now().Add(20 * time.Second))
	c := tls.Client(raw, &tls.Config{RootCAs: w.authority().root.Pool(), ServerName: imapHost})
	in := bufio.NewReader(c)
	for _, l := range append([]string{""}, lines...) {
		if l != "" {
			if _, err := c.Write([]byte(l + "\r\n")); err != nil {
				w.t.Fatal(err)
			}
		}
		answer, err := in.ReadString('\n')
		if err != nil || strings.HasPrefix(answer, "-ERR") || strings.Contains(answer, " NO ") || strings.Contains(answer, " BAD ") {
			w.t.Fatalf("%q was answered %q: %v", l, answer, err)
		}
	}
}
