package laboratory

import (
	"path/filepath"
	"time"

	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// neighbours are healthy worlds that resemble a fault.
var neighbours = []scenario{
	{"healthy-in-the-world", "", nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.webOfProvider()
		return customer
	}},
	{"healthy-two-addresses", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Place: w.at(popIP, imapIP, otherIP)})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		w.names[imapHost] = []string{"A " + imapIP, "A " + otherIP}
		return customer
	}},
	{"healthy-small-packets", "", nil, func(w *world) []string {
		w.provider()
		w.router.ip("link set s0 mtu 1280")
		w.server.ip("link set eth0 mtu 1280")
		return customer
	}},
	{"healthy-far-away", "", nil, func(w *world) []string {
		w.provider()
		w.longWire(40*time.Millisecond, 0)
		return customer
	}},
	{"healthy-ipv6-by-a-longer-way", "", nil, func(w *world) []string {
		w.dualStack()
		w.dovecot(realtest.DovecotConfig{Place: w.at(popIP, imapIP, popIP6, imapIP6)})
		w.postfix(realtest.PostfixConfig{Place: w.at(smtpIP, smtpIP6)})
		w.profile(usual...)
		w.longWire6(30 * time.Millisecond)
		return customer
	}},
	{"healthy-port-25-dropped", "", nil, func(w *world) []string {
		w.provider()
		w.forward("tcp dport 25 drop")
		return customer
	}},
	{"healthy-beside-a-web-proxy", "", nil, func(w *world) []string {
		w.provider()
		w.webProxy("443")
		return customer
	}},
	{"healthy-second-resolver-silent", "", nil, func(w *world) []string {
		w.provider()
		w.server.listenPacket("udp", otherIP+":53")
		w.client.etc("resolv.conf", "nameserver "+resolvIP+"\nnameserver "+otherIP+"\n")
		return customer
	}},
	{"healthy-names-below-a-wildcard", "", nil, func(w *world) []string {
		w.provider()
		for _, host := range []string{popHost, imapHost, smtpHost} {
			delete(w.names, host)
		}
		w.names["*.mail.test"] = []string{"A " + otherIP}
		w.mail(otherIP+":995", probetest.Config{Protocol: probetest.POP3})
		w.mail(otherIP+":993", probetest.Config{Protocol: probetest.IMAP})
		w.mail(otherIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS})
		return customer
	}},
	{"healthy-hosts-file", "", nil, func(w *world) []string {
		w.provider()
		w.client.etc("hosts", "127.0.0.1 localhost\n"+imapIP+" imap.mail.test\n")
		return customer
	}},
	{"healthy-private-addresses", "", nil, func(w *world) []string {
		w.reaches("192.168.50.10")
		w.dovecot(realtest.DovecotConfig{Place: w.at("192.168.50.10")})
		w.postfix(realtest.PostfixConfig{Place: w.at("192.168.50.10")})
		w.profile(usual...)
		for _, host := range []string{popHost, imapHost, smtpHost} {
			w.names[host] = []string{"A 192.168.50.10"}
		}
		return customer
	}},
	{"healthy-certificate-by-name", "", nil, func(w *world) []string {
		w.byName()
		return login("imaps://imap.mail.test", "pop3s://pop.mail.test", "imap://imap.mail.test")
	}},
	{"healthy-client-certificate-welcome", "", nil, func(w *world) []string {
		root := filepath.Join(w.dir, "clients.pem")
		write(w.t, root, string(w.authority().root.PEM()))
		w.dovecot(realtest.DovecotConfig{Extra: []string{"ssl_ca = <" + root, "ssl_verify_client_cert = yes", "ssl_require_crl = no"}})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_tls_ask_ccert = yes", "smtpd_tls_CAfile = " + root}})
		w.profile(usual...)
		return customer
	}},
	{"healthy-tls12-without-new-groups", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{"ssl_cipher_list = ECDHE-RSA-AES128-GCM-SHA256", "ssl_curve_list = P-256"}})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_tls_protocols = TLSv1.2", "smtpd_tls_eecdh_auto_curves = prime256v1"}})
		w.profile(usual...)
		return customer
	}},
	// The catalogue's own restrictions: an address literal passes them.
	{"healthy-helo-checked", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{
			"smtpd_helo_required = yes", "smtpd_delay_reject = no",
			"smtpd_helo_restrictions = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname, reject_unknown_helo_hostname",
		}})
		w.profile(usual...)
		return customer
	}},
	{"healthy-root-sent", "", nil, func(w *world) []string {
		w.servesAll(w.issuedBy(w.authority().middle, probetest.Leaf{Names: goodLeaf.Names, SendRoot: true}))
		return customer
	}},
	{"healthy-server-clock-wrong", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.exim(realtest.EximConfig{Place: w.later(smtpIP, "-400d")})
		w.profile(usual...)
		return customer
	}},
	{"healthy-answers-after-three-seconds", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.mail(smtpIP+":587", probetest.Config{
			Protocol: probetest.SMTP, Security: probetest.StartTLS, Faults: []probetest.Fault{probetest.SlowGreeting}, Delay: 3 * time.Second,
		})
		w.profile(usual...)
		return customer
	}},
}
