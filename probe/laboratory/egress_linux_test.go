package laboratory

import (
	"fmt"
	"net"
	"net/http"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// mailPorts are all ports that mail programs use.
const mailPorts = "993, 995, 143, 110, 465, 587"

// egress are causes in the customer's network that show only in comparison with the
// rest of the world. Each is tested with and without it.
var egress = []scenario{
	{"mail-ports-dropped", cause.MailPortsBlockedOnThisNetwork, nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.forward("tcp dport { " + mailPorts + " } drop")
		return customer
	}},
	{"mail-ports-reset", cause.MailPortsBlockedOnThisNetwork, nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.forward("tcp dport { " + mailPorts + " } reject with tcp reset")
		return customer
	}},
	{"mail-ports-refused-by-router", cause.MailPortsBlockedOnThisNetwork, nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.forward("tcp dport { " + mailPorts + " } reject")
		return customer
	}},
	// A server that bans this address only from its mail services would look the
	// same from here.
	{"mail-ports-dropped-web-open", cause.MailPortsBlockedOnThisNetwork, []cause.ID{cause.ClientIPBannedByServer}, func(w *world) []string {
		w.provider()
		w.webOfProvider()
		w.forward("tcp dport { " + mailPorts + " } drop")
		return customer
	}},
	{"port-25-dropped", cause.ISPPort25Filtered, nil, func(w *world) []string {
		w.provider()
		w.mail(smtpIP+":25", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS})
		w.forward("tcp dport 25 drop")
		return login("smtp://smtp.mail.test:25")
	}},
	{"port-25-dropped-everywhere", cause.ISPPort25Filtered, nil, func(w *world) []string {
		w.provider()
		w.mail(smtpIP+":25", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS})
		w.profile("pop3 pop.mail.test 995 tls", "imap imap.mail.test 993 tls", "smtp smtp.mail.test 25 starttls")
		w.internet(strangers{})
		w.forward("tcp dport 25 drop")
		return customer
	}},
	{"port-25-reset", cause.ISPPort25Filtered, nil, func(w *world) []string {
		w.provider()
		w.mail(smtpIP+":25", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS})
		w.internet(strangers{})
		w.forward("tcp dport 25 reject with tcp reset")
		return login("smtp://smtp.mail.test:25")
	}},
	{"sending-ports-dropped", cause.CloudEgressSMTPBlocked, nil, func(w *world) []string {
		w.provider()
		w.mail(smtpIP+":2525", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS})
		w.forward("tcp dport { 25, 465, 587 } drop")
		return customer
	}},
	{"sending-ports-dropped-everywhere", cause.CloudEgressSMTPBlocked, nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.forward("tcp dport { 25, 465, 587 } drop")
		return customer
	}},
	{"portal-answers-all-names", cause.CaptivePortal, nil, func(w *world) []string {
		w.provider()
		w.portal()
		w.resolver = w.inventing("10.0.0.1")
		w.redirect("1-65535", 80)
		return customer
	}},
	{"portal-takes-all-connections", cause.CaptivePortal, nil, func(w *world) []string {
		w.provider()
		w.portal()
		w.internet(strangers{})
		w.redirect("1-65535", 80)
		return customer
	}},
	{"portal-drops-all-but-web", cause.CaptivePortal, nil, func(w *world) []string {
		w.provider()
		w.portal()
		w.internet(strangers{})
		w.redirect("80", 80)
		w.forward("meta l4proto tcp drop")
		return customer
	}},
	{"proxy-for-the-web-alone", cause.VPNOrProxyEgressOnly, nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.webProxy("443")
		w.forward("meta l4proto tcp drop")
		return customer
	}},
	{"proxy-and-rejects", cause.VPNOrProxyEgressOnly, nil, func(w *world) []string {
		w.provider()
		w.webOfProvider()
		w.webProxy("443", "993", "995", "587")
		w.forward("meta l4proto tcp reject with icmpx admin-prohibited")
		return customer
	}},
	{"nothing-but-a-proxy", cause.VPNOrProxyEgressOnly, nil, func(w *world) []string {
		w.provider()
		w.webOfProvider()
		w.webProxy("443", "993")
		w.forward("drop")
		return customer
	}},
	{"large-packets-lost", cause.MTUBlackhole, nil, func(w *world) []string {
		w.provider()
		w.swallows()
		return customer
	}},
	{"large-packets-lost-behind-starttls", cause.MTUBlackhole, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.swallows()
		return login("imap://imap.mail.test")
	}},
	{"wire-of-long-way", cause.SlowPath, nil, func(w *world) []string {
		w.provider()
		w.longWire(200*time.Millisecond, 0)
		return customer
	}},
	{"wire-that-loses", cause.SlowPath, nil, func(w *world) []string {
		w.provider()
		w.longWire(20*time.Millisecond, 4)
		return customer
	}},
	{"smtp-answered-by-another", cause.TransparentSMTPProxy, nil, func(w *world) []string {
		w.provider()
		w.mail(smtpIP+":25", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, Hello: "mx.mail.test"})
		w.relayOfNetwork(25)
		return login("smtp://smtp.mail.test:25")
	}},
	{"submission-answered-by-another", cause.TransparentSMTPProxy, nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.relayOfNetwork(587)
		return customer
	}},
}

// unreached are causes at the server's end, seen from one place. If two of them
// can't be distinguished from there, both are right.
var unreached = []scenario{
	// Only another machine can distinguish a ban by silence from a dead server.
	{"address-banned", cause.ClientIPBannedByServer, []cause.ID{cause.ServerUnreachable}, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.server.nft("table ip banned { set banned { type ipv4_addr; elements = { " + clientIP + " }; }; chain c { type filter hook input priority 0; ip daddr 203.0.113.10-203.0.113.29 ip saddr @banned drop; }; }")
		return customer
	}},
	{"banned-from-mail-alone", cause.ClientIPBannedByServer, nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.webOfProvider()
		// As fail2ban's jails for mail do: only the mail ports.
		w.server.nft("table ip banned { set banned { type ipv4_addr; elements = { " + clientIP + " }; }; chain c { type filter hook input priority 0; ip daddr 203.0.113.10-203.0.113.29 tcp dport { " + mailPorts + " } ip saddr @banned drop; }; }")
		return customer
	}},
	// The same with the usual "blocktype" of iptables: REJECT, which the server's
	// kernel sends in its own name.
	{"banned-by-reject", cause.ClientIPBannedByServer, nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.server.nft("table ip banned { chain c { type filter hook input priority 0; ip daddr 203.0.113.10-203.0.113.29 tcp dport { " + mailPorts + " } ip saddr " + clientIP + " reject; }; }")
		return customer
	}},
	// A ban from sending only, and a filter before the server, drop the same
	// packets.
	{"banned-from-sending", cause.ClientIPBannedByServer, []cause.ID{cause.PortFiltered}, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.webOfProvider()
		w.server.nft("table ip banned { chain c { type filter hook input priority 0; ip daddr " + smtpIP + " tcp dport { 25, 465, 587 } ip saddr " + clientIP + " drop; }; }")
		return customer
	}},
	{"server-drops-all", cause.ServerUnreachable, []cause.ID{cause.ClientIPBannedByServer}, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.internet(strangers{})
		w.server.nft("table ip dead { chain c { type filter hook input priority 0; ip daddr " + imapIP + " drop; }; }")
		return login("imaps://imap.mail.test")
	}},
	{"server-gone", cause.ServerUnreachable, nil, func(w *world) []string {
		w.provider()
		w.internet(strangers{})
		w.server.ip("addr del " + imapIP + "/24 dev eth0") // a router searches for it in vain, and says so
		return customer
	}},
	{"one-server-of-three-silent", cause.ServerUnreachable, []cause.ID{cause.ClientIPBannedByServer}, func(w *world) []string {
		w.provider()
		w.server.nft("table ip dead { chain c { type filter hook input priority 0; ip daddr " + smtpIP + " drop; }; }")
		return customer
	}},
	{"web-alone-behind-cloudflare", cause.CDNProxiedMailHost, nil, func(w *world) []string {
		w.names[imapHost] = []string{"A 104.16.1.10"}
		w.reaches("104.16.1.10")
		w.web("104.16.1.10", 0, goodLeaf, hello)
		w.server.nft("table ip cdn { chain c { type filter hook input priority 0; ip daddr 104.16.1.10 tcp dport { 25, " + mailPorts + " } drop; }; }")
		return login("imaps://imap.mail.test")
	}},
	{"all-behind-cloudflare", cause.CDNProxiedMailHost, nil, func(w *world) []string {
		w.profile(usual...)
		w.reaches("172.64.80.1", "104.21.5.5")
		for _, host := range []string{popHost, imapHost, smtpHost} {
			w.names[host] = []string{"A 172.64.80.1", "A 104.21.5.5"}
		}
		for _, ip := range []string{"172.64.80.1", "104.21.5.5"} {
			w.web(ip, 0, goodLeaf, hello)
		}
		w.internet(strangers{})
		w.server.nft("table ip cdn { chain c { type filter hook input priority 0; ip daddr { 172.64.80.1, 104.21.5.5 } tcp dport { 25, " + mailPorts + " } drop; }; }")
		return customer
	}},
	{"node-without-listener", cause.LBNodeInconsistent, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.nodes(otherIP, imapIP)
		return login("imaps://imap.mail.test")
	}},
	{"node-silent", cause.LBNodeInconsistent, nil, func(w *world) []string {
		w.provider()
		w.nodes(imapIP, otherIP)
		w.server.nft("table ip dead { chain c { type filter hook input priority 0; ip daddr " + otherIP + " drop; }; }")
		return customer
	}},
	{"node-with-old-certificate", cause.LBNodeInconsistent, nil, func(w *world) []string {
		old := probetest.Leaf{Names: []string{imapHost}, NotAfter: days(-10), NotBefore: days(-100)}
		certificate, key := realtest.WritePEM(w.t, w.issue(old))
		w.dovecot(realtest.DovecotConfig{Place: w.at(imapIP, otherIP), Extra: []string{
			"local " + otherIP + " {\n ssl_cert = <" + certificate + "\n ssl_key = <" + key + "\n}",
		}})
		w.nodes(otherIP, imapIP)
		// Both are dialled at the same time, and this one must be the second.
		w.forward("ip daddr " + imapIP + " tcp dport 993 tcp flags & (syn | ack) == syn numgen inc mod 2 0 drop")
		return login("imaps://imap.mail.test")
	}},
	{"node-of-one-address-with-old-certificate", cause.LBNodeInconsistent, nil, func(w *world) []string {
		old := probetest.Leaf{Names: []string{imapHost}, NotAfter: days(-10), NotBefore: days(-100)}
		w.mail(otherIP+":993", probetest.Config{Protocol: probetest.IMAP, TLS: w.tls(old)})
		w.mail("203.0.113.14:993", probetest.Config{Protocol: probetest.IMAP})
		w.router.nft("table ip balance { chain c { type nat hook prerouting priority -100; ip daddr " + imapIP + " tcp dport 993 dnat to numgen inc mod 2 map { 0 : " + otherIP + ", 1 : 203.0.113.14 }; }; }")
		return login("imaps://imap.mail.test")
	}},
}

// webOfProvider runs web servers on the provider's hosts.
func (w *world) webOfProvider() {
	w.t.Helper()
	for _, ip := range []string{popIP, imapIP, smtpIP} {
		w.web(ip, 0, goodLeaf, hello)
	}
}

// portal runs a sign-in page, also on the router's port 80 at 10.0.0.1.
func (w *world) portal() {
	w.t.Helper()
	w.router.ip("addr add 10.0.0.1/32 dev c0")
	w.pages(w.router, "0.0.0.0:80", 0, func(rw http.ResponseWriter, r *http.Request) {
		if r.Host == "10.0.0.1" {
			hello(rw, r)
			return
		}
		http.Redirect(rw, r, "http://10.0.0.1/login", http.StatusFound)
	}, nil)
}

// relayOfNetwork answers in place of every server at a port for sending, with its
// own name, and without TLS and logins.
func (w *world) relayOfNetwork(port int) {
	w.t.Helper()
	s, err := probetest.New(probetest.Config{
		Protocol: probetest.SMTP, Security: probetest.Cleartext, Hello: "relay3.isp.test", Mechanisms: []string{},
		Faults: []probetest.Fault{probetest.AuthNotOffered},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(s.Close)
	w.box(w.router, fmt.Sprint(port), func(client net.Conn, _ string) { s.ServeConn(client) })
}

// nodes gives the IMAP host name several addresses, in this order.
func (w *world) nodes(addresses ...string) {
	w.t.Helper()
	w.names[imapHost] = nil
	for _, a := range addresses {
		w.names[imapHost] = append(w.names[imapHost], "A "+a)
	}
	w.resolver = func() { w.unboundAt(resolvIP, w.names, "rrset-roundrobin: no") }
}
