package stage

import (
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
)

// MaxKeyBits is the largest RSA key with which signatures are verified; crypto/tls has
// the same limit. Verifying one with a key of half a million bits takes seconds and
// can't be interrupted.
const MaxKeyBits = 8192

// ParseCertificate parses a DER certificate from an untrusted source. It returns an
// error if the certificate is malformed, or its key is larger than [MaxKeyBits].
func ParseCertificate(der []byte) (*x509.Certificate, error) {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	if key, ok := c.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() > MaxKeyBits {
		return nil, fmt.Errorf("an RSA key of %d bits, more than %d are not taken", key.N.BitLen(), MaxKeyBits)
	}
	return c, nil
}

// Parse parses the certificate. It returns the error of [ParseCertificate], or one that
// says that the record doesn't contain the certificate.
func (c Certificate) Parse() (*x509.Certificate, error) {
	if len(c.DER) == 0 {
		return nil, errors.New("the certificate itself was not kept")
	}
	return ParseCertificate(c.DER)
}
