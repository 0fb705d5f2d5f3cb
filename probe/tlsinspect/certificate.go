package tlsinspect

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"strconv"

	"maildoctor/probe/stage"
)

// Limits on what is kept of one chain and of one certificate.
const (
	maxChain = 10       // certificates
	maxDER   = 64 << 10 // bytes in total
	maxNames = 100      // names in subjectAltName
	maxText  = 500      // characters in a name, subject or URL
	maxURLs  = 4
)

// describe returns the facts about a certificate, without its DER.
func describe(c *x509.Certificate) stage.Certificate {
	sum := sha256.Sum256(c.Raw)
	out := stage.Certificate{
		Subject:    text(c.Subject.String()),
		Issuer:     text(c.Issuer.String()),
		Names:      names(c),
		NotBefore:  c.NotBefore.UTC(),
		NotAfter:   c.NotAfter.UTC(),
		SHA256:     hex.EncodeToString(sum[:]),
		Key:        key(c),
		Signature:  c.SignatureAlgorithm.String(),
		CA:         c.BasicConstraintsValid && c.IsCA,
		SelfSigned: selfSigned(c),
	}
	if c.SerialNumber != nil {
		out.Serial = text(c.SerialNumber.Text(16))
	}
	for _, u := range c.IssuingCertificateURL[:min(maxURLs, len(c.IssuingCertificateURL))] {
		out.Issuers = append(out.Issuers, text(u))
	}
	return out
}

// describeChain returns the facts about a chain within the limits, with the DER of each
// certificate.
func describeChain(chain []*x509.Certificate) []stage.Certificate {
	out := make([]stage.Certificate, 0, len(chain))
	left := maxDER
	for _, c := range chain {
		d := describe(c)
		if len(c.Raw) <= left {
			d.DER = c.Raw
			left -= len(c.Raw)
		}
		out = append(out, d)
	}
	return out
}

// names returns the DNS names and IP addresses of subjectAltName.
func names(c *x509.Certificate) []string {
	if len(c.DNSNames)+len(c.IPAddresses) == 0 {
		return nil
	}
	out := make([]string, 0, min(maxNames, len(c.DNSNames)+len(c.IPAddresses)))
	for _, n := range c.DNSNames {
		if len(out) < maxNames {
			out = append(out, text(n))
		}
	}
	for _, ip := range c.IPAddresses {
		if len(out) < maxNames {
			out = append(out, ip.String())
		}
	}
	return out
}

// key returns the type and size of the public key: "ECDSA P-256", "RSA 2048",
// "Ed25519".
func key(c *x509.Certificate) string {
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return "RSA " + strconv.Itoa(k.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + k.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	}
	return c.PublicKeyAlgorithm.String()
}

// text makes text from a server short and safe to show.
func text(s string) string {
	if len(s) > 4*maxText {
		s = s[:4*maxText] + "…"
	}
	s = stage.Visible(s)
	if len(s) <= maxText {
		return s
	}
	if r := []rune(s); len(r) > maxText {
		return string(r[:maxText]) + "…"
	}
	return s
}
