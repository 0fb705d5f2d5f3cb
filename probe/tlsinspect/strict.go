package tlsinspect

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"

	"maildoctor/probe/stage"
)

// strictFaults checks a trusted path as programs do that follow RFC 5280 strictly:
// OpenSSL with X509_V_FLAG_X509_STRICT, which Python sets since 3.13. Other programs
// accept these faults, so they are warnings. A public root is not checked, because no
// operator can change it.
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

// strictly returns what a strict program rejects in one certificate of a path (RFC 5280
// 4.2.1.1, 4.2.1.2, 4.2.1.3 and 4.2.1.9). last says that the certificate ends the path
// and needs no authority key identifier.
func strictly(cert *x509.Certificate, last bool) (ids []stage.CertFaultID) {
	if cert.Version < 3 {
		return nil // without extensions at all, which is a fault of its own
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

// extensionOf reports whether a certificate has an extension, and whether the extension
// is critical.
func extensionOf(cert *x509.Certificate, id asn1.ObjectIdentifier) (critical, ok bool) {
	i := slices.IndexFunc(cert.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(id) })
	return i >= 0 && cert.Extensions[i].Critical, i >= 0
}
