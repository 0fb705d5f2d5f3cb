package diagnose

import (
	"cmp"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// answeredByProxy lists the certificate faults caused by somebody who answers for
// all servers, though the right server has none.
var answeredByProxy = append([]cause.ID{
	cause.StartTLSNotOfferedByServer, cause.StartTLSStrippedByMiddlebox, cause.AuthNotOfferedOnPort, cause.MustIssueStartTLSFirst, cause.CertNameMismatchHosting, cause.CertSelfSigned,
	cause.CertMissingIntermediate,
}, unknownIssuer...)

// proxyUnderTLS: what is known to answer in clear text presents the same foreign
// certificate at a port with implicit TLS. So it intercepts that port too, and the
// operator's certificate is not at fault.
func proxyUnderTLS(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	leaf, shown := k.Leaf()
	if k.Check.Endpoint.Protocol != stage.SMTP || k.Check.Endpoint.Security != stage.TLS || !shown || k.Forged() {
		return nil
	}
	if v, ok := chart.ShownBy(c.FollowUp(k, stage.AskNobody)); ok && v.Leaf().SHA256 == leaf.SHA256 && k.Has(stage.CertNameMismatch) {
		nobody := prose.Data(v.Check.Manner.Address)
		return proven().with(cause.SlotNobody, nobody).with(cause.SlotEverywhere, prose.Set(true)).
			says(prose.Then(chart.Shows(k, r), say.NobodyShowsCertificate(chart.ShowsCertificate(v.Leaf()))))
	}
	for _, o := range c.Checks {
		other, _ := o.Leaf()
		if o == k || o.Host() != k.Host() || other.SHA256 != leaf.SHA256 {
			continue
		}
		if h := cmp.Or(answersForNobody(c, o, nil), sameGreeting(c, o, nil)); h != nil && h.Confidence != cause.Possible {
			return h.says(prose.Then(chart.Shows(k, r), say.ShowsCertificate(o.PlaceName(), chart.ShowsCertificate(other))))
		}
	}
	return nil
}

// underTLSToo marks a hit if the same certificate is presented at the port with
// implicit TLS, so that this port is no way round.
func underTLSToo(c *chart.Case, k *chart.Exam, h *Hit) *Hit {
	leaf, shown := k.Leaf()
	if h == nil || !shown {
		return h
	}
	for _, v := range c.CertificatesBeside(k) {
		if v.Check.Endpoint.Security == stage.TLS && v.Check.Endpoint.Protocol == stage.SMTP && v.Leaf().SHA256 == leaf.SHA256 {
			return h.with(cause.SlotEverywhere, prose.Set(true))
		}
	}
	return h
}
