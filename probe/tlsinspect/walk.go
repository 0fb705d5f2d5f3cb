package tlsinspect

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"

	"maildoctor/probe/stage"
)

// walk follows the issuers within what was sent, to find where a chain breaks that
// leads to no root.
type walk struct {
	*chain
	certs  []*x509.Certificate // leaf first, each issued by the next
	faults []stage.CertFault   // links that no program accepts
}

func (c *chain) walk() *walk {
	w := &walk{chain: c, certs: c.sent[:1:1]}
	for {
		cert := w.top()
		if selfIssued(cert) || isWeakSignature(cert) {
			w.check(cert)
			return w
		}
		w.check(cert)
		issuer := w.issuerOf(cert)
		if issuer == nil {
			return w
		}
		w.certs = append(w.certs, issuer)
	}
}

// top returns the last certificate reached.
func (w *walk) top() *x509.Certificate { return w.certs[len(w.certs)-1] }

// issuerOf returns the certificate among those sent that signed cert.
func (w *walk) issuerOf(cert *x509.Certificate) *x509.Certificate {
	for _, issuer := range w.sent {
		if bytes.Equal(cert.RawIssuer, issuer.RawSubject) && !slices.ContainsFunc(w.certs, issuer.Equal) &&
			issuer.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature) == nil {
			return issuer
		}
	}
	return nil
}

// check records what makes a certificate invalid at its position (RFC 5280 6.1.4).
func (w *walk) check(cert *x509.Certificate) {
	fault := func(detail string) {
		w.faults = append(w.faults, stage.CertFault{ID: stage.CertPathInvalid, Depth: w.depth(cert), Detail: detail})
	}
	if len(cert.UnhandledCriticalExtensions) > 0 {
		fault("critical extension " + cert.UnhandledCriticalExtensions[0].String() + " is unknown")
	}
	if len(w.certs) == 1 {
		return // the leaf
	}
	subject := text(cert.Subject.String())
	below := len(w.certs) - 2
	switch {
	case !cert.BasicConstraintsValid || !cert.IsCA:
		fault(subject + " has issued a certificate and is no certificate authority")
	case cert.KeyUsage != 0 && cert.KeyUsage&x509.KeyUsageCertSign == 0:
		fault(subject + " has issued a certificate and may not (key usage)")
	case cert.MaxPathLen >= 0 && below > cert.MaxPathLen:
		fault(subject + " allows fewer intermediate certificates below it than there are")
	}
}

// leadsTo reports whether the last certificate reached leads to a root, so that only
// the faults on the way matter. If its signature algorithm is too weak to verify, the
// issuer's name decides.
func (w *walk) leadsTo(roots *x509.CertPool) bool {
	if roots == nil {
		return false
	}
	top := w.top()
	if _, err := newChain([]*x509.Certificate{top}, w.now).findAgeless(roots); err == nil {
		return true
	}
	if !isWeakSignature(top) {
		return false
	}
	issuer := slices.IndexFunc(w.sent, func(c *x509.Certificate) bool { return bytes.Equal(c.RawSubject, top.RawIssuer) })
	if issuer >= 0 && !selfIssued(w.sent[issuer]) {
		_, err := newChain(w.sent[issuer:issuer+1], w.now).findAgeless(roots)
		return err == nil
	}
	//lint:ignore SA1019 only sets made by us or read from files get here in full; elsewhere less is found
	return slices.ContainsFunc(roots.Subjects(), func(s []byte) bool { return bytes.Equal(s, top.RawIssuer) })
}

// explain returns why no path leads to a root. roots are the root stores that count,
// and failed their errors.
func (w *walk) explain(failed []error, roots []*x509.CertPool) []stage.CertFault {
	faults := w.faults
	if len(faults) == 0 {
		faults = invalid(failed)
	}
	broken := len(faults) > 0 || slices.ContainsFunc(w.certs, isWeakSignature)
	if broken && (slices.ContainsFunc(roots, w.leadsTo) || len(w.faults) == 0 && len(faults) > 0) {
		return faults
	}
	top := w.top()
	depth := w.depth(top)
	if len(w.certs) == 1 && selfSigned(top) {
		return append(faults, stage.CertFault{ID: stage.CertSelfSigned, Detail: text(top.Subject.String())})
	}
	faults = append(faults, stage.CertFault{ID: stage.CertUnknownAuthority, Depth: depth, Detail: text(top.Issuer.String())})
	if !selfIssued(top) && !isWeakSignature(top) {
		detail := text(top.Issuer.String())
		if len(top.IssuingCertificateURL) > 0 {
			detail += ", to be had at " + text(top.IssuingCertificateURL[0])
		}
		faults = append(faults, stage.CertFault{ID: stage.CertMissingLink, Depth: depth, Detail: detail, Warning: true})
	}
	return faults
}

// invalid returns the fault of a chain that is complete but rejected, for example
// because of a CA's name constraints.
func invalid(failed []error) []stage.CertFault {
	for _, err := range failed {
		if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok && e.Reason != x509.Expired {
			return []stage.CertFault{{ID: stage.CertPathInvalid, Detail: text(e.Error())}}
		}
	}
	return nil
}

// isWeakSignature reports whether a certificate is signed with MD5 or SHA-1 by another
// certificate. Self-signatures don't matter.
func isWeakSignature(cert *x509.Certificate) bool {
	switch cert.SignatureAlgorithm {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		return !selfIssued(cert)
	}
	return false
}
