package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// deniedElsewhere: the name may not exist, and an address is handed out all the
// same, where no mail server is. That names exist which nobody can have proves it;
// else one name server says that the name does not exist, and another hands it out.
func deniedElsewhere(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if k.Builtin() || k.Resolve.Literal || k.Resolve.HostsFile || r.Fault == stage.BadCertificate && !k.Has(stage.CertNameMismatch) {
		return nil
	}
	sibling, strange := c.Invented(k)
	if (sibling == chart.Yes || strange == chart.Yes) && c.MailAt(k) {
		return nil
	}
	there := chart.List(visible(k.Resolve.Addresses))
	text := k.Host() + " leads to " + there + ", and so does " + c.SiblingName(k) + ", a name made up for this run"
	switch {
	case strange == chart.Yes:
		h := proven().with(cause.SlotInvented, prose.Raw(there)).with(cause.SlotNear, prose.Raw(c.Meant(k)))
		if c.Ports.Portal != nil && c.InventedPage(k) {
			h.with(cause.SlotEvery, prose.Set(true))
		}
		if r.Fault == stage.BadCertificate {
			h.Confidence = cause.Likely // somebody speaks TLS there
		}
		return h.says(prose.Raw(chart.Short(stage.Visible(k.Host() + " leads to " + there + ", and so does " + c.StrangeName(k) + ", a name made up for this run; " + chart.Describe(k, r)))))
	case r.Fault == stage.BadCertificate:
		return nil
	case sibling == chart.Yes && c.Outside(k).Fault == stage.NameNotFound:
		return proven().with(cause.SlotInvented, prose.Raw(there)).with(cause.SlotNear, prose.Raw(c.Meant(k))).says(prose.Raw(chart.Short(stage.Visible(text + "; other name servers know neither; " + chart.Describe(k, r)))))
	case sibling == chart.Yes:
		return likely().with(cause.SlotWildcard, prose.Raw(there)).with(cause.SlotNear, prose.Raw(c.Meant(k))).says(prose.Raw(chart.Short(stage.Visible(text + "; " + chart.Describe(k, r)))))
	case sibling == chart.No:
		return nil
	}
	return disputedName(c, k, r)
}

// disputedName: of two name servers one denies the name and the other hands out
// an address. What is inside a network alone may well be known there alone.
func disputedName(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	var denies, answers string
	for _, l := range k.Resolve.Lookups {
		switch l.Outcome {
		case stage.LookupNXDomain:
			denies = l.Server
		case stage.LookupAnswer:
			answers = l.Server
		}
	}
	if denies == "" && c.Outside(k).Fault == stage.NameNotFound && !slices.ContainsFunc(k.Resolve.Addresses, chart.InternalOrLoopback) {
		denies = chart.List(c.FollowUp(k, stage.AskOtherResolvers).Check.Manner.Resolvers)
	}
	if denies == "" || answers == "" || denies == answers {
		return nil
	}
	return likely().with(cause.SlotResolver, prose.Data(answers)).with(cause.SlotNear, prose.Raw(c.Meant(k))).
		says(prose.Raw(chart.Short(stage.Visible(answers + " gives " + chart.List(k.Resolve.Addresses) + " for " + k.Host() + ", " + denies + " says that there is no such name; " + chart.Describe(k, r)))))
}
