package diagnose

import (
	"net/netip"
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// renewedElsewhere: one port of a host shows a certificate that has run out, or
// soon will, and another port its successor. It is certain where both ports are
// at one address and the issuer is the same.
func renewedElsewhere(c *Case, k *Check, r *stage.Result) *Hit {
	old, ok := k.leaf()
	if !ok || !k.has(stage.CertExpired, stage.CertExpiresSoon) {
		return nil
	}
	v, ok := c.successor(k, old)
	if !ok {
		return nil
	}
	h := likely().with("renewed", stage.Visible(v.place())).with("until", date(old.NotAfter)).
		says(short(stage.Visible(describe(k, r) + "; " + v.place() + " shows " + describeCertificate(v.leaf()))))
	if at := usedAddress(v.CheckRecord); at != "" && at == usedAddress(k.CheckRecord) && sameIssuer(old, v.leaf()) {
		h.Confidence = cause.Proven
	}
	if !k.has(stage.CertExpired) {
		h.with("soon", "yes").as(cause.Warn)
	}
	return h
}

// successor finds a newer certificate for the same name at another port of the
// host. Where nobody here vouches for the old one either, the issuer must be the
// same; where it has not run out yet, always: two ports may well have two
// certificates that are renewed at different times.
func (c *Case) successor(k *Check, old stage.Certificate) (view, bool) {
	for _, v := range c.views(k) {
		fresh := v.leaf()
		newer := fresh.NotBefore.After(old.NotBefore) && fresh.NotAfter.After(old.NotAfter) && fresh.NotAfter.After(c.Record.Header.Started)
		fits := !v.has(stage.CertNameMismatch, stage.CertNoNames, stage.CertExpired, stage.CertNotYetValid)
		same := sameIssuer(old, fresh)
		if newer && fits && (v.tls.Verified && k.has(stage.CertExpired) || same && (v.tls.Verified || !k.tls.Verified)) {
			return v, true
		}
	}
	return view{}, false
}

// sameIssuer reports whether two certificates come from one organization:
// public authorities issue under changing names.
func sameIssuer(a, b stage.Certificate) bool {
	if a.Issuer == b.Issuer {
		return true
	}
	org := organization(a.Issuer)
	return org != "" && org == organization(b.Issuer)
}

// organization returns the O of a distinguished name; empty for none.
func organization(dn string) string {
	for _, part := range attributes(dn) {
		if name, value, ok := strings.Cut(part, "="); ok && strings.EqualFold(strings.TrimSpace(name), "O") {
			return value
		}
	}
	return ""
}

// rightElsewhere: independent name servers lead to another address, and there the
// certificate is the name's. A private address here beside a public one there is
// meant so: see split-horizon-private-address.
func rightElsewhere(c *Case, k *Check, r *stage.Result) *Hit {
	if !k.refused() && !k.has(stage.CertNameMismatch, stage.CertSelfSigned) {
		return nil
	}
	v, ok := viewOf(c.followUp(k, stage.AskCertificateElsewhere))
	if !ok || !v.tls.Verified || vouched(v.tls) <= vouched(k.tls) {
		return nil
	}
	there, here := usedAddress(v.CheckRecord), usedAddress(k.CheckRecord)
	if there == "" || here == "" || there == here || slices.Contains(k.resolve.Addresses, there) || privateAddress(here) && !privateAddress(there) {
		return nil
	}
	h := likely().with("used", stage.Visible(here)).with("known", stage.Visible(there))
	if !k.resolve.HostsFile {
		h.with("led", "yes").with("answers", "yes")
	}
	return h.says(short(stage.Visible("other name servers lead to " + there + ", which shows " + describeCertificate(v.leaf()) +
		"; " + here + ", used here: " + describe(k, r))))
}

// byNumber: the server was reached by its number, and its certificate is for a
// name. It is certain where the run has seen the right one at the same address,
// asked for by name.
func byNumber(c *Case, k *Check, r *stage.Result) *Hit {
	if !k.resolve.Literal || k.tls.ServerName != "" || !k.has(stage.CertNameMismatch) {
		return nil
	}
	leaf, _ := k.leaf()
	h := likely().with("literal", "yes").with("names", nameList(leaf)).says(describe(k, r))
	for _, o := range c.Checks {
		at := usedAddress(o.CheckRecord)
		if at != "" && at == usedAddress(k.CheckRecord) && o.tls.Verified && o.tls.ServerName != "" {
			h.Confidence = cause.Proven
			return h.says(short(stage.Visible(describe(k, r) + "; asked for " + o.tls.ServerName + ", the same address shows a certificate that holds")))
		}
	}
	return h
}

// privateAddress reports an IP address of a private network (RFC 1918, RFC 4193).
func privateAddress(ip string) bool {
	a, err := netip.ParseAddr(ip)
	return err == nil && a.IsPrivate()
}
