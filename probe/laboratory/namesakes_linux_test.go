package laboratory

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
)

// namesakes are certificates for names other than the one in the settings, which are
// tried as the server's.
var namesakes = []scenario{
	{"named-in-the-own-domain", cause.CertNameMismatchHosting, nil, func(w *world) []string {
		const name = "server7.mail.test"
		w.names[name] = []string{"A " + imapIP}
		w.loggedIn(w.mail(imapIP+":993", w.named(name)), 1)
		return login("imaps://imap.mail.test")
	}},
	{"named-in-the-own-domain-of-a-profile", cause.CertNameMismatchHosting, nil, func(w *world) []string {
		const name = "server7.mail.test"
		w.names[name] = []string{"A " + imapIP}
		w.shows(probetest.Leaf{Names: []string{name}})
		return customer
	}},
	{"named-by-a-stranger", cause.CertNameMismatchHosting, nil, func(w *world) []string {
		const name = "server7.hoster.test"
		w.names[name] = []string{"A " + imapIP}
		w.loggedIn(w.mail(imapIP+":993", w.named(name, "*.hoster.test")), 0)
		return login("imaps://imap.mail.test")
	}},
	{"named-and-nowhere", cause.CertNameMismatchHosting, nil, func(w *world) []string {
		w.loggedIn(w.mail(imapIP+":993", w.named("server7.mail.test")), 0)
		return login("imaps://imap.mail.test")
	}},
	{"named-and-wrong-there", cause.CertNameMismatchHosting, nil, func(w *world) []string {
		const name = "server7.mail.test"
		w.names[name] = []string{"A " + otherIP}
		w.loggedIn(w.mail(imapIP+":993", w.named(name)), 0)
		w.loggedIn(w.mail(otherIP+":993", w.named("server8.mail.test")), 0)
		return login("imaps://imap.mail.test")
	}},
}

// named returns an IMAP server whose certificate is for these names.
func (w *world) named(names ...string) probetest.Config {
	w.t.Helper()
	return probetest.Config{Protocol: probetest.IMAP, TLS: w.tls(probetest.Leaf{Names: names, Key: probetest.RSA2048})}
}

// loggedIn checks how many logins a server receives until the world ends, whether
// accepted or not.
func (w *world) loggedIn(s *probetest.Server, want int) {
	w.t.Cleanup(func() {
		if got := s.Logins(); len(got) != want {
			w.t.Errorf("%d logins came to %v, want %d: %v", len(got), s.Addr(), want, got)
		}
	})
}
