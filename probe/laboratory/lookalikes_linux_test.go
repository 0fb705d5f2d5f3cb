package laboratory

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"io"
	"net"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// lookalikes are causes that look like others until one more question is asked.
var lookalikes = []scenario{
	{"web-server-at-the-imaps-port", cause.WrongProtocolOnPort, nil, func(w *world) []string {
		w.pages(w.server, imapIP+":993", 0, hello, w.tls(goodLeaf))
		return login("imaps://imap.mail.test")
	}},
	{"gateway-answers-submission-for-all", cause.CorporateTLSInspection, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{})
		w.internet(strangers{})
		w.greeter(w.router, "587", w.newRoot("FortiGate CA"))
		return login("smtp://smtp.mail.test")
	}},
	{"antivirus-answers-with-noise", cause.AntivirusConnectionProxyBroken, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.internet(strangers{})
		w.box(w.client, mailPorts, func(c net.Conn, _ string) { noise(c) })
		return login("imaps://imap.mail.test")
	}},
	{"leaf-alone-whose-issuer-is-out-of-reach", cause.CertMissingIntermediate, nil, func(w *world) []string {
		certificate, key := realtest.WritePEM(w.t, w.issue(probetest.Leaf{
			Names: goodLeaf.Names, OmitIntermediate: true, AIA: "http://certificates.authority.example/issuer.crt",
		}))
		w.dovecot(realtest.DovecotConfig{Certificate: certificate, Key: key})
		return login("imaps://imap.mail.test")
	}},
	{"intermediate-expired", cause.CertExpired, nil, func(w *world) []string {
		root := w.sign("Root of the Trade", nil, nil, days(-3*365), days(365))
		middle := w.sign("Server CA 3", root, nil, days(-2*365), days(-4))
		leaf := w.sign(imapHost, middle, goodLeaf.Names, days(-60), days(30))
		return w.trusting(root.Certificate, tls.Certificate{Certificate: [][]byte{leaf.Raw, middle.Raw}, PrivateKey: leaf.key, Leaf: leaf.Certificate})
	}},
	{"dovecot-wants-client-certificate-at-login", cause.TLSClientCertRequired, nil, func(w *world) []string {
		w.mail(imapIP+":993", probetest.Config{Protocol: probetest.IMAP, LoginReply: "NO [ALERT] Client didn't present valid SSL certificate"})
		return login("imaps://imap.mail.test")
	}},
	{"client-without-a-name-rejected-for-now", cause.GreetingRefusedByPolicy, nil, func(w *world) []string {
		w.play(smtpIP+":587", `
			S: 450 4.7.1 Client host rejected: cannot find your hostname, [192.168.1.2]
			close`, nil)
		return login("smtp://smtp.mail.test")
	}},
	{"login-before-starttls-kept-back", cause.MustIssueStartTLSFirst, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		return login("imap://imap.mail.test?starttls=never")
	}},
	{"starttls-taken-out-of-everything", cause.StartTLSStrippedByMiddlebox, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.internet(strangers{})
		w.rewrite("143", withoutVerb, func(line string) string { return strings.ReplaceAll(line, " STARTTLS", "") })
		return login("imap://imap.mail.test")
	}},
	// It doesn't show who refuses the verb, the server or something in between.
	{"starttls-offered-and-unknown", cause.StartTLSBrokenOnServer, []cause.ID{cause.StartTLSStrippedByMiddlebox}, func(w *world) []string {
		w.provider()
		w.rewrite("587", withoutVerb, as)
		return login("smtp://smtp.mail.test")
	}},
}

// withoutVerb turns STARTTLS into an unknown command.
func withoutVerb(line string) string { return strings.ReplaceAll(line, "STARTTLS", "XXXXXXXX") }

// greeter runs a box that speaks SMTP for every destination, including addresses
// without a server, and continues under TLS with a certificate of its own authority.
func (w *world) greeter(h *host, ports string, authority *probetest.CA) {
	w.t.Helper()
	config := &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		c, err := authority.Issue(probetest.Leaf{Names: []string{hello.ServerName}})
		return &c, err
	}}
	w.box(h, ports, func(c net.Conn, _ string) {
		probetest.PlayTLS(c, `
			S: 220 mail.mail.test ESMTP Postfix
			C: EHLO *
			S: 250-mail.mail.test
			S: 250 STARTTLS
			C: STARTTLS
			S: 220 2.0.0 Ready to start TLS
			starttls
			hang`, config)
	})
}

// noise answers the first bytes with meaningless ones.
func noise(c net.Conn) {
	c.Read(make([]byte, 4096))
	random := make([]byte, 64)
	rand.Read(random)
	copy(random, bytes.Repeat([]byte{0xc4, 0x9f}, 4)) // not, by chance, the beginning of TLS or of a word
	c.Write(random)
	io.Copy(io.Discard, c)
}
