package laboratory

import (
	"crypto/tls"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// well are further worlds in which nothing is wrong, though something is unusual.
var well = []scenario{
	{"well-pop-only", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Place: w.at(popIP)})
		w.postfix(realtest.PostfixConfig{})
		w.profile("pop3 pop.mail.test 995 tls", "smtp smtp.mail.test 465 tls")
		return customer
	}},
	{"well-imap-only", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Place: w.at(imapIP)})
		w.exim(realtest.EximConfig{})
		w.profile("imap imap.mail.test 993 tls", "smtp smtp.mail.test 465 tls")
		return customer
	}},
	{"well-starttls-exim", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.exim(realtest.EximConfig{})
		w.profile(upgraded...)
		return customer
	}},
	{"well-all-ports", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{})
		w.profile("pop3 pop.mail.test 995 tls", "pop3 pop.mail.test 110 starttls", "imap imap.mail.test 993 tls", "imap imap.mail.test 143 starttls",
			"smtp smtp.mail.test 465 tls", "smtp smtp.mail.test 587 starttls")
		return customer
	}},
	{"well-ipv6-records-alone", "", nil, func(w *world) []string {
		w.sixes()
		return customer
	}},
	{"well-ipv6-network", "", nil, func(w *world) []string {
		w.sixes()
		w.resolver = func() { w.unboundAt(resolvIP, w.names, "interface: "+otherIP6) }
		w.client.etc("resolv.conf", "nameserver "+otherIP6+"\n")
		w.client.ip("addr del " + clientIP + "/24 dev eth0")
		return customer
	}},
	{"well-dual-stack-in-an-ipv4-network", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		for name, ip := range map[string]string{popHost: popIP6, imapHost: imapIP6, smtpHost: smtpIP6} {
			w.names[name] = append(w.names[name], "AAAA "+ip)
		}
		return customer
	}},
	{"well-several-addresses", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Place: w.at(popIP, imapIP, otherIP, "203.0.113.14", "203.0.113.15")})
		w.postfix(realtest.PostfixConfig{Place: w.at(smtpIP, "203.0.113.16")})
		w.names[imapHost] = []string{"A " + imapIP, "A " + otherIP, "A 203.0.113.14", "A 203.0.113.15"}
		w.names[smtpHost] = []string{"A " + smtpIP, "A 203.0.113.16"}
		w.profile(usual...)
		return customer
	}},
	{"well-company-ca", "", nil, func(w *world) []string {
		root, err := probetest.NewCA("Example Ltd Root CA")
		if err != nil {
			w.t.Fatal(err)
		}
		return w.certified(root, goodLeaf, root)
	}},
	{"well-long-chain", "", nil, func(w *world) []string {
		root, err := probetest.NewCA("Laboratory Old Root CA")
		issuer := root
		for i := 1; i <= 4 && err == nil; i++ {
			issuer, err = issuer.Intermediate(fmt.Sprintf("Laboratory Sub CA %d", i))
		}
		if err != nil {
			w.t.Fatal(err)
		}
		return w.certified(issuer, probetest.Leaf{Names: goodLeaf.Names, SendRoot: true}, root)
	}},
	{"well-wildcard", "", nil, func(w *world) []string {
		a := w.authority()
		return w.certified(a.middle, probetest.Leaf{Names: []string{"*.mail.test", "mail.test"}}, a.root)
	}},
	{"well-rsa-certificate", "", nil, func(w *world) []string {
		a := w.authority()
		return w.certified(a.middle, probetest.Leaf{Names: goodLeaf.Names, Key: probetest.RSA2048, CommonName: "Laboratory Mail"}, a.root)
	}},
	{"well-short-lived-certificate", "", nil, func(w *world) []string {
		a := w.authority()
		leaf := probetest.Leaf{Names: goodLeaf.Names, NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(136 * time.Hour)}
		return w.certified(a.middle, leaf, a.root)
	}},
	{"well-tls-1.2-alone", "", nil, func(w *world) []string {
		old := w.tls(goodLeaf)
		old.MaxVersion = tls.VersionTLS12
		w.mail(popIP+":995", probetest.Config{Protocol: probetest.POP3, TLS: old})
		w.mail(imapIP+":993", probetest.Config{Protocol: probetest.IMAP, TLS: old})
		w.mail(smtpIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, TLS: old})
		w.profile(usual...)
		return customer
	}},
	{"well-link-of-150-ms", "", nil, func(w *world) []string {
		w.provider()
		w.longWire(75*time.Millisecond, 0)
		return customer
	}},
	{"well-link-of-150-ms-starttls", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{})
		w.profile(upgraded...)
		w.longWire(75*time.Millisecond, 0)
		return customer
	}},
	{"well-greeting-after-3-s", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.exim(realtest.EximConfig{Connect: "  accept delay = 3s"})
		w.profile(usual...)
		return customer
	}},
	{"well-imap-greeting-after-3-s", "", nil, func(w *world) []string {
		slow := []probetest.Fault{probetest.SlowGreeting}
		w.mail(popIP+":995", probetest.Config{Protocol: probetest.POP3, Faults: slow, Delay: 3 * time.Second})
		w.mail(imapIP+":993", probetest.Config{Protocol: probetest.IMAP, Faults: slow, Delay: 3 * time.Second})
		return login("pop3s://pop.mail.test", "imaps://imap.mail.test")
	}},
	{"well-login-after-starttls-alone", "", nil, func(w *world) []string {
		shy := []probetest.Fault{probetest.LoginNeedsTLS}
		w.mail(popIP+":110", probetest.Config{Protocol: probetest.POP3, Security: probetest.StartTLS, Faults: shy})
		w.mail(imapIP+":143", probetest.Config{Protocol: probetest.IMAP, Security: probetest.StartTLS, Faults: shy})
		w.mail(smtpIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, Faults: shy})
		w.profile(upgraded...)
		return customer
	}},
	{"well-many-capabilities", "", nil, func(w *world) []string {
		var many []string
		for i := range 60 {
			many = append(many, fmt.Sprintf("XLABORATORY-%d", i))
		}
		w.dovecot(realtest.DovecotConfig{Place: w.at(imapIP), Extra: []string{"imap_capability = +" + strings.Join(many, " ")}})
		w.mail(popIP+":995", probetest.Config{Protocol: probetest.POP3, Capabilities: many})
		w.mail(smtpIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, Capabilities: many})
		w.profile(usual...)
		return customer
	}},
	{"well-pop-without-capa", "", nil, func(w *world) []string {
		w.mail(popIP+":995", probetest.Config{Protocol: probetest.POP3, Faults: []probetest.Fault{probetest.CapabilitiesRefused}})
		return login("pop3s://pop.mail.test")
	}},
	{"well-pop-with-much-in-capa", "", nil, func(w *world) []string {
		w.mail(popIP+":995", probetest.Config{
			Protocol: probetest.POP3, APOP: true, Mechanisms: []string{"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"},
			Capabilities: []string{"RESP-CODES", "AUTH-RESP-CODE", "EXPIRE NEVER", "LOGIN-DELAY 0", "IMPLEMENTATION laboratory", "LANG", "UTF8 USER"},
		})
		return login("pop3s://pop.mail.test")
	}},
	{"well-big-mailbox", "", nil, func(w *world) []string {
		sizes := make([]int, 40_000)
		for i := range sizes {
			sizes[i] = 900 + i
		}
		w.mail(popIP+":995", probetest.Config{Protocol: probetest.POP3, Messages: sizes})
		w.mail(imapIP+":993", probetest.Config{Protocol: probetest.IMAP, Messages: sizes})
		return login("pop3s://pop.mail.test", "imaps://imap.mail.test")
	}},
	{"well-quota-half-full", "", nil, func(w *world) []string {
		message := "Subject: x\n\n" + strings.Repeat("yyyyyyyyyyyyyyy\n", 640)
		w.dovecot(realtest.DovecotConfig{Quota: "40K", Messages: []string{message, message}})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		return customer
	}},
	{"well-domain", "", nil, func(w *world) []string {
		w.provider()
		w.password = ""
		return []string{"mail.test"}
	}},
	{"well-no-login", "", nil, func(w *world) []string {
		w.provider()
		w.password = ""
		return []string{user, "--no-login", "--strict"}
	}},
	{"well-one-protocol", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{}) // no server for sending
		w.profile(usual...)
		return []string{user, "--protocol", "imap"}
	}},
	{"well-proxy-in-the-environment", "", nil, func(w *world) []string {
		w.provider()
		const proxy = "http://203.0.113.99:3128"
		w.env = []string{"HTTP_PROXY=" + proxy, "HTTPS_PROXY=" + proxy, "ALL_PROXY=" + proxy, "https_proxy=" + proxy, "all_proxy=" + proxy}
		return customer
	}},
	{"well-two-name-servers", "", nil, func(w *world) []string {
		w.provider()
		w.resolver = func() { w.unbound(); w.unboundAt(otherIP, w.names) }
		w.client.etc("resolv.conf", "nameserver "+resolvIP+"\nnameserver "+otherIP+"\noptions rotate\n")
		return customer
	}},
	{"well-alias-chains", "", nil, func(w *world) []string {
		w.provider()
		w.names[imapHost] = []string{"CNAME imap.hosting.test."}
		w.names["imap.hosting.test"] = []string{"CNAME cluster3.hosting.test."}
		w.names["cluster3.hosting.test"] = []string{"CNAME node1.hosting.test."}
		w.names["node1.hosting.test"] = []string{"A " + imapIP}
		w.names[smtpHost] = []string{"CNAME out.hosting.test."}
		w.names["out.hosting.test"] = []string{"A " + smtpIP}
		return customer
	}},
	{"well-hosts-file-says-the-same", "", nil, func(w *world) []string {
		w.provider()
		w.client.etc("hosts", "127.0.0.1 localhost\n"+imapIP+" imap.mail.test imap\n"+smtpIP+" smtp.mail.test\n")
		return customer
	}},
	{"well-local-part-as-user-name", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Users: []string{"ada:{PLAIN}" + right + "::::::"}})
		w.profile("imap imap.mail.test 993 tls", "user_name = \"local-part\"")
		return []string{"ada@mail.test"}
	}},
	{"well-other-ports", "", nil, func(w *world) []string {
		w.mail(imapIP+":10993", probetest.Config{Protocol: probetest.IMAP})
		w.mail(smtpIP+":2525", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS})
		return login("imaps://imap.mail.test:10993", "smtp://smtp.mail.test:2525")
	}},
	{"well-customer-of-gmx", "", nil, func(w *world) []string {
		return w.brand("jane@gmx.com",
			server{"imap.gmx.com:993", "", probetest.Config{}}, server{"imap.gmx.com:143", "", probetest.Config{}},
			server{"pop.gmx.com:995", "", probetest.Config{}}, server{"pop.gmx.com:110", "", probetest.Config{}},
			server{"mail.gmx.com:465", "", probetest.Config{}}, server{"mail.gmx.com:587", "", probetest.Config{}})
	}},
	{"well-id-asked-for-and-given", "", nil, func(w *world) []string {
		w.mail(imapIP+":993", probetest.Config{Protocol: probetest.IMAP, Faults: []probetest.Fault{probetest.IDRequired}})
		return login("imaps://imap.mail.test")
	}},
	{"well-long-banner", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{"login_greeting = Laboratory Mail. Blocked addresses and too many failures are logged. Access denied to others."}})
		w.exim(realtest.EximConfig{Main: []string{`smtp_banner = mx.mail.test ESMTP\nWe do not authorize the use of this system to transport unsolicited e-mail.`}})
		w.profile(usual...)
		return customer
	}},
	{"well-only-mail-ports-open", "", nil, func(w *world) []string {
		w.provider()
		w.forward("ct state established,related accept", "udp dport 53 ip daddr "+resolvIP+" accept", "tcp dport { 587, 993, 995 } accept", "drop")
		return customer
	}},
	{"well-server-on-ipv4-in-a-dual-network", "", nil, func(w *world) []string {
		w.dualStack()
		w.provider()
		for _, h := range []string{popHost, imapHost, smtpHost} {
			w.names[h] = w.names[h][:1]
		}
		return customer
	}},
	{"well-scram", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Mechanisms: "scram-sha-256 scram-sha-1 plain"})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		return customer
	}},
	{"well-folders-below-inbox-marked", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{
			"namespace inbox {\n inbox = yes\n prefix = INBOX.\n separator = .\n mailbox Sent {\n  special_use = \\Sent\n  auto = create\n }\n mailbox Trash {\n  special_use = \\Trash\n  auto = create\n }\n}",
		}})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		return customer
	}},
}

// sixes runs a healthy provider whose names have only IPv6 addresses.
func (w *world) sixes() {
	w.t.Helper()
	w.dualStack()
	for name, ip := range map[string]string{popHost: popIP6, imapHost: imapIP6, smtpHost: smtpIP6} {
		w.names[name] = []string{"AAAA " + ip}
	}
	w.dovecot(realtest.DovecotConfig{Place: w.at(popIP6, imapIP6)})
	w.postfix(realtest.PostfixConfig{Place: w.at(smtpIP6)})
	w.profile(usual...)
}

// certified runs a healthy provider whose servers present a certificate of this
// issuer. The arguments trust the root.
func (w *world) certified(issuer *probetest.CA, leaf probetest.Leaf, root *probetest.CA) []string {
	w.t.Helper()
	c, err := issuer.Issue(leaf)
	if err != nil {
		w.t.Fatal(err)
	}
	certificate, key := realtest.WritePEM(w.t, c)
	w.dovecot(realtest.DovecotConfig{Certificate: certificate, Key: key})
	w.postfix(realtest.PostfixConfig{Certificate: certificate, Key: key})
	w.profile(usual...)
	file := filepath.Join(w.dir, "company.pem")
	write(w.t, file, string(root.PEM()))
	return append(customer[:1:1], "--ca-file", file)
}
