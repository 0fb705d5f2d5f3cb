// Package dane compares TLSA records with the certificates that a server has shown (RFC
// 6698, RFC 7671). It is pure: the same facts give the same result whenever they are
// read.
//
// Whether clients would look at the records at all, which takes DNSSEC, is not its
// subject.
package dane

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"slices"

	"maildoctor/probe/stage"
)

// Outcome is what a comparison came to.
type Outcome string

// The outcomes. A record that is met counts most, and one that might be counts more than
// those that are not.
const (
	Nothing Outcome = "nothing" // there are no records
	Useless Outcome = "useless" // none of the records can be used (RFC 6698 4.1)
	Agrees  Outcome = "agrees"  // a record is met
	Invalid Outcome = "invalid" // one fits, but the certificate lacks what its usage demands besides, such as the right name
	Unseen  Outcome = "unseen"  // one may fit a certificate that was not seen, or not kept
	Differs Outcome = "differs" // none fits
)

// Comparison is the result of [Compare].
type Comparison struct {
	Outcome   Outcome
	Record    stage.TLSA   // with Agrees, Invalid and Unseen: the first such record
	Published []stage.TLSA // the records that count
	Shown     []stage.TLSA // with Differs: what the records would be for what the server shows
}

// Certificate usages (RFC 7218 2.1).
const (
	pkixTA = iota
	pkixEE
	daneTA
	daneEE
)

// Selectors and matching types (RFC 7218 2.2, 2.3).
const (
	wholeCertificate = 0
	publicKey        = 1

	inFull = 0
	sha2a  = 1 // SHA2-256
	sha2b  = 2 // SHA2-512
)

// answer says whether a record fits a certificate. The higher counts more.
type answer int

const (
	no answer = iota
	unknown
	yes
)

// Compare compares records with what a server has shown in a handshake.
func Compare(records []stage.TLSA, f *stage.TLSFacts) Comparison {
	c := Comparison{Published: Counting(records)}
	switch {
	case len(records) == 0:
		c.Outcome = Nothing
		return c
	case len(c.Published) == 0:
		c.Outcome = Useless
		return c
	}
	s := newShown(f)
	found := make(map[Outcome]stage.TLSA)
	for _, r := range c.Published {
		o := s.compare(r)
		if _, ok := found[o]; !ok {
			found[o] = r
		}
	}
	for _, o := range []Outcome{Agrees, Invalid, Unseen} {
		if r, ok := found[o]; ok {
			c.Outcome, c.Record = o, r
			return c
		}
	}
	c.Outcome, c.Shown = Differs, s.counterparts(c.Published)
	return c
}

// compare compares one record.
func (s *shown) compare(r stage.TLSA) Outcome {
	fits, valid := no, true
	switch r.Usage {
	case daneEE: // names, dates and issuers don't count (RFC 7671 5.1)
		fits = s.leaf(r)
	case pkixEE:
		fits, valid = s.leaf(r), s.facts.Verified
	case daneTA:
		fits, valid = s.anchor(r), s.validBut(ofRoots)
	case pkixTA:
		fits, valid = s.authority(r), s.facts.Verified
	}
	switch {
	case fits == unknown:
		return Unseen
	case fits == no:
		return Differs
	case !valid:
		return Invalid
	}
	return Agrees
}

// Counting returns the records that clients use: those that they understand (RFC 6698
// 4.1), and of several digests for the same usage and selector only the strongest, while
// what is published in full always counts (RFC 7671 9).
func Counting(records []stage.TLSA) []stage.TLSA {
	var out []stage.TLSA
	for _, r := range records {
		if usable(r) {
			out = append(out, r)
		}
	}
	stronger := func(r stage.TLSA) bool {
		return slices.ContainsFunc(out, func(o stage.TLSA) bool {
			return o.Usage == r.Usage && o.Selector == r.Selector && o.Matching == sha2b
		})
	}
	var weaker []int
	for i, r := range out {
		if r.Matching == sha2a && stronger(r) {
			weaker = append(weaker, i)
		}
	}
	for _, i := range slices.Backward(weaker) {
		out = slices.Delete(out, i, i+1)
	}
	return out
}

// usable reports whether a record has known parameters and data of the right form.
func usable(r stage.TLSA) bool {
	if r.Usage > daneEE || r.Selector > publicKey {
		return false
	}
	switch r.Matching {
	case inFull: // certificates and keys are each one ASN.1 sequence
		var v asn1.RawValue
		rest, err := asn1.Unmarshal(r.Data, &v)
		return err == nil && len(rest) == 0 && v.Tag == asn1.TagSequence
	case sha2a:
		return len(r.Data) == sha256.Size
	case sha2b:
		return len(r.Data) == sha512.Size
	}
	return false
}

// matched returns what a record of a matching type has for this data.
func matched(matching uint8, data []byte) []byte {
	switch matching {
	case sha2a:
		sum := sha256.Sum256(data)
		return sum[:]
	case sha2b:
		sum := sha512.Sum512(data)
		return sum[:]
	}
	return data
}
