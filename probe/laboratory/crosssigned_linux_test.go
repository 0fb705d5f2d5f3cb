package laboratory

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"time"
)

// signed is a certificate with its key.
type signed struct {
	*x509.Certificate
	key *ecdsa.PrivateKey
}

// crossSigned returns a root that has expired, a newer one, and a chain that leads
// to the old one through the newer. The old one signed the newer one beyond its own
// expiry, as DST Root CA X3 did in 2021.
func (w *world) crossSigned() (old, newer *x509.Certificate, chain tls.Certificate) {
	w.t.Helper()
	previous := w.sign("Previous Root CA", nil, nil, days(-3*365), days(-30))
	root := w.sign("Newer Root CA", nil, nil, days(-2*365), days(365))
	cross := w.certify(root, "Newer Root CA", previous, nil, days(-2*365), days(365))
	middle := w.sign("Server CA 7", root, nil, days(-300), days(365))
	leaf := w.sign(imapHost, middle, goodLeaf.Names, days(-10), days(80))
	chain = tls.Certificate{
		Certificate: [][]byte{leaf.Raw, middle.Raw, cross.Raw, previous.Raw}, PrivateKey: leaf.key, Leaf: leaf.Certificate,
	}
	return previous.Certificate, root.Certificate, chain
}

// sign makes a certificate for a new key: of a server if there are names, else of an
// authority. Without an issuer it is self-signed.
func (w *world) sign(name string, issuer *signed, names []string, from, until time.Time) *signed {
	w.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.certify(&signed{key: key}, name, issuer, names, from, until)
}

// certify is like sign, for an existing key.
func (w *world) certify(subject *signed, name string, issuer *signed, names []string, from, until time.Time) *signed {
	w.t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(from.Unix()), Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: until,
		DNSNames: names, BasicConstraintsValid: true, IsCA: names == nil, KeyUsage: x509.KeyUsageCertSign,
	}
	if names != nil {
		template.KeyUsage, template.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	if issuer == nil {
		issuer = &signed{template, subject.key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer.Certificate, subject.key.Public(), issuer.key)
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		w.t.Fatal(err)
	}
	return &signed{c, subject.key}
}
