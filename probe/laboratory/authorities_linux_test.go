package laboratory

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// authorities are causes in who vouches for a certificate, or seems to.
var authorities = []scenario{
	{"renewed-on-the-web-alone", cause.CertRenewedNotReloaded, nil, func(w *world) []string {
		w.shows(probetest.Leaf{Names: []string{imapHost, popHost}, NotAfter: days(-3), NotBefore: days(-93)})
		w.openssl(imapIP + ":443")
		w.openssl(popIP + ":443")
		return customer
	}},
	{"renewed-on-one-port-alone", cause.CertRenewedNotReloaded, nil, func(w *world) []string {
		w.mail(smtpIP+":465", probetest.Config{Protocol: probetest.SMTP})
		old := w.tls(probetest.Leaf{Names: []string{smtpHost}, NotAfter: days(-3), NotBefore: days(-93)})
		w.mail(smtpIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, TLS: old})
		return login("smtp://smtp.mail.test")
	}},
	{"authority-of-a-company", cause.CertPrivateCA, nil, func(w *world) []string {
		w.servesAll(w.issuedBy(w.privately(), probetest.Leaf{Names: goodLeaf.Names}))
		return customer
	}},
	{"certificate-that-python-refuses", cause.CertRefusedByStrictPrograms, nil, func(w *world) []string {
		root, err := probetest.NewAuthority("Mail Test GmbH Internal Root", probetest.Authority{Lax: true})
		if err != nil {
			w.t.Fatal(err)
		}
		w.servesAll(w.issuedBy(root, probetest.Leaf{Names: goodLeaf.Names}))
		file := filepath.Join(w.dir, "company.pem")
		write(w.t, file, string(root.PEM()))
		return append(customer[:1:1], "--ca-file", file)
	}},
	{"leaf-without-authority-key", cause.CertRefusedByStrictPrograms, nil, func(w *world) []string {
		w.servesAll(w.issue(probetest.Leaf{Names: goodLeaf.Names, NoKeyID: true}))
		return customer
	}},
	{"authority-of-a-company-sends-its-root", cause.CertPrivateCA, nil, func(w *world) []string {
		w.servesAll(w.issuedBy(w.privately(), probetest.Leaf{Names: goodLeaf.Names, SendRoot: true}))
		w.internet(strangers{})
		return customer
	}},
	// If the leaf has no URL of its issuer, a certificate issued directly by a
	// company's root looks the same.
	{"leaf-alone", cause.CertMissingIntermediate, []cause.ID{cause.CertPrivateCA}, func(w *world) []string {
		w.leafAlone()
		return login("imaps://imap.mail.test")
	}},
	{"leaf-alone-and-all-on-the-web", cause.CertMissingIntermediate, nil, func(w *world) []string {
		w.leafAlone()
		w.openssl(imapIP + ":443")
		return login("imaps://imap.mail.test")
	}},
	{"leaf-of-a-company-without-intermediate", cause.CertPrivateCA, []cause.ID{cause.CertMissingIntermediate}, func(w *world) []string {
		w.servesAll(w.issuedBy(w.newRoot("Mail Test GmbH Internal Root"), probetest.Leaf{Names: goodLeaf.Names}))
		return customer
	}},
	{"leaf-alone-that-says-where-its-issuer-is", cause.CertMissingIntermediate, nil, func(w *world) []string {
		w.servesAll(w.issue(probetest.Leaf{Names: goodLeaf.Names, OmitIntermediate: true, AIA: w.issuer(w.authority().middle)}))
		return customer
	}},
	{"leaf-alone-behind-starttls", cause.CertMissingIntermediate, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		leaf := probetest.Leaf{Names: goodLeaf.Names, OmitIntermediate: true, AIA: w.issuer(w.authority().middle)}
		certificate, key := realtest.WritePEM(w.t, w.issue(leaf))
		w.postfix(realtest.PostfixConfig{Certificate: certificate, Key: key})
		w.profile(usual...)
		return customer
	}},
	// An IP address can't be sent in SNI, so the default certificate is presented.
	// That is also one for another name.
	{"certificate-by-name-asked-by-address", cause.CertNameMismatchNoSNI, []cause.ID{cause.CertNameMismatchHosting}, func(w *world) []string {
		w.byName()
		return login("imaps://" + imapIP)
	}},
	{"certificate-by-name-not-behind-starttls", cause.CertNameMismatchNoSNI, []cause.ID{cause.CertNameMismatchHosting}, func(w *world) []string {
		w.mail(smtpIP+":465", probetest.Config{Protocol: probetest.SMTP})
		w.mail(smtpIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, TLS: w.tls(hosters)})
		return login("smtp://smtp.mail.test")
	}},
	{"root-expired", cause.CertExpiredRootInChain, nil, func(w *world) []string {
		old, _, chain := w.crossSigned()
		return w.trusting(old, chain)
	}},
	// Current programs find the chain to the newer root. Old ones don't.
	{"root-expired-and-newer-known", cause.CertExpiredRootInChain, nil, func(w *world) []string {
		_, newer, chain := w.crossSigned()
		return w.trusting(newer, chain)
	}},
	{"key-of-1024-bits", cause.CertWeakOrLegacyFormat, nil, func(w *world) []string {
		certificate, key := realtest.WritePEM(w.t, w.issue(probetest.Leaf{Names: goodLeaf.Names, Key: probetest.RSA1024}))
		w.dovecot(realtest.DovecotConfig{Certificate: certificate, Key: key, Extra: []string{"ssl_cipher_list = ALL:@SECLEVEL=0"}})
		return login("imaps://imap.mail.test", "pop3s://pop.mail.test")
	}},
	{"signed-by-sha1", cause.CertWeakOrLegacyFormat, nil, func(w *world) []string {
		certificate, key := realtest.WritePEM(w.t, w.issue(probetest.Leaf{Names: goodLeaf.Names, SHA1: true}))
		w.server.start(w.server.command("openssl", "s_server", "-quiet", "-accept", imapIP+":993", "-cert", certificate, "-cert_chain", certificate, "-key", key, "-cipher", "ALL:@SECLEVEL=0"), imapIP+":993")
		return login("imaps://imap.mail.test")
	}},
	{"name-in-the-subject-alone", cause.CertWeakOrLegacyFormat, nil, func(w *world) []string {
		w.mail(smtpIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, TLS: w.tls(probetest.Leaf{Names: []string{smtpHost}, NoSAN: true})})
		return login("smtp://smtp.mail.test")
	}},
	{"antivirus-opens-tls", cause.AntivirusTLSInterception, nil, func(w *world) []string {
		w.provider()
		w.webOfProvider()
		w.impostor(w.client, mailPorts, w.newRoot("Avast Web/Mail Shield Root"))
		return customer
	}},
	{"antivirus-opens-starttls", cause.AntivirusTLSInterception, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.impostor(w.client, "143, 993", w.newRoot("AVG Web/Mail Shield Root"))
		return login("imap://imap.mail.test")
	}},
	{"antivirus-trusted-here", cause.AntivirusTLSInterception, nil, func(w *world) []string {
		w.provider()
		root := w.newRoot("Avast Web/Mail Shield Root")
		w.impostor(w.client, mailPorts, root)
		w.trusts(root)
		return customer
	}},
	{"stranger-opens-tls-of-gmail", cause.MITMUnknownIssuer, nil, func(w *world) []string {
		w.internet(strangers{})
		w.impostor(w.router, mailPorts, w.newRoot("x4Jk-9"))
		return append([]string{"imaps://" + gmailHost}, "--user", "jane@gmail.com")
	}},
	{"stranger-opens-tls", cause.MITMUnknownIssuer, nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.webOfProvider()
		w.impostor(w.router, mailPorts, w.newRoot("x4Jk-9"))
		return customer
	}},
	{"gateway-opens-starttls", cause.CorporateTLSInspection, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{})
		w.profile(upgraded...)
		w.webOfProvider()
		w.impostor(w.router, mailPorts+", 443", w.newRoot("FortiGate CA"))
		return customer
	}},
	{"antivirus-accepts-and-closes", cause.AntivirusConnectionProxyBroken, nil, func(w *world) []string {
		w.provider()
		w.box(w.client, mailPorts, func(c net.Conn, _ string) {})
		return customer
	}},
	{"antivirus-accepts-and-resets", cause.AntivirusConnectionProxyBroken, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.internet(strangers{})
		w.webOfProvider()
		w.box(w.client, mailPorts, func(c net.Conn, _ string) {
			c.Read(make([]byte, 1))
			probetest.Reset(c)
		})
		return login("imaps://imap.mail.test")
	}},
	{"antivirus-accepts-and-hangs", cause.AntivirusConnectionProxyBroken, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.internet(strangers{})
		w.box(w.client, mailPorts, func(c net.Conn, _ string) { probetest.Play(c, "hang") })
		return login("imap://imap.mail.test")
	}},
}

// clocks are causes in differences between clocks.
var clocks = []scenario{
	{"clock-here-is-behind", cause.ClientClockWrong, nil, func(w *world) []string {
		w.atAnotherTime(3 * year)
		w.internet(strangers{ahead: 3 * year})
		return customer
	}},
	{"clock-here-is-ahead", cause.ClientClockWrong, nil, func(w *world) []string {
		w.atAnotherTime(-2 * year)
		w.internet(strangers{ahead: -2 * year, noTime: true})
		return customer
	}},
	{"clock-here-is-behind-says-the-web-server", cause.ClientClockWrong, nil, func(w *world) []string {
		w.atAnotherTime(40 * day)
		for _, ip := range []string{popIP, imapIP, smtpIP} {
			w.web(ip, 40*day, goodLeaf, hello)
		}
		return customer
	}},
	{"expired-and-everybody-says-so", cause.CertExpired, nil, func(w *world) []string {
		w.atAnotherTime(-year)
		w.internet(strangers{})
		return customer
	}},
	{"clock-here-is-behind-says-exim", cause.ClientClockWrong, nil, func(w *world) []string {
		certificate, key := realtest.WritePEM(w.t, w.issue(probetest.Leaf{Names: []string{smtpHost}, NotBefore: days(720), NotAfter: days(810)}))
		w.exim(realtest.EximConfig{Certificate: certificate, Key: key, Place: w.later(smtpIP, "+730d")})
		return login("smtp://smtp.mail.test")
	}},
}

// Differences between clocks.
const (
	day  = 24 * time.Hour
	year = 365 * day
)

// atAnotherTime runs a provider whose certificates fit a clock that is ahead by this
// much.
func (w *world) atAnotherTime(ahead time.Duration) {
	w.t.Helper()
	w.servesAll(w.issue(fitting(goodLeaf, ahead)))
}

// fitting returns a leaf that is valid around the time of a clock that is ahead by
// this much, and not valid here if that is more than a few days.
func fitting(leaf probetest.Leaf, ahead time.Duration) probetest.Leaf {
	if ahead != 0 {
		leaf.NotBefore, leaf.NotAfter = time.Now().Add(ahead-10*day), time.Now().Add(ahead+80*day)
	}
	return leaf
}

// hosters is the certificate for the hosting provider's own name.
var hosters = probetest.Leaf{Names: []string{"server7.hoster.test", "*.hoster.test"}, Key: probetest.RSA2048}

// servesAll runs a provider whose servers all present this certificate.
func (w *world) servesAll(c tls.Certificate) {
	w.t.Helper()
	certificate, key := realtest.WritePEM(w.t, c)
	w.dovecot(realtest.DovecotConfig{Certificate: certificate, Key: key})
	w.postfix(realtest.PostfixConfig{Certificate: certificate, Key: key})
	w.profile(usual...)
}

// trusting returns a customer's arguments that trust one root, and makes the
// provider present a chain.
func (w *world) trusting(root *x509.Certificate, chain tls.Certificate) []string {
	w.t.Helper()
	w.servesAll(chain)
	file := filepath.Join(w.dir, "trusted.pem")
	write(w.t, file, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw})))
	return []string{user, "--ca-file", file}
}

// leafAlone runs a server that leaves out its issuer's certificate.
func (w *world) leafAlone() {
	w.t.Helper()
	certificate, key := realtest.WritePEM(w.t, w.issue(probetest.Leaf{Names: goodLeaf.Names, OmitIntermediate: true}))
	w.server.start(w.server.command("openssl", "s_server", "-quiet", "-accept", imapIP+":993", "-cert", certificate, "-key", key), imapIP+":993")
}

// byName runs a Dovecot that presents the good certificate to clients that ask for a
// name of the provider, and the hosting provider's to others.
func (w *world) byName() {
	w.t.Helper()
	other, otherKey := realtest.WritePEM(w.t, w.issue(hosters))
	good, goodKey := realtest.WritePEM(w.t, w.issue(goodLeaf))
	w.dovecot(realtest.DovecotConfig{Certificate: other, Key: otherKey, Extra: []string{
		"local_name *.mail.test {\n ssl_cert = <" + good + "\n ssl_key = <" + goodKey + "\n}",
	}})
}

// newRoot returns an authority that is not trusted yet.
func (w *world) newRoot(name string) *probetest.CA {
	w.t.Helper()
	ca, err := probetest.NewAuthority(name, probetest.Authority{})
	if err != nil {
		w.t.Fatal(err)
	}
	return ca
}

// privately returns a company's authority, with an intermediate of its own.
func (w *world) privately() *probetest.CA {
	w.t.Helper()
	middle, err := w.newRoot("Mail Test GmbH Internal Root").Intermediate("Mail Test GmbH Servers")
	if err != nil {
		w.t.Fatal(err)
	}
	return middle
}

func (w *world) issuedBy(ca *probetest.CA, leaf probetest.Leaf) tls.Certificate {
	w.t.Helper()
	c, err := ca.Issue(leaf)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// issuer serves an authority's certificate on the web, and returns the URL.
func (w *world) issuer(ca *probetest.CA) string {
	w.t.Helper()
	w.names["certificates.authority.test"] = []string{"A " + otherIP}
	w.pages(w.server, otherIP+":80", 0, func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/pkix-cert")
		rw.Write(ca.Certificate.Raw)
	}, nil)
	return "http://certificates.authority.test/issuer.crt"
}

// trusts adds further roots to the customer's system, beside the laboratory's.
func (w *world) trusts(roots ...*probetest.CA) {
	w.t.Helper()
	text := string(w.authority().root.PEM())
	for _, ca := range roots {
		text += string(ca.PEM())
	}
	file := filepath.Join(w.dir, "system.pem")
	write(w.t, file, text)
	w.env = append(w.env, "SSL_CERT_FILE="+file, "SSL_CERT_DIR="+filepath.Join(w.dir, "none"))
}

// later returns a place on the provider's machine with another time.
func (w *world) later(address, offset string) *realtest.Place {
	p := w.at(address)
	p.Command = func(name string, args ...string) *exec.Cmd {
		return w.server.command("faketime", append([]string{"-f", offset, name}, args...)...)
	}
	return p
}
