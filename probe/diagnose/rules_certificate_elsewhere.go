package diagnose

import (
	"net/netip"
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// renewedElsewhere: one port of a host presents a certificate that has expired or
// soon will, and another port its successor. This is certain if both ports are at
// one address and the issuer is the same.
func renewedElsewhere(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	old, ok := k.Leaf()
	if !ok || !k.Has(stage.CertExpired, stage.CertExpiresSoon) {
		return nil
	}
	v, ok := c.Successor(k, old)
	if !ok {
		return nil
	}
	h := likely().with(cause.SlotRenewed, v.PlaceName()).with(cause.SlotUntil, prose.Minute(old.NotAfter)).
		says(prose.Then(chart.Shows(k, r), say.ShowsCertificate(v.PlaceName(), chart.ShowsCertificate(v.Leaf()))))
	if at := chart.UsedAddress(v.CheckRecord); at != "" && at == chart.UsedAddress(k.CheckRecord) && chart.SameIssuer(old, v.Leaf()) {
		h.Confidence = cause.Proven
	}
	if !k.Has(stage.CertExpired) {
		h.with(cause.SlotSoon, prose.Set(true)).as(cause.Warn)
	}
	return h
}

// rightElsewhere: independent name servers give another address, where the server
// has a valid certificate for the name. A private address here beside a public one
// there is intended: see split-horizon-private-address.
func rightElsewhere(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if !k.Refused() && !k.Has(stage.CertNameMismatch, stage.CertSelfSigned) {
		return nil
	}
	v, ok := chart.ShownBy(c.FollowUp(k, stage.AskCertificateElsewhere))
	if !ok || !v.TLS.Verified || chart.Vouched(v.TLS) <= chart.Vouched(k.TLS) {
		return nil
	}
	there, here := chart.UsedAddress(v.CheckRecord), chart.UsedAddress(k.CheckRecord)
	if there == "" || here == "" || there == here || slices.Contains(k.Resolve.Addresses, there) || privateAddress(here) && !privateAddress(there) {
		return nil
	}
	h := likely().with(cause.SlotUsed, prose.Data(here)).with(cause.SlotKnown, prose.Data(there))
	if !k.Resolve.HostsFile {
		h.with(cause.SlotLed, prose.Set(true)).with(cause.SlotAnswers, prose.Set(true))
	}
	return h.says(prose.Then(say.ElsewhereShows(prose.Data(there), chart.ShowsCertificate(v.Leaf())), say.UsedHere(prose.Data(here), chart.Shows(k, r))))
}

// byNumber: the server was reached by its IP address, and its certificate is for a
// name. This is certain if the run has seen the right certificate at that address
// when asking by name.
func byNumber(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if !k.Resolve.Literal || k.TLS.ServerName != "" || !k.Has(stage.CertNameMismatch) {
		return nil
	}
	leaf, _ := k.Leaf()
	h := likely().with(cause.SlotLiteral, prose.Set(true)).with(cause.SlotNames, certificateNames(leaf)).says(chart.Shows(k, r))
	if o := c.NamedAt(k); o != nil {
		h.Confidence = cause.Proven
		return h.says(prose.Then(chart.Shows(k, r), say.AskedByName(prose.Data(o.TLS.ServerName))))
	}
	return h
}

// privateAddress reports whether ip is in a private network (RFC 1918, RFC 4193).
func privateAddress(ip string) bool {
	a, err := netip.ParseAddr(ip)
	return err == nil && a.IsPrivate()
}
