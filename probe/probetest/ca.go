package probetest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"sync/atomic"
	"time"
)

// Key is the type of a public key.
type Key string

const (
	P256    Key = "P-256" // the default: fast to generate
	RSA1024 Key = "RSA-1024"
	RSA2048 Key = "RSA-2048"
)

// generate generates a key. The zero value stands for P256.
func (k Key) generate() (crypto.Signer, error) {
	switch k {
	case "", P256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case RSA1024:
		return rsa.GenerateKey(rand.Reader, 1024)
	case RSA2048:
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	return nil, fmt.Errorf("no such kind of key: %q", k)
}

// CA is a certificate authority: a root or an intermediate.
type CA struct {
	Certificate *x509.Certificate

	key    crypto.Signer
	parent *CA // nil: a root
}

// serial makes the serial numbers of this process distinct.
var serial atomic.Int64

func nextSerial() *big.Int { return big.NewInt(1000 + serial.Add(1)) }

// Authority describes a root or intermediate. The zero value is valid.
type Authority struct {
	Lax       bool      // basicConstraints not critical, and no keyUsage, against RFC 5280 4.2.1.9 and 4.2.1.3
	Key       Key       // zero: P256
	NotBefore time.Time // zero: a year ago
	NotAfter  time.Time // zero: in ten years
}

// TLS returns a server's configuration with these certificates. It supports TLS 1.2 and
// 1.3; set further members for more.
func TLS(certs ...tls.Certificate) *tls.Config { return &tls.Config{Certificates: certs} }

// NewCA returns a new root of that name. Nobody trusts it: see [CA.Pool].
func NewCA(name string) (*CA, error) { return NewAuthority(name, Authority{}) }

// NewAuthority is like [NewCA], for a root with special properties, such as an expired
// one.
func NewAuthority(name string, a Authority) (*CA, error) { return newCA(name, a, nil) }

// Intermediate returns a new authority issued by ca.
func (ca *CA) Intermediate(name string) (*CA, error) { return newCA(name, Authority{}, ca) }

// IntermediateAuthority is like [CA.Intermediate], for one with special properties.
func (ca *CA) IntermediateAuthority(name string, a Authority) (*CA, error) { return newCA(name, a, ca) }

func newCA(name string, a Authority, parent *CA) (*CA, error) {
	key, err := a.Key.generate()
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          nextSerial(),
		Subject:               pkix.Name{CommonName: name, Organization: []string{"maildoctor probetest"}},
		NotBefore:             orElse(a.NotBefore, now.AddDate(-1, 0, 0)),
		NotAfter:              orElse(a.NotAfter, now.AddDate(10, 0, 0)),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	if a.Lax {
		template.KeyUsage = 0
		// A sequence with the boolean TRUE.
		template.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 19}, Value: []byte{0x30, 3, 1, 1, 0xff}}}
	}
	signer, issuer := key, template
	if parent != nil {
		signer, issuer = parent.key, parent.Certificate
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), signer)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &CA{Certificate: cert, key: key, parent: parent}, nil
}

func orElse(t, other time.Time) time.Time {
	if t.IsZero() {
		return other
	}
	return t
}

// Root returns the root of ca, or ca itself if it is one.
func (ca *CA) Root() *CA {
	for ca.parent != nil {
		ca = ca.parent
	}
	return ca
}

// Pool returns a pool that contains only the root of ca.
func (ca *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(ca.Root().Certificate)
	return pool
}

// PEM returns ca's own certificate in PEM, for --ca-file.
func (ca *CA) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Certificate.Raw})
}

// Leaf describes a server's certificate. The zero value is valid, but has no name.
type Leaf struct {
	Names      []string // DNS names; the first is also the common name
	IPs        []net.IP
	CommonName string    // instead of Names[0]
	NotBefore  time.Time // zero: yesterday
	NotAfter   time.Time // zero: in 90 days
	Key        Key       // zero: P256
	SHA1       bool      // signed with SHA-1, which nothing trusts any more
	NoSAN      bool      // the names are only in the common name
	NoKeyID    bool      // without authorityKeyIdentifier (RFC 5280 4.2.1.1)
	SelfSigned bool      // signed with its own key
	AIA        string    // URL of the issuer's certificate (RFC 5280 4.2.2.1)
	ClientOnly bool      // extended key usage is for clients only

	OmitIntermediate bool // the server sends only the leaf
	SendRoot         bool // the server sends the root as well
}

// Issue returns a certificate for a server, with its key, and the chain without the
// root.
func (ca *CA) Issue(leaf Leaf) (tls.Certificate, error) {
	key, err := leaf.Key.generate()
	if err != nil {
		return tls.Certificate{}, err
	}
	template := leaf.template()
	der, err := ca.sign(template, leaf, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	cert := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	if cert.Leaf, err = x509.ParseCertificate(der); err != nil {
		return tls.Certificate{}, err
	}
	if leaf.SelfSigned {
		return cert, nil
	}
	for up := ca; up.parent != nil && !leaf.OmitIntermediate; up = up.parent {
		cert.Certificate = append(cert.Certificate, up.Certificate.Raw)
	}
	if leaf.SendRoot {
		cert.Certificate = append(cert.Certificate, ca.Root().Certificate.Raw)
	}
	return cert, nil
}

func (l Leaf) template() *x509.Certificate {
	now := time.Now()
	t := &x509.Certificate{
		SerialNumber:          nextSerial(),
		NotBefore:             orElse(l.NotBefore, now.AddDate(0, 0, -1)),
		NotAfter:              orElse(l.NotAfter, now.AddDate(0, 0, 90)),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	if l.ClientOnly {
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
	if len(l.Names) > 0 {
		t.Subject.CommonName = l.Names[0]
	}
	if l.CommonName != "" {
		t.Subject.CommonName = l.CommonName
	}
	if !l.NoSAN {
		t.DNSNames, t.IPAddresses = l.Names, l.IPs
	}
	if l.AIA != "" {
		t.IssuingCertificateURL = []string{l.AIA}
	}
	if l.Key == RSA1024 || l.Key == RSA2048 {
		t.KeyUsage |= x509.KeyUsageKeyEncipherment
	}
	return t
}

func (ca *CA) sign(template *x509.Certificate, leaf Leaf, key crypto.Signer) ([]byte, error) {
	signer, issuer := ca.key, ca.Certificate
	if leaf.SelfSigned {
		signer, issuer = key, template
	}
	if leaf.NoKeyID {
		bare := *issuer
		bare.SubjectKeyId = nil
		issuer = &bare
	}
	if leaf.SHA1 {
		template.SignatureAlgorithm = x509.ECDSAWithSHA1
		if _, ok := signer.(*rsa.PrivateKey); ok {
			template.SignatureAlgorithm = x509.SHA1WithRSA
		}
	}
	return x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), signer)
}
