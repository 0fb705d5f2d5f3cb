package laboratory

import (
	"crypto/tls"
	"encoding/pem"
	"io"
	"net"
	"path/filepath"
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// greetings are causes in the greeting, besides those of wire.
var greetings = []scenario{
	// Dovecot asks for patience after ten seconds, and gives up after thirty. It is
	// also right to say that its login service is broken.
	{"imap-without-its-login-service", cause.AcceptNoGreeting, []cause.ID{cause.AuthBackendTemporaryFailure}, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{"service auth {\n executable = /usr/bin/sleep 600\n}"}})
		return login("imap://imap.mail.test")
	}},
	{"pop3-silent-after-accept", cause.AcceptNoGreeting, nil, func(w *world) []string {
		w.play(popIP+":110", "hang", nil)
		return login("pop3://pop.mail.test")
	}},
	{"postfix-counts-connections", cause.ServerBusyGreeting, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_client_connection_count_limit = 1", "mynetworks = 127.0.0.0/8"}})
		w.profile(usual...)
		w.occupy(smtpIP + ":587")
		return customer
	}},
	{"postfix-takes-one-at-a-time", cause.ConnectionsLimited, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_client_connection_count_limit = 1", "mynetworks = 127.0.0.0/8"}})
		return login("smtp://smtp.mail.test", "smtp://smtp.mail.test?starttls=if-offered", "smtps://smtp.mail.test")
	}},
	{"imap-fails-the-first-time", cause.IntermittentFailure, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.fickle("993", 1)
		return append(login("imaps://imap.mail.test"), "--retries", "2", "--retry-wait", "1s")
	}},
	{"imap-busy", cause.ServerBusyGreeting, nil, func(w *world) []string {
		w.mail(imapIP+":993", probetest.Config{Protocol: probetest.IMAP, Faults: []probetest.Fault{probetest.GreetingBusy}})
		return login("imaps://imap.mail.test")
	}},
	{"pop3-busy", cause.ServerBusyGreeting, nil, func(w *world) []string {
		w.mail(popIP+":110", probetest.Config{Protocol: probetest.POP3, Security: probetest.StartTLS, Faults: []probetest.Fault{probetest.GreetingBusy}})
		return login("pop3://pop.mail.test")
	}},
	{"banner-of-asterisks", cause.BannerMaskedByESMTPInspection, nil, func(w *world) []string {
		w.provider()
		w.rewrite("587, 25", inspectedVerb, inspectedReply())
		return customer
	}},
	{"banner-of-asterisks-and-no-ehlo", cause.BannerMaskedByESMTPInspection, nil, func(w *world) []string {
		w.play(smtpIP+":587", `
			S: 220 ****************************2**0*******0*********************0*00
			C: EHLO *
			S: 500 5.5.1 Command unrecognized: "XXXX [192.168.1.2]"
			C: HELO *
			S: 250 smtp.mail.test
			hang`, nil)
		return login("smtp://smtp.mail.test")
	}},
	{"address-literal-rejected", cause.SMTPHELORejected, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		rules := filepath.Join(w.dir, "helo")
		write(w.t, rules, "/^\\[/ 504 5.5.2 need a fully-qualified hostname\n/^[^.]+$/ 504 5.5.2 need a fully-qualified hostname\n")
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_helo_required = yes", "smtpd_helo_restrictions = check_helo_access regexp:" + rules, "smtpd_delay_reject = no"}})
		w.profile(usual...)
		return customer
	}},
	{"literal-is-invalid-for-the-server", cause.SMTPHELORejected, nil, func(w *world) []string {
		w.play(smtpIP+":465", `
			starttls
			S: 220 smtp.mail.test ESMTP Exim 4.96
			C: EHLO *
			S: 501 Syntactically invalid EHLO argument(s)
			C: HELO *
			S: 501 Syntactically invalid HELO argument(s)
			hang`, w.tls(goodLeaf))
		return login("smtps://smtp.mail.test")
	}},
	{"submission-injected", cause.StartTLSInjection, nil, func(w *world) []string {
		w.mail(smtpIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, Faults: []probetest.Fault{probetest.StartTLSInjected}})
		return login("smtp://smtp.mail.test")
	}},
	{"imap-injected-on-the-way", cause.StartTLSInjection, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.rewrite("143", as, func(line string) string {
			if strings.Contains(line, "OK Begin TLS") {
				line += "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"
			}
			return line
		})
		return login("imap://imap.mail.test")
	}},
}

// handshakes are causes in the TLS negotiation.
var handshakes = []scenario{
	{"clienthello-reset-on-the-way", cause.TLSHandshakeInterrupted, nil, func(w *world) []string {
		w.provider()
		w.forward("tcp dport { 993, 995 } @ih,0,8 0x16 reject with tcp reset")
		return customer
	}},
	{"clienthello-makes-server-close", cause.TLSHandshakeInterrupted, nil, func(w *world) []string {
		w.handle(w.server, imapIP+":993", func(c net.Conn) { c.Read(make([]byte, 4096)) })
		return login("imaps://imap.mail.test")
	}},
	{"tls11-alone-behind-starttls", cause.TLSServerTooOld, nil, func(w *world) []string {
		config := w.tls(goodLeaf)
		config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		w.dovecot(realtest.DovecotConfig{})
		w.mail(smtpIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, TLS: config})
		w.profile(usual...)
		return customer
	}},
	{"rsa-key-exchange-alone", cause.TLSCipherMismatch, nil, func(w *world) []string {
		w.openssl(imapIP+":993", "-tls1_2", "-cipher", "AES128-SHA")
		return login("imaps://imap.mail.test")
	}},
	{"dhe-alone", cause.TLSCipherMismatch, nil, func(w *world) []string {
		w.openssl(imapIP+":993", "-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256")
		return login("imaps://imap.mail.test")
	}},
	{"rsa-key-exchange-alone-behind-starttls", cause.TLSCipherMismatch, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_tls_protocols = TLSv1.2", "tls_medium_cipherlist = AES128-SHA", "tls_high_cipherlist = AES128-SHA"}})
		w.profile(usual...)
		return customer
	}},
	// Current OpenSSL refuses to serve a group as small as that.
	{"dh-of-512-bits", cause.TLSWeakDH, nil, func(w *world) []string {
		w.handle(w.server, imapIP+":993", w.tinyGroup)
		return login("imaps://imap.mail.test")
	}},
	// Such a group also matters because the server offers nothing else.
	{"dh-of-1024-bits", cause.TLSWeakDH, []cause.ID{cause.TLSCipherMismatch}, func(w *world) []string {
		group := filepath.Join(w.dir, "group")
		write(w.t, group, string(pem.EncodeToMemory(&pem.Block{Type: "DH PARAMETERS", Bytes: w.bytes(group1024)})))
		w.openssl(popIP+":995", "-tls1_2", "-dhparam", group, "-cipher", "DHE:@SECLEVEL=0")
		return login("pop3s://pop.mail.test")
	}},
	{"long-clienthello-reset", cause.TLSPQClientHelloIntolerant, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Place: w.at(otherIP)})
		w.readsOnce(imapIP+":993", otherIP+":993", false)
		return login("imaps://imap.mail.test")
	}},
	{"long-clienthello-unanswered", cause.TLSPQClientHelloIntolerant, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Place: w.at(otherIP)})
		w.postfix(realtest.PostfixConfig{})
		w.readsOnce(imapIP+":993", otherIP+":993", true)
		w.readsOnce(popIP+":995", otherIP+":995", true)
		w.profile(usual...)
		return customer
	}},
	{"client-certificate-wanted", cause.TLSClientCertRequired, nil, func(w *world) []string {
		w.openssl(imapIP+":993", "-Verify", "1", "-tls1_3")
		return login("imaps://imap.mail.test")
	}},
	{"client-certificate-wanted-by-tls12", cause.TLSClientCertRequired, nil, func(w *world) []string {
		w.openssl(imapIP+":993", "-Verify", "1", "-tls1_2")
		return login("imaps://imap.mail.test")
	}},
	{"client-certificate-wanted-by-postfix", cause.TLSClientCertRequired, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		root := filepath.Join(w.dir, "clients.pem")
		write(w.t, root, string(w.authority().root.PEM()))
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_tls_security_level = encrypt", "smtpd_tls_req_ccert = yes", "smtpd_tls_CAfile = " + root}})
		w.profile(usual...)
		return customer
	}},
}

// occupy runs another mail program that stays connected after reading the greeting.
func (w *world) occupy(address string) {
	w.t.Helper()
	c, err := w.client.dial("tcp", address)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := c.Read(make([]byte, 512)); err != nil {
		w.t.Fatal(err)
	}
}

// inspectedVerb removes a verb that mail inspection in firewalls doesn't know.
func inspectedVerb(line string) string {
	if strings.EqualFold(strings.TrimSpace(line), "STARTTLS") {
		return "XXXXXXXX\r\n"
	}
	return line
}

// inspectedReply does the same to the server's text: it overwrites most letters of
// the greeting, and the extensions that inspection doesn't know.
func inspectedReply() func(string) string {
	return func(line string) string {
		text, greets := strings.CutPrefix(strings.TrimRight(line, "\r\n"), "220 ")
		switch {
		case greets:
			return "220 " + strings.Map(func(r rune) rune {
				if r == '2' || r == '0' {
					return r
				}
				return '*'
			}, text) + "\r\n"
		case strings.Contains(line, "STARTTLS"):
			return strings.Replace(line, "STARTTLS", "XXXXXXXA", 1)
		}
		return line
	}
}

// readsOnce runs a server that takes the first part of a ClientHello for all of it,
// and otherwise forwards to another server. If the ClientHello is too long, it
// resets the connection, or doesn't answer.
func (w *world) readsOnce(address, behind string, silent bool) {
	w.t.Helper()
	w.handle(w.server, address, func(c net.Conn) {
		const room = 1400
		first := make([]byte, room)
		n, err := c.Read(first)
		if err != nil || n < 5 {
			return
		}
		if int(first[3])<<8|int(first[4])+5 > n {
			if silent {
				io.Copy(io.Discard, c)
			}
			c.(*net.TCPConn).SetLinger(0)
			return
		}
		server, err := w.server.dial("tcp", behind)
		if err != nil {
			return
		}
		defer server.Close()
		server.Write(first[:n])
		pass(c, server)
	})
}
