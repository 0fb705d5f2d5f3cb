package laboratory

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/realtest"
)

// network are causes between the customer and the servers.
var network = []scenario{
	{"no-link", cause.NoNetworkRoute, nil, func(w *world) []string {
		w.provider()
		w.client.ip("link set eth0 down")
		return customer
	}},
	{"no-routes", cause.NoNetworkRoute, nil, func(w *world) []string {
		w.provider()
		w.client.ip("route flush table main", "addr flush dev eth0")
		return customer
	}},
	{"no-default-route", cause.NoNetworkRoute, nil, func(w *world) []string {
		w.provider()
		w.client.ip("route del default")
		return customer
	}},
	// The router has a DNS cache, as most have.
	{"no-default-route-names-known", cause.NoNetworkRoute, nil, func(w *world) []string {
		w.provider()
		w.routerKnows()
		w.client.ip("route del default")
		return customer
	}},
	{"router-without-way-out", cause.NoNetworkRoute, nil, func(w *world) []string {
		w.provider()
		w.routerKnows()
		w.router.ip("link set s0 down", "route add unreachable default")
		return customer
	}},
	{"smtp-port-dropped", cause.PortFiltered, nil, func(w *world) []string {
		w.provider()
		w.forward("tcp dport 587 drop")
		return customer
	}},
	{"imap-port-rejected", cause.PortFiltered, nil, func(w *world) []string {
		w.provider()
		w.forward("tcp dport 993 reject with icmpx admin-prohibited")
		return customer
	}},
	// As nft rejects by default: to programs it looks like a port where nothing
	// listens.
	{"imap-port-refused-by-router", cause.PortFiltered, nil, func(w *world) []string {
		w.provider()
		w.forward("tcp dport 993 reject")
		return customer
	}},
	{"imap-port-refused-by-server-firewall", cause.PortFiltered, nil, func(w *world) []string {
		w.provider()
		w.server.nft("table ip f { chain c { type filter hook input priority 0; ip daddr " + imapIP + " tcp dport 993 reject; }; }")
		return customer
	}},
	{"ipv6-server-prohibited", cause.PortFiltered, nil, func(w *world) []string {
		w.dualStack()
		w.dovecot(realtest.DovecotConfig{Place: w.at(imapIP6)})
		w.names["imap.mail.test"] = []string{"AAAA " + imapIP6}
		w.forward("tcp dport 993 reject with icmpx admin-prohibited")
		return login("imaps://imap.mail.test")
	}},
	{"firewall-here-refuses", cause.LocalFirewallOrAppPermission, nil, func(w *world) []string {
		w.provider()
		w.output("tcp dport 587 reject")
		return customer
	}},
	{"firewall-here-refuses-all-mail", cause.LocalFirewallOrAppPermission, nil, func(w *world) []string {
		w.provider()
		w.output("tcp dport { " + mailPorts + " } reject")
		return customer
	}},
	{"firewall-here-rejects", cause.LocalFirewallOrAppPermission, nil, func(w *world) []string {
		w.provider()
		w.output("tcp dport 587 reject with icmpx admin-prohibited")
		return customer
	}},
	{"route-prohibited", cause.LocalFirewallOrAppPermission, nil, func(w *world) []string {
		w.provider()
		w.client.ip("route add prohibit " + smtpIP)
		return customer
	}},
	{"imap-without-listener", cause.ServiceNotListening, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{"service imap-login {\n inet_listener imap {\n  port = 0\n }\n}"}})
		return login("imap://imap.mail.test")
	}},
	{"submission-stopped", cause.ServiceNotListening, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.profile(usual...)
		return customer
	}},
	{"ipv6-dropped", cause.IPv6BrokenPath, nil, func(w *world) []string {
		w.dualStack()
		w.provider()
		w.forward("meta nfproto ipv6 drop")
		return customer
	}},
	{"ipv6-without-route", cause.IPv6BrokenPath, nil, func(w *world) []string {
		w.dualStack()
		w.provider()
		w.client.ip("route del default via 2001:db8:1::1")
		return customer
	}},
	{"ipv6-server-deaf", cause.IPv6BrokenPath, nil, func(w *world) []string {
		w.dualStack()
		w.provider() // listens only on IPv4
		return customer
	}},
}
