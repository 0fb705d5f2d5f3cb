package laboratory

import (
	"crypto/tls"
	"io"
	"net"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// settings are causes in the settings: those that were typed in, and those that
// a provider publishes.
var settings = []scenario{
	{"web-host-as-mail-server", cause.MXOrWebHostUsedAsServer, nil, func(w *world) []string {
		w.website()
		w.provider()
		return login("imaps://mail.test", "smtp://mail.test")
	}},
	{"web-host-with-filtered-ports", cause.MXOrWebHostUsedAsServer, nil, func(w *world) []string {
		w.website()
		w.forward("ip daddr "+otherIP+" tcp dport { 80, 443 } accept", "ip daddr "+otherIP+" tcp dport 1-65535 drop")
		return login("imaps://www.mail.test", "smtp://www.mail.test")
	}},
	{"mx-as-incoming-server", cause.MXOrWebHostUsedAsServer, nil, func(w *world) []string {
		w.provider()
		w.exchanger(otherIP)
		w.names["mx.mail.test"] = []string{"A " + otherIP}
		return login("imaps://mx.mail.test", "smtp://mx.mail.test")
	}},
	// The name is that of the exchanger, and its port accepts no logins.
	{"mx-as-outgoing-server", cause.MXOrWebHostUsedAsServer, []cause.ID{cause.AuthNotOfferedOnPort}, func(w *world) []string {
		w.provider()
		w.exchanger(otherIP)
		w.names["mx.mail.test"] = []string{"A " + otherIP}
		return login("smtp://mx.mail.test:25")
	}},
	{"filter-as-outgoing-server", cause.MXOrWebHostUsedAsServer, nil, func(w *world) []string {
		const host = "mail-test.mail.protection.outlook.com"
		w.names[host] = []string{"A " + otherIP}
		w.dovecot(realtest.DovecotConfig{})
		certificate, key := realtest.WritePEM(w.t, w.issue(probetest.Leaf{Names: []string{"mail.protection.outlook.com", "*.mail.protection.outlook.com"}}))
		w.postfix(realtest.PostfixConfig{Place: w.at(backIP), Certificate: certificate, Key: key, Main: []string{"smtpd_sasl_auth_enable = no"}})
		w.server.nft("table ip filter25 { chain c { type nat hook prerouting priority -100; ip daddr " + otherIP + " tcp dport 25 dnat to " + backIP + ":587; }; }")
		return login("smtp://" + host + ":25")
	}},
	{"sending-has-an-old-password", cause.SMTPAndIMAPCredentialsDiffer, nil, func(w *world) []string {
		current := map[string]string{user: wrong}
		w.mail(imapIP+":993", probetest.Config{Protocol: probetest.IMAP, Users: current})
		w.mail(popIP+":995", probetest.Config{Protocol: probetest.POP3, Users: current})
		w.exim(realtest.EximConfig{}) // has the old one
		w.profile(usual...)
		w.password = wrong
		return customer
	}},
	{"receiving-has-an-old-password", cause.SMTPAndIMAPCredentialsDiffer, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{}) // has the old one
		w.mail(smtpIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, Users: map[string]string{user: wrong}})
		w.profile("imap imap.mail.test 993 tls", "smtp smtp.mail.test 587 starttls")
		w.password = wrong
		return customer
	}},
	{"message-limit-below-the-page", cause.LimitDiffersFromProfile, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"message_size_limit = 1048576"}})
		w.profile(append(usual, "[limit.message]\nsize = \"25 MB\"")...)
		return customer
	}},
	{"quota-below-the-page", cause.LimitDiffersFromProfile, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Quota: "100M"})
		w.postfix(realtest.PostfixConfig{})
		w.profile(append(usual, "[limit.mailbox]\nsize = \"700 MB\"")...)
		return customer
	}},
	{"exim-limit-below-the-page", cause.LimitDiffersFromProfile, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.exim(realtest.EximConfig{}) // 10 MB
		w.profile(append(usual, "[limit.message]\nsize = \"50 MB\"")...)
		return customer
	}},
	{"typed-port-is-not-the-profiles", cause.SettingsDifferFromProfile, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{"service imap-login {\n inet_listener imap {\n  port = 0\n }\n}"}})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		w.password = "" // which belongs to only one account
		return []string{user, "imap://imap.mail.test"}
	}},
	{"typed-host-is-not-the-profiles", cause.SettingsDifferFromProfile, nil, func(w *world) []string {
		w.provider()
		w.names["mail.mail.test"] = []string{"A " + otherIP}
		w.password = ""
		return []string{user, "imaps://mail.mail.test"}
	}},
	{"typed-host-alone-is-not-the-profiles", cause.SettingsDifferFromProfile, nil, func(w *world) []string {
		w.provider()
		w.names["mail.mail.test"] = []string{"A " + otherIP}
		return login("imaps://mail.mail.test")
	}},
	{"page-names-a-host-that-is-gone", cause.ProfileOutOfDate, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{})
		w.profile(append([]string{"imap mail-old.mail.test 993 tls"}, usual...)...)
		return customer
	}},
	{"page-names-a-port-that-is-gone", cause.ProfileOutOfDate, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{})
		w.profile("imap imap.mail.test 993 tls", "smtp smtp.mail.test 2525 starttls", "smtp smtp.mail.test 587 starttls")
		return customer
	}},
	{"imap-is-not-provided", cause.ProtocolNotProvided, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Place: w.at(popIP)})
		w.postfix(realtest.PostfixConfig{})
		w.profile("pop3 pop.mail.test 995 tls", "imap imap.mail.test 993 tls", "optional = true\nnote = \"imap-unsupported\"", "smtp smtp.mail.test 587 starttls",
			"[[note]]\nid = \"imap-unsupported\"\ntext = \"Laboratory Mail calls IMAP unsupported.\"")
		return customer
	}},
	{"centurylink-without-imap", cause.ProtocolNotProvided, nil, func(w *world) []string {
		w.names["mail.centurylink.net"] = []string{"A " + otherIP}
		w.forward("ip daddr " + otherIP + " tcp dport 993 drop")
		return w.brand("jane@q.com", server{"pop.centurylink.net:995", "", probetest.Config{}}, server{"smtp.centurylink.net:587", "", probetest.Config{}})
	}},
	{"bridge-not-running", cause.LocalBridgeProblem, nil, func(*world) []string {
		return []string{"jane@proton.me"}
	}},
	{"bridge-wants-its-own-password", cause.LocalBridgeProblem, nil, func(w *world) []string {
		w.bridge(false, "no such user", "1143", "1025")
		return []string{"jane@proton.me"}
	}},
	{"bridge-with-its-own-certificate", cause.LocalBridgeProblem, nil, func(w *world) []string {
		w.bridge(true, "", "1143", "1025")
		return []string{"jane@proton.me"}
	}},
	{"bridge-by-its-port-alone", cause.LocalBridgeProblem, nil, func(w *world) []string {
		w.bridge(true, "", "1143", "1025")
		return login("imap://127.0.0.1:1143")
	}},
	{"bridge-moved-to-other-ports", cause.LocalBridgeProblem, nil, func(w *world) []string {
		w.bridge(false, "", "1144", "1026")
		return []string{"jane@proton.me"}
	}},
}

// website runs the domain's web server, on a machine without mail.
func (w *world) website() {
	w.t.Helper()
	w.names["mail.test"] = append(w.names["mail.test"], "A "+otherIP)
	w.names["www.mail.test"] = []string{"CNAME mail.test."}
	const page = "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: 8\r\nConnection: close\r\n\r\n<p>Hi.\r\n"
	shown := w.tls(probetest.Leaf{Names: []string{"mail.test", "www.mail.test"}})
	w.handle(w.server, otherIP+":80", func(c net.Conn) { answerOnce(c, page) })
	w.handle(w.server, otherIP+":443", func(c net.Conn) {
		s := tls.Server(c, shown)
		answerOnce(s, page)
		s.Close()
	})
}

// answerOnce reads something, and sends this text.
func answerOnce(c net.Conn, text string) {
	if n, err := c.Read(make([]byte, 4096)); n > 0 && err == nil {
		io.WriteString(c, text)
	}
}

// bridge runs a bridge program on the customer's machine. Its certificate is its
// own, or one that was installed here. It refuses the login in these words; without
// any, it accepts the login.
func (w *world) bridge(own bool, refusal, imapPort, smtpPort string) {
	w.t.Helper()
	leaf := probetest.Leaf{Names: []string{"127.0.0.1"}, IPs: []net.IP{net.IPv4(127, 0, 0, 1)}, SelfSigned: own}
	for _, p := range []struct {
		port, refusal string
		protocol      probetest.Protocol
	}{{imapPort, "NO ", probetest.IMAP}, {smtpPort, "535 5.7.8 Error: ", probetest.SMTP}} {
		c := probetest.Config{Protocol: p.protocol, Security: probetest.StartTLS, TLS: w.tls(leaf), Users: map[string]string{"jane@proton.me": right}}
		if refusal != "" {
			c.LoginReply = p.refusal + refusal
		}
		s, err := probetest.StartOn(w.client.listen("tcp", "127.0.0.1:"+p.port), c)
		if err != nil {
			w.t.Fatal(err)
		}
		w.t.Cleanup(s.Close)
	}
}
