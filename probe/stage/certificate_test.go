package stage_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/stage"
)

// withKey returns a certificate with an RSA key of that many bits, whose private key
// nobody has.
func withKey(t *testing.T, bits uint) []byte {
	t.Helper()
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	n.SetBit(n, 0, 1)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &rsa.PublicKey{N: n, E: 65537}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// Verifying a signature with a key of half a million bits takes 22 s of CPU time and
// can't be interrupted.
func TestKeysAreBounded(t *testing.T) {
	if _, err := stage.ParseCertificate(withKey(t, 488_000)); err == nil || !strings.Contains(err.Error(), "488000 bits") {
		t.Errorf("a huge key: %v", err)
	}
	if _, err := (stage.Certificate{DER: withKey(t, stage.MaxKeyBits)}).Parse(); err != nil {
		t.Errorf("the largest key: %v", err)
	}
	if _, err := (stage.Certificate{}).Parse(); err == nil {
		t.Error("no certificate was parsed")
	}
	if _, err := stage.ParseCertificate([]byte("x")); err == nil {
		t.Error("what is no certificate was parsed")
	}
}
