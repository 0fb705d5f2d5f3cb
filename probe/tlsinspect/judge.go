package tlsinspect

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"maildoctor/probe/stage"
)

// defaultDays is how many days before its expiry a certificate causes a warning. If its
// lifetime is below 63 days, a third of it is used instead: short-lived certificates
// are renewed after two thirds.
const defaultDays = 21

// judge checks a chain completely and adds the results to facts. If a fault is more
// than a warning, it returns a *stage.Error with fault BadCertificate.
func judge(facts *stage.TLSFacts, sent []*x509.Certificate, opt Options) error {
	c := newChain(sent, opt.Now)
	facts.Chain = describeChain(c.sent)
	name := c.nameFaults(opt.Host)
	age := c.ageFaults(opt.CertificateDays)
	used, trust := c.trust(facts, opt)
	facts.Faults = slices.Concat(name, age, trust, c.strengthFaults(used), c.orderFaults(used))
	if failing(facts.Faults) == nil {
		facts.Faults = append(facts.Faults, c.strictFaults(used, facts.Public == stage.Trusted)...)
	}
	facts.Verified = len(name) == 0 && c.leafInTime() && (facts.System == stage.Trusted || facts.System == stage.TrustLocal || facts.CAFile == stage.Trusted)
	return failing(facts.Faults)
}

// failing returns the error for faults that are more than warnings, or nil.
func failing(faults []stage.CertFault) error {
	var ids []string
	for _, f := range faults {
		if id := string(f.ID); !f.Warning && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return stage.Errorf(stage.BadCertificate, "%s", strings.Join(ids, ", "))
}

// nameFaults checks the host name against subjectAltName (RFC 9525 6). The common name
// doesn't count.
func (c *chain) nameFaults(host string) []stage.CertFault {
	leaf := c.leaf()
	if leaf.VerifyHostname(hostForVerify(host)) == nil {
		return nil
	}
	all := names(leaf)
	if len(all) == 0 {
		return []stage.CertFault{{ID: stage.CertNoNames, Detail: text(leaf.Subject.String())}}
	}
	detail := strings.Join(all[:min(5, len(all))], ", ")
	if len(all) > 5 {
		detail += fmt.Sprintf(" and %d more", len(leaf.DNSNames)+len(leaf.IPAddresses)-5)
	}
	return []stage.CertFault{{ID: stage.CertNameMismatch, Detail: detail}}
}

// hostForVerify removes what doesn't belong to the name: a trailing dot, and the zone
// of an IPv6 address.
func hostForVerify(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.WithZone("").String()
	}
	return strings.TrimSuffix(host, ".")
}

func (c *chain) ageFaults(days int) []stage.CertFault {
	leaf := c.leaf()
	warn := time.Duration(days) * 24 * time.Hour
	if days == 0 {
		warn = min(defaultDays*24*time.Hour, leaf.NotAfter.Sub(leaf.NotBefore)/3)
	}
	switch {
	case c.now.After(leaf.NotAfter):
		return []stage.CertFault{{ID: stage.CertExpired, Detail: until(leaf)}}
	case c.now.Before(leaf.NotBefore):
		return []stage.CertFault{{ID: stage.CertNotYetValid, Detail: from(leaf)}}
	case leaf.NotAfter.Sub(c.now) < warn:
		return []stage.CertFault{{ID: stage.CertExpiresSoon, Detail: until(leaf), Warning: true}}
	}
	return nil
}

func until(c *x509.Certificate) string {
	return "valid until " + c.NotAfter.UTC().Format(time.RFC3339)
}

func from(c *x509.Certificate) string {
	return "valid from " + c.NotBefore.UTC().Format(time.RFC3339)
}

// trust verifies the chain against each root store. It returns the path that counts, or
// nil, and the faults of the chain.
func (c *chain) trust(facts *stage.TLSFacts, opt Options) (used []*x509.Certificate, faults []stage.CertFault) {
	roots := opt.Roots
	system := c.find(roots.system, roots.isPublic)
	facts.System, facts.Public = stage.NotTrusted, stage.NotTrusted
	if system.trusted() {
		facts.System = stage.Trusted
	}
	if system.trusted() && roots.isPublic(system.certs) || c.find(roots.public().pool, nil).trusted() {
		facts.Public = stage.Trusted
	}
	var file path
	if roots.extra != nil {
		file = c.find(roots.extra, nil)
		facts.CAFile = stage.NotTrusted
		if file.trusted() {
			facts.CAFile = stage.Trusted
		}
	}
	switch {
	case file.trusted() && !(system.trusted() && facts.Public == stage.Trusted):
		used = file.certs
	case system.trusted():
		used = system.certs
	default:
		return c.untrusted(system, file, roots)
	}
	root := used[len(used)-1]
	if facts.System == stage.Trusted && facts.Public != stage.Trusted {
		facts.System = stage.TrustLocal
		if facts.CAFile != stage.Trusted {
			faults = []stage.CertFault{{
				ID: stage.CertLocalRoot, Depth: c.depth(root), Detail: text(root.Subject.String()),
				Warning: !opt.Builtin || opt.TrustLocalRoots,
			}}
		}
	}
	facts.Root = roots.describe(root)
	if opt.KeepRoot && len(root.Raw) <= maxDER {
		itself := *facts.Root
		itself.DER = root.Raw
		facts.Root = &itself
	}
	return used, faults
}

// untrusted returns why neither the system's roots nor the CA file trust the chain.
func (c *chain) untrusted(system, file path, roots *Roots) ([]*x509.Certificate, []stage.CertFault) {
	for _, p := range []path{system, file} {
		if p.certs != nil {
			return p.certs, p.faults
		}
	}
	w := c.walk()
	faults := w.explain([]error{system.err, file.err}, []*x509.CertPool{roots.system, roots.extra})
	for _, issuer := range w.certs[1:] {
		if c.now.After(issuer.NotAfter) {
			faults = append(faults, stage.CertFault{ID: stage.CertIssuerExpired, Depth: c.depth(issuer), Detail: until(issuer), Warning: true})
		}
	}
	return nil, faults
}

// strengthFaults checks keys and signatures of the certificates in the path, or of all
// that were sent if there is no path. The root's own signature is not checked: it is
// trusted for being in the root store.
func (c *chain) strengthFaults(used []*x509.Certificate) (faults []stage.CertFault) {
	certs := c.sent
	if len(used) > 1 {
		certs = used[:len(used)-1]
	}
	for i, cert := range certs {
		if i > 0 && selfIssued(cert) {
			continue
		}
		if bits, weak := weakKey(cert); weak {
			faults = append(faults, stage.CertFault{ID: stage.CertWeakKey, Depth: c.depth(cert), Detail: key(cert) + ": " + strconv.Itoa(bits) + " bits"})
		}
		if isWeakSignature(cert) {
			faults = append(faults, stage.CertFault{ID: stage.CertWeakSignature, Depth: c.depth(cert), Detail: cert.SignatureAlgorithm.String()})
		}
	}
	return faults
}

// weakKey reports whether the key has less than 112 bits of strength. Current libraries
// reject that by default (NIST SP 800-131A; OpenSSL's security level 2).
func weakKey(cert *x509.Certificate) (bits int, weak bool) {
	switch k := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		return k.N.BitLen(), k.N.BitLen() < 2048
	case *ecdsa.PublicKey:
		return k.Curve.Params().BitSize, k.Curve.Params().BitSize < 224
	}
	return 0, false
}

// orderFaults checks the certificates that were sent in addition to the path. Old
// programs fail on an expired one, and some on a wrong order.
func (c *chain) orderFaults(used []*x509.Certificate) (faults []stage.CertFault) {
	if used == nil {
		return nil
	}
	last := 0
	for _, cert := range used {
		i := slices.IndexFunc(c.sent, cert.Equal)
		if i >= 0 && i < last {
			faults = append(faults, stage.CertFault{ID: stage.CertChainMisordered, Depth: i, Detail: text(cert.Subject.String()), Warning: true})
			break
		}
		last = max(last, i)
	}
	for i, cert := range c.sent[1:] {
		if c.now.After(cert.NotAfter) && !slices.ContainsFunc(used, cert.Equal) {
			faults = append(faults, stage.CertFault{ID: stage.CertExpiredExtra, Depth: i + 1, Detail: text(cert.Subject.String()) + ", " + until(cert), Warning: true})
		}
	}
	return faults
}

// unparsable returns the error text of crypto/tls for a certificate that it could not
// parse. Nothing else is known about it then.
func unparsable(err error) (detail string, ok bool) {
	for _, prefix := range []string{
		"tls: failed to parse certificate from server: ",
		"tls: server's certificate contains an unsupported type of public key",
		"tls: server sent certificate containing RSA key larger than ",
	} {
		if err != nil && strings.HasPrefix(err.Error(), prefix) {
			return text(strings.TrimPrefix(err.Error(), "tls: ")), true
		}
	}
	return "", false
}
