package expect

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

func least(e stage.Expectation) prose.Value { return say.ExpectAtLeast(all(e)) }

// leaf returns the server's certificate, or why it was not seen.
func (k *exam) leaf() (*stage.Certificate, ruling) {
	if chain := k.tls().Chain; len(chain) > 0 {
		return &chain[0], ruling{}
	}
	if k.clear() {
		return nil, open(say.ExpectNoCertificate())
	}
	return nil, k.unreached(stage.Handshake)
}

// number returns the value of an expectation that is a number; ok is false if it is none.
func (k *exam) number() (n int64, ok bool) {
	n, err := strconv.ParseInt(k.want(), 10, 64)
	return n, err == nil
}

const day = 24 * time.Hour

// certificateDays judges the time until the first certificate of the chain expires, in
// whole days. An expired one that the chain doesn't need has no say, and neither has a
// root that was sent along.
func certificateDays(k *exam) ruling {
	if leaf, none := k.leaf(); leaf == nil {
		return none
	}
	f := k.tls()
	var first time.Time
	for depth, c := range f.Chain {
		extra := slices.ContainsFunc(f.Faults, func(x stage.CertFault) bool { return x.ID == stage.CertExpiredExtra && x.Depth == depth })
		if extra || depth > 0 && c.SelfSigned {
			continue
		}
		if first.IsZero() || c.NotAfter.Before(first) {
			first = c.NotAfter
		}
	}
	days := int64(math.Floor(float64(first.Sub(k.rec.Header.Started)) / float64(day)))
	want, ok := k.number()
	return is(ok && days >= want, prose.Data(strconv.FormatInt(days, 10)))
}

// certificateNames judges whether the certificate has all names, or covers them by a
// wildcard (RFC 9525 6.3).
func certificateNames(k *exam) ruling {
	leaf, none := k.leaf()
	if leaf == nil {
		return none
	}
	var missing []prose.Value
	for _, name := range k.e.Want {
		if !slices.ContainsFunc(leaf.Names, func(n string) bool { return covers(n, name) }) {
			missing = append(missing, prose.Data(name))
		}
	}
	if len(missing) > 0 {
		return is(false, say.ExpectLacks(prose.And(missing...)))
	}
	return is(true, prose.And(prose.Datas(leaf.Names)...))
}

// covers reports whether a name in a certificate is good for a host, or is the same
// wildcard.
func covers(certified, host string) bool {
	certified, host = strings.ToLower(certified), strings.ToLower(strings.TrimSuffix(host, "."))
	if certified == host {
		return true
	}
	domain, wildcard := strings.CutPrefix(certified, "*.")
	first, rest, ok := strings.Cut(host, ".")
	return wildcard && ok && first != "" && first != "*" && rest == domain
}

func inIssuer(e stage.Expectation) prose.Value {
	if len(e.Want) == 1 {
		return say.ExpectPart(prose.Data(e.Want[0]))
	}
	return say.ExpectPartAny(prose.Or(prose.Datas(e.Want)...))
}

// certificateIssuer judges whether the issuer's name contains one of the values.
func certificateIssuer(k *exam) ruling {
	leaf, none := k.leaf()
	if leaf == nil {
		return none
	}
	issuer := strings.ToLower(leaf.Issuer)
	ok := slices.ContainsFunc(k.e.Want, func(part string) bool { return strings.Contains(issuer, strings.ToLower(part)) })
	return is(ok, prose.Data(leaf.Issuer))
}

func strength(e stage.Expectation) prose.Value {
	if len(e.Want) == 0 {
		return prose.Value{}
	}
	return say.ExpectStrength(prose.Data(e.Want[0]))
}

// certificateKey judges the size of the key. Other keys than RSA's count by the security
// that they stand for (NIST SP 800-57 part 1 5.6.1.1).
func certificateKey(k *exam) ruling {
	leaf, none := k.leaf()
	if leaf == nil {
		return none
	}
	bits, ok := strengths[leaf.Key]
	if size, rsa := strings.CutPrefix(leaf.Key, "RSA "); rsa {
		n, err := strconv.ParseInt(size, 10, 64)
		bits, ok = n, err == nil
	}
	want, _ := k.number()
	switch {
	case !ok:
		return open(say.ExpectUnknownKey(prose.Data(leaf.Key)))
	case strings.HasPrefix(leaf.Key, "RSA "):
		return is(bits >= want, prose.Data(leaf.Key))
	}
	return is(bits >= want, say.ExpectKey(prose.Data(leaf.Key), prose.Data(strconv.FormatInt(bits, 10))))
}

// strengths are sizes of RSA keys of the same security.
var strengths = map[string]int64{
	"ECDSA P-224": 2048, "ECDSA P-256": 3072, "ECDSA P-384": 7680, "ECDSA P-521": 15360, "Ed25519": 3072,
}
