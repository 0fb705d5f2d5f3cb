package tlsinspect

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"

	"maildoctor/probe/stage"
)

// strictFaults looks at a trusted path as programs do that take RFC 5280 by the word:
// OpenSSL with X509_V_FLAG_X509_STRICT, which Python sets since 3.13. Others accept
// what is found here, so that all of it is a warning. A root of the public lists is
// left out: no operator can do anything about it.
func (c *chain) strictFaults(used []*x509.Certificate, publicRoot bool) (faults []stage.CertFault) {
	for i, cert := range used {
		if i > 0 && i == len(used)-1 && publicRoot {
			break
		}
		for _, id := range strictly(cert, i == len(used)-1) {
			faults = append(faults, stage.CertFault{ID: id, Depth: c.depth(cert), Detail: text(cert.Subject.String()), Warning: true})
		}
	}
	return faults
}

var (
	oidBasicConstraints = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidKeyUsage         = asn1.ObjectIdentifier{2, 5, 29, 15}
)

// strictly says what a strict program refuses in one certificate of a path (RFC 5280
// 4.2.1.1, 4.2.1.2, 4.2.1.3 and 4.2.1.9). last is the one at its end, which names no
// key of an issuer.
func strictly(cert *x509.Certificate, last bool) (ids []stage.CertFaultID) {
	if cert.Version < 3 {
		return nil // it has no extensions at all, which is told apart
	}
	critical, ok := extensionOf(cert, oidBasicConstraints)
	switch {
	case cert.IsCA && ok && !critical:
		ids = append(ids, stage.CertNotCritical)
	case !cert.IsCA && cert.KeyUsage&x509.KeyUsageCertSign != 0:
		ids = append(ids, stage.CertSignsAsNoCA)
	}
	if _, ok := extensionOf(cert, oidKeyUsage); cert.IsCA && !ok {
		ids = append(ids, stage.CertNoKeyUsage)
	}
	if cert.IsCA && len(cert.SubjectKeyId) == 0 {
		ids = append(ids, stage.CertNoSubjectKey)
	}
	if !last && len(cert.AuthorityKeyId) == 0 {
		ids = append(ids, stage.CertNoIssuerKey)
	}
	return ids
}

// extensionOf reports whether a certificate has an extension, and whether it is critical.
func extensionOf(cert *x509.Certificate, id asn1.ObjectIdentifier) (critical, ok bool) {
	i := slices.IndexFunc(cert.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(id) })
	return i >= 0 && cert.Extensions[i].Critical, i >= 0
}
