package laboratory

import (
	"strings"

	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// healthy are worlds in which nothing is wrong.
var healthy = []scenario{
	{"healthy", "", nil, func(w *world) []string {
		w.provider()
		return customer
	}},
	{"healthy-resolver-without-edns", "", nil, func(w *world) []string {
		w.provider()
		old := func(ip string) probetest.Name {
			return probetest.Name{Addresses: []string{ip}, Fault: probetest.DNSNoEDNS}
		}
		w.dns(probetest.Zone{popHost: old(popIP), imapHost: old(imapIP), smtpHost: old(smtpIP)})
		return customer
	}},
	// The first packet waits until the router has answered ARP for the server's
	// address, which it delays (arp(7), proxy_delay); no other packet waits.
	{"healthy-late-neighbour", "", nil, func(w *world) []string {
		const ip = "192.168.1.50"
		w.router.sysctl("ipv4.conf.all.proxy_arp", "1")
		w.router.sysctl("ipv4.neigh.c0.proxy_delay", "160")
		w.server.ip("addr add " + ip + "/32 dev eth0")
		w.router.ip("route add " + ip + " via " + imapIP)
		w.dovecot(realtest.DovecotConfig{Place: w.at(ip)})
		w.names[imapHost] = []string{"A " + ip}
		return login("imaps://" + imapHost)
	}},
	{"healthy-no-password", "", nil, func(w *world) []string {
		w.provider()
		w.password = ""
		return customer
	}},
	{"healthy-dual-stack", "", nil, func(w *world) []string {
		w.dualStack()
		w.dovecot(realtest.DovecotConfig{Place: w.at(popIP, imapIP, popIP6, imapIP6)})
		w.postfix(realtest.PostfixConfig{Place: w.at(smtpIP, smtpIP6)})
		w.profile(usual...)
		return customer
	}},
	{"healthy-starttls", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{})
		w.profile(upgraded...)
		return customer
	}},
	{"healthy-exim", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Quota: "700M"})
		w.exim(realtest.EximConfig{})
		w.profile(usual...)
		return customer
	}},
	{"healthy-urls", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Mechanisms: "plain login cram-md5 scram-sha-256"})
		w.postfix(realtest.PostfixConfig{})
		return login("imaps://imap.mail.test", "pop3s://pop.mail.test", "smtps://smtp.mail.test", "smtp://smtp.mail.test")
	}},
	{"healthy-library-servers", "", nil, func(w *world) []string {
		w.mail(popIP+":995", probetest.Config{Protocol: probetest.POP3})
		w.mail(imapIP+":993", probetest.Config{Protocol: probetest.IMAP})
		w.mail(smtpIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS})
		w.profile(usual...)
		return customer
	}},
	{"healthy-wildcard-certificate", "", nil, func(w *world) []string {
		certificate, key := realtest.WritePEM(w.t, w.issue(probetest.Leaf{Names: []string{"*.mail.test"}}))
		w.dovecot(realtest.DovecotConfig{Certificate: certificate, Key: key})
		w.postfix(realtest.PostfixConfig{Certificate: certificate, Key: key})
		w.profile(usual...)
		return customer
	}},
	{"healthy-aliases", "", nil, func(w *world) []string {
		w.provider()
		for _, h := range []string{popHost, imapHost, smtpHost} {
			w.names[h], w.names["cluster-"+h] = []string{"CNAME cluster-" + h + "."}, w.names[h]
		}
		return customer
	}},
	{"healthy-several-addresses", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Place: w.at(popIP, imapIP, otherIP)})
		w.postfix(realtest.PostfixConfig{Place: w.at(smtpIP, otherIP)})
		for _, h := range []string{popHost, imapHost, smtpHost} {
			w.names[h] = append(w.names[h], "A "+otherIP)
		}
		w.profile(usual...)
		return customer
	}},
	{"healthy-company-network", "", nil, func(w *world) []string {
		// The server is in the same private network as the customer.
		const ip = "192.168.2.10"
		w.router.ip("addr add 192.168.2.1/24 dev s0")
		w.server.ip("addr add " + ip + "/24 dev eth0")
		w.dovecot(realtest.DovecotConfig{Place: w.at(ip)})
		w.postfix(realtest.PostfixConfig{Place: w.at(ip)})
		for _, h := range []string{popHost, imapHost, smtpHost} {
			w.names[h] = []string{"A " + ip}
		}
		w.profile(usual...)
		return customer
	}},
	{"healthy-strict-network", "", nil, func(w *world) []string {
		w.provider()
		w.forward("ct state established accept", "udp dport 53 accept", "tcp dport { 53, 587, 993, 995 } accept", "drop")
		return customer
	}},
	{"healthy-narrow-path", "", nil, func(w *world) []string {
		w.provider()
		w.router.ip("link set s0 mtu 1400") // and the router reports it
		return customer
	}},
	{"healthy-scram-alone", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Mechanisms: "scram-sha-256"})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		return customer
	}},
	{"healthy-login-alone", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Mechanisms: "login"})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		return customer
	}},
	{"healthy-without-pipelining", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_discard_ehlo_keywords = pipelining, chunking, smtputf8, dsn"}})
		w.profile(usual...)
		return customer
	}},
	{"healthy-tls12-alone", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_tls_mandatory_protocols = TLSv1.2", "smtpd_tls_protocols = TLSv1.2"}})
		w.profile(usual...)
		return customer
	}},
	{"healthy-half-full-mailbox", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Quota: "10K", Messages: []string{"Subject: x\n\n" + strings.Repeat("y\n", 2500)}})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		return customer
	}},
	{"healthy-starttls-if-offered", "", nil, func(w *world) []string {
		w.provider()
		w.profile("pop3 pop.mail.test 110 starttls-if-offered", "imap imap.mail.test 143 starttls-if-offered", "smtp smtp.mail.test 587 starttls-if-offered")
		return customer
	}},
	{"healthy-second-resolver", "", nil, func(w *world) []string {
		w.provider()
		w.unboundAt(otherIP, w.names)
		w.client.etc("resolv.conf", "nameserver "+resolvIP+"\nnameserver "+otherIP+"\n")
		return customer
	}},
	{"healthy-ipv6-alone", "", nil, func(w *world) []string {
		w.dualStack()
		w.dovecot(realtest.DovecotConfig{Place: w.at(popIP6, imapIP6)})
		w.postfix(realtest.PostfixConfig{Place: w.at(smtpIP6)})
		w.names[popHost], w.names[imapHost], w.names[smtpHost] = []string{"AAAA " + popIP6}, []string{"AAAA " + imapIP6}, []string{"AAAA " + smtpIP6}
		w.resolver = nil
		w.unboundAt(otherIP6, w.names)
		w.client.etc("resolv.conf", "nameserver "+otherIP6+"\n")
		w.client.ip("addr del " + clientIP + "/24 dev eth0")
		w.profile(usual...)
		return customer
	}},
}
