package tlsinspect

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"maildoctor/probe/stage"
)

// chain is what a server sent, leaf first, with the time at which it is verified.
type chain struct {
	sent []*x509.Certificate // at most maxChain
	now  time.Time

	intermediates *x509.CertPool
	ageless       *chain // see withoutAge
}

func newChain(sent []*x509.Certificate, now time.Time) *chain {
	c := &chain{sent: sent[:min(maxChain, len(sent))], now: now, intermediates: x509.NewCertPool()}
	for _, i := range c.sent[1:] {
		c.intermediates.AddCert(i)
	}
	return c
}

func (c *chain) leaf() *x509.Certificate { return c.sent[0] }

// depth returns the index of a certificate in what was sent. An issuer that was not
// sent gets the index of the last certificate.
func (c *chain) depth(cert *x509.Certificate) int {
	if i := slices.IndexFunc(c.sent, cert.Equal); i >= 0 {
		return i
	}
	return len(c.sent) - 1
}

// path is a certificate path from the leaf to a root in a pool.
type path struct {
	certs  []*x509.Certificate // leaf first; nil: there is no path
	faults []stage.CertFault   // faults of issuers: not valid today, or not for servers
	err    error               // why there is no path
}

// trusted reports whether the path is valid today, apart from the leaf's own validity
// period, which is checked separately.
func (p path) trusted() bool { return p.certs != nil && len(p.faults) == 0 }

// find looks for a path to a root in a pool, preferably one without faults. prefer,
// which may be nil, selects among several.
func (c *chain) find(roots *x509.CertPool, prefer func([]*x509.Certificate) bool) path {
	chains, err := c.leaf().Verify(x509.VerifyOptions{Roots: roots, Intermediates: c.intermediates, CurrentTime: c.now})
	if err == nil {
		return path{certs: pick(chains, prefer)}
	}
	chains, pathErr := c.findAgeless(roots)
	if pathErr != nil {
		return path{err: pathErr}
	}
	best := path{}
	for _, certs := range chains {
		if faults := c.pathFaults(certs); best.certs == nil || len(faults) < len(best.faults) {
			best = path{certs: certs, faults: faults}
		}
	}
	if best.trusted() && c.leafInTime() {
		// There is a path, but verification failed.
		best.faults = []stage.CertFault{{ID: stage.CertPathInvalid, Detail: text(err.Error())}}
	}
	return best
}

// pick returns the first preferred chain, or else the shortest.
func pick(chains [][]*x509.Certificate, prefer func([]*x509.Certificate) bool) []*x509.Certificate {
	if prefer != nil {
		if i := slices.IndexFunc(chains, prefer); i >= 0 {
			return chains[i]
		}
	}
	return slices.MinFunc(chains, func(a, b []*x509.Certificate) int { return len(a) - len(b) })
}

// findAgeless looks for paths regardless of the certificates' validity periods and key
// usages.
func (c *chain) findAgeless(roots *x509.CertPool) ([][]*x509.Certificate, error) {
	a := c.withoutAge()
	opt := x509.VerifyOptions{Roots: roots, Intermediates: a.intermediates, CurrentTime: c.now, KeyUsages: anyUsage}
	chains, err := a.leaf().Verify(opt)
	// Roots, and the verifiers of Windows and macOS, do check the given time. Try
	// several at which the chain may have been valid.
	for _, t := range []time.Time{c.leaf().NotBefore, middle(c.leaf()), middle(c.sent[len(c.sent)-1])} {
		if err == nil {
			break
		}
		opt.CurrentTime = t
		if again, e := a.leaf().Verify(opt); e == nil {
			chains, err = again, nil
		}
	}
	for _, certs := range chains {
		for i, cert := range certs {
			if j := slices.IndexFunc(c.sent, cert.Equal); j >= 0 {
				certs[i] = c.sent[j]
			}
		}
	}
	return chains, err
}

// withoutAge returns the chain with copies of the certificates that are always valid,
// so that crypto/x509 checks everything but the time.
func (c *chain) withoutAge() *chain {
	if c.ageless == nil {
		var copies []*x509.Certificate
		for _, cert := range c.sent {
			always := *cert
			always.NotBefore, always.NotAfter = time.Time{}, time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
			copies = append(copies, &always)
		}
		c.ageless = newChain(copies, c.now)
	}
	return c.ageless
}

// pathFaults returns the faults of a path to a root: issuers outside their validity
// period, and certificates that are not for servers.
func (c *chain) pathFaults(certs []*x509.Certificate) (faults []stage.CertFault) {
	for i, cert := range certs {
		if !forServers(cert) {
			faults = append(faults, stage.CertFault{ID: stage.CertWrongUsage, Depth: c.depth(cert), Detail: text(cert.Subject.String())})
		}
		if i == 0 {
			continue
		}
		switch {
		case c.now.After(cert.NotAfter):
			faults = append(faults, stage.CertFault{ID: stage.CertIssuerExpired, Depth: c.depth(cert), Detail: until(cert)})
		case c.now.Before(cert.NotBefore):
			faults = append(faults, stage.CertFault{ID: stage.CertNotYetValid, Depth: c.depth(cert), Detail: from(cert)})
		}
	}
	return faults
}

func (c *chain) leafInTime() bool {
	return !c.now.Before(c.leaf().NotBefore) && !c.now.After(c.leaf().NotAfter)
}

// forServers reports whether the extended key usage, if present, allows TLS servers
// (RFC 5280 4.2.1.12).
func forServers(cert *x509.Certificate) bool {
	if len(cert.ExtKeyUsage)+len(cert.UnknownExtKeyUsage) == 0 {
		return true
	}
	return slices.Contains(cert.ExtKeyUsage, x509.ExtKeyUsageServerAuth) || slices.Contains(cert.ExtKeyUsage, x509.ExtKeyUsageAny)
}

// selfIssued reports whether a certificate's issuer is its own subject.
func selfIssued(cert *x509.Certificate) bool { return bytes.Equal(cert.RawSubject, cert.RawIssuer) }

// selfSigned reports whether a certificate is signed with its own key. If the signature
// algorithm is too weak to verify, the issuer's name decides.
func selfSigned(cert *x509.Certificate) bool {
	if !selfIssued(cert) {
		return false
	}
	err := cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature)
	_, weak := errors.AsType[x509.InsecureAlgorithmError](err)
	return err == nil || weak
}
