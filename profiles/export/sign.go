package export

import (
	"crypto"
	"crypto/x509"
	"errors"

	"github.com/smallstep/pkcs7"
)

// Sign wraps a mobileconfig file into a signature (CMS, RFC 5652), as Apple's systems
// read it: they show who has signed, if they trust the chain's root. The chain begins
// with the signer's certificate.
func Sign(file []byte, chain []*x509.Certificate, key crypto.Signer) ([]byte, error) {
	if len(chain) == 0 {
		return nil, errors.New("there is no certificate")
	}
	signed, err := pkcs7.NewSignedData(file)
	if err != nil {
		return nil, err
	}
	signed.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	if err := signed.AddSignerChain(chain[0], key, chain[1:], pkcs7.SignerInfoConfig{}); err != nil {
		return nil, err
	}
	return signed.Finish()
}
