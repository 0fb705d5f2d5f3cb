package laboratory

import (
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// certificates are causes in the certificate that a server presents.
var certificates = []scenario{
	{"cert-expired-imap", cause.CertExpired, nil, func(w *world) []string {
		w.shows(probetest.Leaf{Names: []string{imapHost, popHost}, NotAfter: days(-10), NotBefore: days(-100)})
		return customer
	}},
	{"cert-expired-submission", cause.CertExpired, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		certificate, key := realtest.WritePEM(w.t, w.issue(probetest.Leaf{Names: []string{smtpHost}, NotAfter: days(-1), NotBefore: days(-91)}))
		w.postfix(realtest.PostfixConfig{Certificate: certificate, Key: key})
		w.profile(usual...)
		return customer
	}},
	{"cert-self-signed", cause.CertSelfSigned, nil, func(w *world) []string {
		w.shows(probetest.Leaf{Names: []string{imapHost, popHost}, SelfSigned: true})
		return customer
	}},
	{"cert-of-the-hoster", cause.CertNameMismatchHosting, nil, func(w *world) []string {
		w.shows(probetest.Leaf{Names: []string{"server7.hoster.test", "*.hoster.test"}})
		return customer
	}},
	{"cert-not-yet-valid", cause.CertNotYetValid, nil, func(w *world) []string {
		w.shows(probetest.Leaf{Names: []string{imapHost, popHost}, NotBefore: days(30)})
		return customer
	}},
	{"cert-expires-soon", cause.CertExpiresSoon, nil, func(w *world) []string {
		w.shows(probetest.Leaf{Names: []string{imapHost, popHost}, NotAfter: days(5), NotBefore: days(-85)})
		return customer
	}},
	{"tls10-alone", cause.TLSServerTooOld, nil, func(w *world) []string {
		w.openssl(imapIP+":993", "-tls1", "-cipher", "ALL:@SECLEVEL=0")
		return login("imaps://imap.mail.test")
	}},
	{"network-opens-tls", cause.CorporateTLSInspection, nil, func(w *world) []string {
		w.provider()
		w.intercept("993, 995", w.root("Zscaler Root CA"))
		return customer
	}},
}

// days returns the time n days from now.
func days(n int) time.Time { return time.Now().AddDate(0, 0, n) }

// shows runs a provider whose Dovecot presents a certificate of this kind.
func (w *world) shows(leaf probetest.Leaf) {
	w.t.Helper()
	certificate, key := realtest.WritePEM(w.t, w.issue(leaf))
	w.dovecot(realtest.DovecotConfig{Certificate: certificate, Key: key})
	w.postfix(realtest.PostfixConfig{})
	w.profile(usual...)
}

// root returns a new authority that is not trusted yet.
func (w *world) root(name string) *probetest.CA {
	w.t.Helper()
	ca, err := probetest.NewCA(name)
	if err != nil {
		w.t.Fatal(err)
	}
	return ca
}
