package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// deniedElsewhere: the name may not exist, yet it resolves to an address without a
// mail server. Proof is that names resolve which cannot exist. Otherwise, one name
// server says that the name does not exist, and another gives an address.
func deniedElsewhere(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if k.Builtin() || k.Resolve.Literal || k.Resolve.HostsFile || r.Fault == stage.BadCertificate && !k.Has(stage.CertNameMismatch) {
		return nil
	}
	sibling, strange := c.Invented(k)
	if (sibling == chart.Yes || strange == chart.Yes) && c.MailAt(k) {
		return nil
	}
	there, near := list(k.Resolve.Addresses), c.Meant(k)
	beside := say.MadeUpLeadsToo(k.LeadsTo(), prose.Data(c.SiblingName(k)))
	switch {
	case strange == chart.Yes:
		h := proven().with(cause.SlotInvented, there).with(cause.SlotNear, near)
		if c.Ports.Portal != nil && c.InventedPage(k) {
			h.with(cause.SlotEvery, prose.Set(true))
		}
		if r.Fault == stage.BadCertificate {
			h.Confidence = cause.Likely // something speaks TLS there
		}
		return h.says(prose.Then(say.MadeUpLeadsToo(k.LeadsTo(), prose.Data(c.StrangeName(k))), chart.Shows(k, r)))
	case r.Fault == stage.BadCertificate:
		return nil
	case sibling == chart.Yes && c.Outside(k).Fault == stage.NameNotFound:
		return proven().with(cause.SlotInvented, there).with(cause.SlotNear, near).says(prose.Then(beside, say.NeitherIsKnown(), chart.Shows(k, r)))
	case sibling == chart.Yes:
		return likely().with(cause.SlotWildcard, there).with(cause.SlotNear, near).says(prose.Then(beside, chart.Shows(k, r)))
	case sibling == chart.No:
		return nil
	}
	return disputedName(c, k, r)
}

// disputedName: one of two name servers denies the name and the other gives an
// address. A name inside a network may well be known only there.
func disputedName(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	var denies, answers prose.Value
	for _, l := range k.Resolve.Lookups {
		switch l.Outcome {
		case stage.LookupNXDomain:
			denies = prose.Data(l.Server)
		case stage.LookupAnswer:
			answers = prose.Data(l.Server)
		}
	}
	if denies.Empty() && c.Outside(k).Fault == stage.NameNotFound && !slices.ContainsFunc(k.Resolve.Addresses, chart.InternalOrLoopback) {
		denies = list(c.FollowUp(k, stage.AskOtherResolvers).Check.Manner.Resolvers)
	}
	if denies.Empty() || answers.Empty() || denies.Equal(answers) {
		return nil
	}
	disputed := say.DisputedName(answers, list(k.Resolve.Addresses), prose.Data(k.Host()), denies)
	return likely().with(cause.SlotResolver, answers).with(cause.SlotNear, c.Meant(k)).says(prose.Then(disputed, chart.Shows(k, r)))
}

// guessed reports whether nothing names a profile's servers.
func guessed(p *stage.Profile) bool {
	return slices.Equal(p.Published, []stage.SourceID{stage.SourceGuess})
}

// hiddenByWildcard: nothing is published, every name below the domain exists, and one of
// the usual ones leads where a name made up beside it leads. No mail server is there.
func hiddenByWildcard(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	p := k.Subject.Profile
	sibling, strange := c.Invented(k)
	if p == nil || !guessed(p) || !anyNameExists(c.Record, k.Check.Subject) || sibling == chart.No || strange == chart.Yes || c.MailAt(k) {
		return nil
	}
	if r.Fault == stage.BadCertificate && !k.Has(stage.CertNameMismatch) {
		return nil
	}
	if sibling != chart.Yes {
		return likely()
	}
	return proven().says(prose.Then(say.MadeUpLeadsToo(k.LeadsTo(), prose.Data(c.SiblingName(k))), chart.Shows(k, r)))
}

// anyNameExists reports whether the search for a subject's settings found that.
func anyNameExists(rec *stage.Record, subject int) bool {
	return slices.ContainsFunc(rec.Sources, func(s stage.Source) bool { return s.Subject == subject && s.Check == "" && s.Wildcard })
}
