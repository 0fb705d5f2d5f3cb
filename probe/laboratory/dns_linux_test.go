package laboratory

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
)

// names are causes in the names of servers and in who resolves them.
var names = []scenario{
	{"smtp-name-unknown", cause.HostnameTypoNXDomain, nil, func(w *world) []string {
		w.provider()
		delete(w.names, smtpHost)
		return customer
	}},
	{"imap-name-mistyped", cause.HostnameTypoNXDomain, nil, func(w *world) []string {
		w.provider()
		return login("imaps://imapp.mail.test")
	}},
	{"name-of-mx-alone", cause.HostHasNoAddressRecord, nil, func(w *world) []string {
		w.provider()
		w.names[imapHost] = []string{"MX 10 mx.mail.test."}
		return customer
	}},
	// Nothing else answers in this world, not even public name servers, so the
	// network may as well let nothing through.
	{"resolver-silent", cause.DNSResolverBroken, []cause.ID{cause.NoNetworkRoute}, func(w *world) []string {
		w.provider()
		w.resolver = nil
		w.server.listenPacket("udp", resolvIP+":53")
		return customer
	}},
	{"resolver-fails", cause.DNSResolverBroken, nil, func(w *world) []string {
		w.provider()
		fails := probetest.Name{Fault: probetest.DNSServFail}
		w.dns(probetest.Zone{popHost: fails, imapHost: fails, smtpHost: fails})
		return customer
	}},
}
