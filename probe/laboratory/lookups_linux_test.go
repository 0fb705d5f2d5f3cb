package laboratory

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// lookups are causes in who resolves names. They show in comparison with other
// resolvers.
var lookups = []scenario{
	{"resolver-invents-all-names", cause.DNSNXDomainHijack, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.reaches("10.0.0.9")
		w.resolver = w.inventing("10.0.0.9")
		return login("imaps://imap.mail.test")
	}},
	// Names that exist resolve to the page as well, as they do behind a sign-in
	// page.
	{"resolver-leads-all-names-to-a-page", cause.DNSNXDomainHijack, []cause.ID{cause.CaptivePortal}, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.reaches("10.0.0.9")
		w.landingPage("10.0.0.9")
		w.resolver = w.inventing("10.0.0.9")
		return login("imaps://imap.mail.test")
	}},
	{"resolver-invents-names-for-none", cause.DNSNXDomainHijack, nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.landingPage(otherIP)
		w.everything("*", "*.test", "*.mail.test", "*.com", "*.org", "*.net", "*.invalid", "*.example")
		return login("imaps://imapp.mail.test")
	}},
	{"zone-has-a-wildcard", cause.DNSNXDomainHijack, nil, func(w *world) []string {
		w.provider()
		w.landingPage(otherIP)
		w.everything("*.mail.test")
		return login("imaps://imapp.mail.test")
	}},
	{"filter-answers-zero", cause.DNSFilterBlocksHost, nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.spoil(probetest.DNSZero, imapHost)
		return customer
	}},
	{"filter-denies-name", cause.DNSFilterBlocksHost, nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.spoil(probetest.DNSNXDomain, imapHost)
		return customer
	}},
	{"filter-says-blocked", cause.DNSFilterBlocksHost, nil, func(w *world) []string {
		w.provider()
		w.spoil(probetest.DNSBlocked, imapHost, popHost, smtpHost)
		return customer
	}},
	{"filter-answers-zero-compared", cause.DNSFilterBlocksHost, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.dnsAt("203.0.113.29", zone(w.names))
		w.resolver = func() {
			w.unboundAt(resolvIP, w.names, `local-zone: "imap.mail.test." redirect`, `local-data: "imap.mail.test. A 0.0.0.0"`)
		}
		return append(login("imaps://imap.mail.test"), "--control-resolver", "203.0.113.29")
	}},
	{"hosts-file-leads-to-old-server", cause.StaleOrOverriddenDNS, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.oldServer()
		w.client.etc("hosts", "127.0.0.1 localhost\n"+otherIP+" imap.mail.test # the new server\n")
		return login("imaps://imap.mail.test")
	}},
	{"hosts-file-leads-nowhere", cause.StaleOrOverriddenDNS, nil, func(w *world) []string {
		w.provider()
		w.client.etc("hosts", "127.0.0.1 localhost\n"+otherIP+" imap.mail.test pop.mail.test smtp.mail.test\n")
		return customer
	}},
	{"resolver-knows-old-server", cause.StaleOrOverriddenDNS, nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.names[imapHost] = []string{"A " + otherIP} // nothing listens there any more
		return customer
	}},
	{"resolver-knows-server-of-the-hoster-before", cause.StaleOrOverriddenDNS, nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.names[imapHost] = []string{"A " + otherIP}
		w.mail(otherIP+":993", probetest.Config{Protocol: probetest.IMAP, TLS: w.tls(probetest.Leaf{Names: []string{"server7.hoster.test"}})})
		return customer
	}},
	{"private-address-without-route", cause.SplitHorizonPrivateAddress, nil, func(w *world) []string {
		w.names[imapHost] = []string{"A 192.168.50.10"}
		return login("imaps://imap.mail.test")
	}},
	{"private-address-from-outside", cause.SplitHorizonPrivateAddress, nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		for _, host := range []string{popHost, imapHost, smtpHost} {
			w.names[host] = []string{"A 10.20.30.40"}
		}
		return customer
	}},
	{"loopback-address", cause.SplitHorizonPrivateAddress, []cause.ID{cause.DNSFilterBlocksHost}, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.names[imapHost] = []string{"A 127.0.0.1"} // also used by filters
		return customer
	}},
	{"first-resolver-silent", cause.ResolverSlow, nil, func(w *world) []string {
		w.provider()
		w.server.listenPacket("udp", otherIP+":53")
		w.client.etc("resolv.conf", "nameserver "+otherIP+"\nnameserver "+resolvIP+"\n")
		return customer
	}},
	{"first-two-resolvers-gone", cause.ResolverSlow, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.router.ip("route add blackhole 198.51.100.0/24")
		w.client.etc("resolv.conf", "nameserver 198.51.100.1\nnameserver 198.51.100.2\nnameserver "+resolvIP+"\noptions timeout:3\n")
		return login("imaps://imap.mail.test")
	}},
	{"resolver-refuses", cause.DNSResolverBroken, nil, func(w *world) []string {
		w.provider()
		w.resolver = func() { w.unboundAt(resolvIP, w.names, "access-control: 192.168.1.0/24 refuse") }
		return customer
	}},
	{"resolver-gone", cause.DNSResolverBroken, nil, func(w *world) []string {
		w.provider()
		w.resolver = nil // its port is closed
		return customer
	}},
	{"resolver-finds-signature-expired", cause.DNSResolverBroken, nil, func(w *world) []string {
		w.provider()
		w.spoil(probetest.DNSBogus, imapHost, popHost, smtpHost)
		return customer
	}},
	{"resolver-fails-others-answer", cause.DNSResolverBroken, nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.spoil(probetest.DNSServFail, imapHost, popHost, smtpHost)
		return customer
	}},
	{"resolver-silent-others-answer", cause.DNSResolverBroken, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.internet(strangers{})
		w.resolver = nil
		w.server.listenPacket("udp", resolvIP+":53")
		return login("imaps://imap.mail.test")
	}},
	{"resolver-cuts-and-has-no-tcp", cause.DNSResolverBroken, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.spoil(probetest.DNSTCPBroken, imapHost)
		return login("imaps://imap.mail.test")
	}},
}

// inventing starts a resolver that gives the same address for any name.
func (w *world) inventing(ip string) func() {
	return func() { w.unboundAt(resolvIP, w.names, `local-zone: "." redirect`, `local-data: ". 60 IN A `+ip+`"`) }
}

// landingPage runs a web server, and nothing else, at the address given for names
// that don't exist.
func (w *world) landingPage(ip string) {
	w.t.Helper()
	w.web(ip, 0, probetest.Leaf{Names: []string{"search.isp.test"}}, hello)
}

// everything resolves all nonexistent names below these to otherIP.
func (w *world) everything(wildcards ...string) {
	for _, name := range wildcards {
		w.names[name] = []string{"A " + otherIP}
	}
}

// spoil gives the customer's resolver a fault with some names.
func (w *world) spoil(fault probetest.DNSFault, hosts ...string) {
	w.t.Helper()
	z := zone(w.names)
	for _, host := range hosts {
		n := z[host]
		n.Fault = fault
		z[host] = n
	}
	w.dns(z)
}

// oldServer runs the former server, at otherIP, with somebody else's account.
func (w *world) oldServer() {
	w.t.Helper()
	w.mail(otherIP+":993", probetest.Config{
		Protocol: probetest.IMAP, Hello: "old.mail.test", Users: map[string]string{"other@mail.test": right}, Library: probetest.LibraryNever,
	})
}
