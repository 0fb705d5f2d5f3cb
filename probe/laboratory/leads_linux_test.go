package laboratory

import (
	"crypto/tls"
	"errors"
	"net"

	"maildoctor/probe/diagnose/cause"
)

// leads are faults that look like a commoner one at first sight.
var leads = []scenario{
	{"tls-without-its-key", cause.TLSServerInternalError, nil, func(w *world) []string {
		broken := &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return nil, errors.New("the key is gone")
		}}
		w.handle(w.server, imapIP+":993", func(c net.Conn) { tls.Server(c, broken).Handshake() })
		return login("imaps://imap.mail.test")
	}},
}
