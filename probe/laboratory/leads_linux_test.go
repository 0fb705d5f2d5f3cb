package laboratory

import (
	"crypto/tls"
	"errors"
	"net"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// leads are faults that look like a commoner one at first.
var leads = []scenario{
	{"tls-without-its-key", cause.TLSServerInternalError, nil, func(w *world) []string {
		broken := &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return nil, errors.New("the key is gone")
		}}
		w.handle(w.server, imapIP+":993", func(c net.Conn) { tls.Server(c, broken).Handshake() })
		return login("imaps://imap.mail.test")
	}},
	// It closes on whatever arrives first, including our proxy header. From here
	// that looks like a filter in between, as in clienthello-reset-on-the-way.
	{"submissions-hangs-up-beside-submission", cause.TLSHandshakeInterrupted, []cause.ID{cause.ConnectionResetAfterAccept}, func(w *world) []string {
		w.mail(smtpIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS})
		w.handle(w.server, smtpIP+":465", func(c net.Conn) { c.Read(make([]byte, 4096)) })
		return login("smtps://smtp.mail.test")
	}},
	{"postfix-behind-a-load-balancer", cause.ProxyProtocolExpected, nil, func(w *world) []string {
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_upstream_proxy_protocol = haproxy"}})
		return login("smtps://smtp.mail.test", "smtp://smtp.mail.test")
	}},
}
