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

// MaxFetched is the maximum size of a certificate fetched from the caIssuers URL of
// another one, in bytes.
const MaxFetched = 64 << 10

// maxBundle is the maximum number of certificates in one response.
const maxBundle = 20

// Complete finds out whether a fetched certificate completes a chain that leads to no
// trusted root. sent is the chain as the server sent it. fetched is the response from a
// caIssuers URL of its last certificate: a certificate in DER or PEM, or a certs-only
// PKCS #7 message (RFC 5280 4.2.2.1). The host doesn't matter here, because a wrong
// name is a separate fault.
//
// found is the certificate that signed the last one in sent, or else the first in
// fetched. issued reports whether found signed it, and completes whether found makes
// the chain lead to a root of the system, the CA file or the public list. If fetched
// can't be parsed, the error says why and found is nil.
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

// parseFetched parses any of the formats in which issuer certificates are published. It
// returns at least one certificate, or an error.
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

// signedData is the part of PKCS #7 that contains certificates (RFC 2315 9.1, RFC 5652
// 5.1): version, digest algorithms, content, then the certificates.
type signedData struct {
	Version      int
	Digests      asn1.RawValue
	Content      asn1.RawValue
	Certificates asn1.RawValue `asn1:"optional,tag:0"`
}

var oidSignedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}

// parseCertsOnly parses a certs-only PKCS #7 message in DER. It returns nil for
// anything else.
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
