package tlsinspect

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"

	"maildoctor/probe/stage"
)

// MaxFetched bounds a certificate that is fetched from the address that another
// names, in bytes.
const MaxFetched = 64 << 10

// maxBundle bounds the certificates in one answer.
const maxBundle = 20

// Complete says what a fetched certificate does for a chain that leads to no
// trusted root. sent is the chain as the server sent it; fetched is the answer
// from an address that its last link names: a certificate in DER or PEM, or
// certificates alone in PKCS #7 (RFC 5280 4.2.2.1). The host does not matter
// here: a wrong name is a fault of its own, and of no path.
//
// found is the one that signed the last link, else the first; issued says
// whether it did; completes, whether with it the chain leads to a root of the
// system, of the CA file or of the public list. The error says what could not
// be read; found is then nil.
func Complete(sent []*x509.Certificate, fetched []byte, roots *Roots, _ string, now time.Time) (found *stage.Certificate, issued, completes bool, err error) {
	if len(sent) == 0 {
		return nil, false, false, errors.New("there is no chain to complete")
	}
	candidates, err := parseFetched(fetched)
	if err != nil {
		return nil, false, false, err
	}
	w := newChain(sent, now).walk()
	cert := candidates[0]
	for _, c := range candidates {
		if w.top().CheckSignatureFrom(c) == nil {
			cert, issued = c, true
			break
		}
	}
	d := describe(cert)
	d.DER = cert.Raw
	if !issued {
		return &d, false, false, nil
	}
	whole := newChain(slices.Concat(w.certs, []*x509.Certificate{cert}, candidates), now)
	for _, pool := range []*x509.CertPool{roots.system, roots.extra, roots.public().pool} {
		completes = completes || pool != nil && whole.find(pool, nil).trusted()
	}
	return &d, true, completes, nil
}

// parseFetched reads one of the forms in which issuers are handed out. It
// returns at least one certificate or an error.
func parseFetched(b []byte) ([]*x509.Certificate, error) {
	if len(b) > MaxFetched {
		return nil, fmt.Errorf("expected a certificate, got more than %d bytes", MaxFetched)
	}
	if block, _ := pem.Decode(b); block != nil {
		b = block.Bytes
	}
	c, err := stage.ParseCertificate(b)
	if err == nil {
		return []*x509.Certificate{c}, nil
	}
	if certs := parseCertsOnly(b); len(certs) > 0 {
		return certs, nil
	}
	return nil, fmt.Errorf("expected a certificate: %w", err)
}

// signedData is the part of PKCS #7 that carries certificates (RFC 2315 9.1,
// RFC 5652 5.1): version, digest algorithms, content, then the certificates.
type signedData struct {
	Version      int
	Digests      asn1.RawValue
	Content      asn1.RawValue
	Certificates asn1.RawValue `asn1:"optional,tag:0"`
}

var oidSignedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}

// parseCertsOnly reads the "certs-only" form of PKCS #7 in DER; nil where it is
// something else.
func parseCertsOnly(b []byte) (certs []*x509.Certificate) {
	var info struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"explicit,tag:0"`
	}
	if _, err := asn1.Unmarshal(b, &info); err != nil || !info.Type.Equal(oidSignedData) {
		return nil
	}
	inner := info.Content.FullBytes
	if info.Content.Class == asn1.ClassContextSpecific {
		inner = info.Content.Bytes
	}
	var data signedData
	if _, err := asn1.Unmarshal(inner, &data); err != nil {
		return nil
	}
	rest := data.Certificates.Bytes
	for len(rest) > 0 && len(certs) < maxBundle {
		var one asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &one); err != nil {
			return certs
		}
		if c, err := stage.ParseCertificate(one.FullBytes); err == nil {
			certs = append(certs, c)
		}
	}
	return certs
}
