package dane

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"slices"

	"maildoctor/probe/stage"
)

// shown is what a server has shown.
type shown struct {
	facts  *stage.TLSFacts
	parsed []*x509.Certificate // of each certificate of the chain; nil: it was not kept, or can't be parsed
	signed []int               // the certificates above the leaf that sign it, or one that does, as indexes
	gaps   bool                // not all of them could be told
}

func newShown(f *stage.TLSFacts) *shown {
	s := &shown{facts: f}
	for _, c := range f.Chain {
		p, err := c.Parse()
		s.gaps = s.gaps || err != nil
		s.parsed = append(s.parsed, p)
	}
	s.link()
	return s
}

// link finds the issuers. A certificate that was sent along and has signed nothing says
// nothing about the server.
func (s *shown) link() {
	for reached := []int{0}; len(reached) > 0 && len(s.parsed) > 0; reached = reached[1:] {
		c := s.parsed[reached[0]]
		for i, p := range s.parsed {
			if i > 0 && c != nil && p != nil && !slices.Contains(s.signed, i) && signedBy(c, p) {
				s.signed, reached = append(s.signed, i), append(reached, i)
			}
		}
	}
}

// signedBy reports whether a certificate was signed by another one. Where the algorithm
// is too weak to be verified, the names decide; that it is weak is a fault of its own.
func signedBy(c, by *x509.Certificate) bool {
	if !bytes.Equal(c.RawIssuer, by.RawSubject) {
		return false
	}
	err := c.CheckSignatureFrom(by)
	_, weak := errors.AsType[x509.InsecureAlgorithmError](err)
	return err == nil || weak
}

// fits reports whether a record has a certificate, or its key.
func fits(r stage.TLSA, c *stage.Certificate) answer {
	if r.Selector == wholeCertificate && r.Matching == sha2a && c.SHA256 != "" { // known even if the certificate wasn't kept
		return truth(hex.EncodeToString(r.Data) == c.SHA256)
	}
	data := selected(r.Selector, c)
	if data == nil {
		return unknown
	}
	return truth(bytes.Equal(matched(r.Matching, data), r.Data))
}

// selected returns what a selector means of a certificate, or nil if that wasn't kept.
func selected(selector uint8, c *stage.Certificate) []byte {
	if selector == wholeCertificate && len(c.DER) > 0 {
		return c.DER
	}
	if p, err := c.Parse(); err == nil && selector == publicKey {
		return p.RawSubjectPublicKeyInfo
	}
	return nil
}

func truth(ok bool) answer {
	if ok {
		return yes
	}
	return no
}

// leaf reports whether a record has the server's own certificate.
func (s *shown) leaf(r stage.TLSA) answer {
	if len(s.facts.Chain) == 0 {
		return unknown
	}
	return fits(r, &s.facts.Chain[0])
}

// issuer reports whether a record has one of the issuers that were sent.
func (s *shown) issuer(r stage.TLSA) answer {
	best := truth(false)
	if s.gaps || len(s.parsed) == 0 {
		best = unknown
	}
	for _, i := range s.signed {
		best = max(best, fits(r, &s.facts.Chain[i]))
	}
	return best
}

// anchor reports whether the certificate chains to what a record has (RFC 7671 5.2):
// one of the issuers, which the server has to send, or an issuer that is published in
// full and was not sent.
func (s *shown) anchor(r stage.TLSA) answer {
	best := s.issuer(r)
	if best == yes || r.Matching != inFull || s.leaf(r) == yes { // a server's own certificate is the matter of other usages
		return best
	}
	for _, i := range append([]int{0}, s.signed...) {
		if i < len(s.parsed) && s.parsed[i] != nil && signedByRecord(s.parsed[i], r) {
			return yes
		}
	}
	return best
}

// signedByRecord reports whether a certificate was signed by the one that a record has
// in full, or with the key.
func signedByRecord(c *x509.Certificate, r stage.TLSA) bool {
	if r.Selector == wholeCertificate {
		by, err := stage.ParseCertificate(r.Data)
		return err == nil && signedBy(c, by)
	}
	key, err := x509.ParsePKIXPublicKey(r.Data)
	if k, ok := key.(*rsa.PublicKey); err != nil || ok && k.N.BitLen() > stage.MaxKeyBits {
		return false
	}
	by := &x509.Certificate{PublicKey: key}
	return by.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// authority reports whether a record has an issuer on the way to the root of this
// machine (RFC 7671 5.4). Servers need not send the root; unless the way to one was
// found, it may be what the record has.
func (s *shown) authority(r stage.TLSA) answer {
	best := s.issuer(r)
	if best == yes {
		return yes
	}
	if s.facts.Root == nil {
		return unknown
	}
	return max(best, fits(r, s.facts.Root))
}

// ofRoots are faults of a chain that are about the roots of this machine. A trust anchor
// from DNS takes their place (RFC 7671 5.2).
var ofRoots = []stage.CertFaultID{
	stage.CertUnknownAuthority, stage.CertSelfSigned, stage.CertLocalRoot, stage.CertNotInPublicBundle, stage.CertMissingLink,
}

// validBut reports whether the certificate has no fault but these and warnings.
func (s *shown) validBut(these []stage.CertFaultID) bool {
	return !slices.ContainsFunc(s.facts.Faults, func(f stage.CertFault) bool { return !f.Warning && !slices.Contains(these, f.ID) })
}

// counterparts returns the records that would fit, of the kinds that are published.
func (s *shown) counterparts(published []stage.TLSA) []stage.TLSA {
	var out []stage.TLSA
	for _, r := range published {
		at := []int{0}
		if r.Usage == pkixTA || r.Usage == daneTA {
			at = s.signed
		}
		for _, i := range at {
			if i >= len(s.facts.Chain) {
				continue
			}
			data := selected(r.Selector, &s.facts.Chain[i])
			if data == nil {
				continue
			}
			o := stage.TLSA{Usage: r.Usage, Selector: r.Selector, Matching: r.Matching, Data: matched(r.Matching, data)}
			if !slices.ContainsFunc(out, func(k stage.TLSA) bool { return equal(k, o) }) {
				out = append(out, o)
			}
		}
	}
	return out
}

func equal(a, b stage.TLSA) bool {
	return a.Usage == b.Usage && a.Selector == b.Selector && a.Matching == b.Matching && bytes.Equal(a.Data, b.Data)
}
