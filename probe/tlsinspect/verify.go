package tlsinspect

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"
)

// Verify verifies the certificates of a connection as a program on this machine would,
// against the system's roots and those of --ca-file. It returns the first error that
// crypto/x509 finds for the connection's ServerName, or nil. crypto/tls has limited the
// key sizes before.
func (r *Roots) Verify(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("no certificate was shown")
	}
	c := newChain(state.PeerCertificates, time.Now())
	if err := c.leaf().VerifyHostname(state.ServerName); err != nil {
		return err
	}
	err := c.verify(r.system)
	if err != nil && r.extra != nil && c.verify(r.extra) == nil {
		return nil
	}
	return err
}

func (c *chain) verify(roots *x509.CertPool) error {
	_, err := c.leaf().Verify(x509.VerifyOptions{Roots: roots, Intermediates: c.intermediates, CurrentTime: c.now})
	return err
}
