package laboratory

import (
	"bytes"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// wire are causes in what a server sends first, and in the change to TLS.
var wire = []scenario{
	{"submission-spoken-tls", cause.TLSSpokenToPlaintextPort, nil, func(w *world) []string {
		w.provider()
		return login("smtps://smtp.mail.test:587")
	}},
	{"imap-spoken-tls", cause.TLSSpokenToPlaintextPort, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		return login("imaps://imap.mail.test:143")
	}},
	{"imaps-spoken-plain", cause.ImplicitTLSPortSpokenPlain, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		return login("imap://imap.mail.test:993")
	}},
	{"submissions-spoken-plain", cause.ImplicitTLSPortSpokenPlain, nil, func(w *world) []string {
		w.provider()
		return login("smtp://smtp.mail.test:465")
	}},
	{"imap-without-starttls", cause.StartTLSNotOfferedByServer, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{"ssl = no", "disable_plaintext_auth = no"}})
		return login("imap://imap.mail.test")
	}},
	{"submission-without-starttls", cause.StartTLSNotOfferedByServer, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_tls_security_level = none"}})
		return login("smtp://smtp.mail.test")
	}},
	{"submission-key-unreadable", cause.StartTLSBrokenOnServer, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_tls_key_file = /nonexistent/key.pem"}})
		return login("smtp://smtp.mail.test")
	}},
	{"starttls-refused", cause.StartTLSBrokenOnServer, nil, func(w *world) []string {
		w.mail(smtpIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, Faults: []probetest.Fault{probetest.StartTLSRefused}})
		return login("smtp://smtp.mail.test")
	}},
	{"starttls-then-closed", cause.StartTLSAcceptedThenDropped, nil, func(w *world) []string {
		w.play(smtpIP+":587", `
			S: 220 smtp.mail.test ESMTP
			C: EHLO *
			S: 250-smtp.mail.test
			S: 250-PIPELINING
			S: 250 STARTTLS
			C: STARTTLS
			S: 220 go ahead
			close`, nil)
		return login("smtp://smtp.mail.test")
	}},
	{"submission-stripped", cause.StartTLSStrippedByMiddlebox, nil, func(w *world) []string {
		w.provider()
		w.strip("587", masked)
		return customer
	}},
	{"imap-stripped", cause.StartTLSStrippedByMiddlebox, nil, func(w *world) []string {
		w.provider()
		w.strip("143", masked)
		return login("imap://imap.mail.test")
	}},
	{"login-before-starttls", cause.MustIssueStartTLSFirst, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		return login("imap://imap.mail.test?starttls=never", "--allow-cleartext-login")
	}},
	{"submission-before-starttls", cause.MustIssueStartTLSFirst, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_tls_security_level = encrypt"}})
		return login("smtp://smtp.mail.test?starttls=never", "--allow-cleartext-login")
	}},
	{"pop3-on-the-imap-port", cause.WrongProtocolOnPort, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{
			"service imap-login {\n inet_listener imap {\n  port = 0\n }\n}",
			"service pop3-login {\n inet_listener odd {\n  port = 143\n }\n}",
		}})
		return login("imap://imap.mail.test")
	}},
	{"ssh-on-the-imaps-port", cause.WrongProtocolOnPort, nil, func(w *world) []string {
		w.play(imapIP+":993", "S: SSH-2.0-OpenSSH_9.2p1 Debian-2\nhang", nil)
		return login("imaps://imap.mail.test")
	}},
	{"reset-after-accept", cause.ConnectionResetAfterAccept, nil, func(w *world) []string {
		w.handle(w.server, imapIP+":143", reset)
		return login("imap://imap.mail.test")
	}},
	{"silent-after-accept", cause.AcceptNoGreeting, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.play(smtpIP+":587", "hang", nil)
		w.profile(usual...)
		return customer
	}},
	{"submission-tarpit", cause.GreetingDelayTarpit, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.exim(realtest.EximConfig{Connect: "  accept delay = 20s"})
		w.profile(usual...)
		return customer
	}},
	{"client-rejected", cause.GreetingRefusedByPolicy, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_client_restrictions = reject"}})
		w.profile(usual...)
		return customer
	}},
}

// masked overwrites the offer of STARTTLS with as many letters, as mail inspection
// in firewalls does.
func masked(said []byte) []byte {
	return bytes.ReplaceAll(said, []byte("STARTTLS"), []byte("XXXXXXXA"))
}
