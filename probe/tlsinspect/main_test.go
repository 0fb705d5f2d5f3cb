package tlsinspect

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// now is the time for verification in all tests.
var now = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func years(n int) time.Time { return now.AddDate(n, 0, 0) }

// issued is a certificate together with its key.
type issued struct {
	*x509.Certificate
	key crypto.Signer
}

type change func(*x509.Certificate)

func p256(t testing.TB) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func rsaKey(t testing.TB, bits int) crypto.Signer {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var serial int64

// sign issues a certificate for a key. A nil parent means self-signed.
func sign(t testing.TB, parent *issued, key crypto.Signer, template *x509.Certificate, changes ...change) *issued {
	t.Helper()
	serial++
	template.SerialNumber = big.NewInt(serial)
	for _, c := range changes {
		c(template)
	}
	out := &issued{key: key}
	by, signer := template, key
	if parent != nil {
		by, signer = parent.Certificate, parent.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	if out.Certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return out
}

func ca(t testing.TB, parent *issued, name string, changes ...change) *issued {
	return sign(t, parent, p256(t), &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotBefore: years(-10), NotAfter: years(10),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, changes...)
}

func leafTemplate() *x509.Certificate {
	return &x509.Certificate{
		Subject: pkix.Name{CommonName: "mail.example"}, DNSNames: []string{"mail.example"},
		NotBefore: now.AddDate(0, 0, -30), NotAfter: now.AddDate(0, 0, 60),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, KeyUsage: x509.KeyUsageDigitalSignature,
	}
}

func leaf(t testing.TB, parent *issued, changes ...change) *issued {
	return sign(t, parent, p256(t), leafTemplate(), changes...)
}

func pool(certs ...*issued) *x509.CertPool {
	p := x509.NewCertPool()
	for _, c := range certs {
		p.AddCert(c.Certificate)
	}
	return p
}

func roots(t testing.TB, system, public, extra *x509.CertPool) *Roots {
	t.Helper()
	r, err := NewRoots(system, public, extra)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// served is a chain as a TLS server has it, leaf first.
func served(certs ...*issued) tls.Certificate {
	out := tls.Certificate{PrivateKey: certs[0].key}
	for _, c := range certs {
		out.Certificate = append(out.Certificate, c.Raw)
	}
	return out
}

func list(certs ...*issued) (out []*x509.Certificate) {
	for _, c := range certs {
		out = append(out, c.Certificate)
	}
	return out
}
