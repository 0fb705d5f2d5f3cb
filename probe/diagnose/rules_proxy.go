package diagnose

import (
	"cmp"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// answeredByProxy is what somebody who answers for all servers makes of the
// certificate that the right one has.
var answeredByProxy = append([]cause.ID{
	cause.StartTLSNotOfferedByServer, cause.StartTLSStrippedByMiddlebox, cause.AuthNotOfferedOnPort, cause.MustIssueStartTLSFirst, cause.CertNameMismatchHosting, cause.CertSelfSigned,
	cause.CertMissingIntermediate,
}, unknownIssuer...)

// proxyUnderTLS: whoever is known to answer in clear text shows the same foreign
// certificate at a port that is encrypted from the start. So it takes that one too,
// and the operator's certificate is not to blame.
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

// underTLSToo marks a hit where the same certificate is shown at the port that is
// encrypted from the start, so that this one is no way round.
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
