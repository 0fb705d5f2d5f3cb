package stage

import (
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
)

// MaxKeyBits is the largest RSA key whose signatures are checked, as crypto/tls has
// it. To check one with a key of half a million bits takes seconds, and nothing
// stops it on the way.
const MaxKeyBits = 8192

// ParseCertificate reads a certificate in DER that somebody else made. The error says
// what is wrong with it, or that its key is beyond [MaxKeyBits].
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

// Parse reads the certificate itself. The error is that of [ParseCertificate], or
// says that the record doesn't hold it.
func (c Certificate) Parse() (*x509.Certificate, error) {
	if len(c.DER) == 0 {
		return nil, errors.New("the certificate itself was not kept")
	}
	return ParseCertificate(c.DER)
}
