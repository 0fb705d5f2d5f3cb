package diagnose

import (
	"slices"
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// certificateRules are about the contents of a certificate. Each fault proves
// itself, and all of them are reported, not only the first.
var certificateRules = []Rule{
	{
		Cause:    cause.ClientClockWrong,
		Needs:    []chart.Need{chart.Met(stage.Handshake, stage.BadCertificate)},
		Explains: []cause.ID{cause.CertExpired, cause.CertNotYetValid, cause.CertExpiredRootInChain, cause.CertRenewedNotReloaded},
		Judge:    wrongClock,
	},
	{
		// Before the dates: the contents of somebody else's certificate matter less.
		Cause:    cause.CertNameMismatchHosting,
		Needs:    []chart.Need{chart.Met(stage.Handshake, stage.BadCertificate)},
		Explains: []cause.ID{cause.CertExpired, cause.CertNotYetValid},
		Judge:    certJudge(nameMismatch, stage.CertNameMismatch),
	},
	{
		Cause: cause.CertExpired,
		Needs: []chart.Need{chart.Met(stage.Handshake, stage.BadCertificate)},
		Judge: certJudge(func(c *chart.Case, k *chart.Exam, f stage.CertFault) *Hit {
			return inTime(c, k, f).with(cause.SlotUntil, k.Until(f))
		}, stage.CertExpired),
	},
	{
		Cause: cause.CertExpired,
		Needs: []chart.Need{chart.Met(stage.Handshake, stage.BadCertificate)},
		Judge: certJudge(func(c *chart.Case, k *chart.Exam, f stage.CertFault) *Hit {
			if !k.IntermediateExpired(f) || k.Has(stage.CertExpired) {
				return nil
			}
			h := proven().with(cause.SlotUntil, k.Until(f))
			return h.with(cause.SlotAbove, prose.Data(`"`+chart.CommonName(k.TLS.Chain[f.Depth].Subject)+`"`))
		}, stage.CertIssuerExpired),
	},
	{
		Cause: cause.CertNotYetValid,
		Needs: []chart.Need{chart.Met(stage.Handshake, stage.BadCertificate)},
		Judge: certJudge(func(c *chart.Case, k *chart.Exam, f stage.CertFault) *Hit {
			return inTime(c, k, f).with(cause.SlotFrom, k.From(f))
		}, stage.CertNotYetValid),
	},
	{
		Cause: cause.CertExpiredRootInChain,
		Needs: []chart.Need{chart.Seen(stage.Handshake)},
		Judge: certJudge(expiredAbove, stage.CertIssuerExpired, stage.CertExpiredExtra),
	},
	{
		// It is accepted here and by most programs.
		Cause: cause.CertRefusedByStrictPrograms,
		Needs: []chart.Need{chart.Seen(stage.Handshake)},
		Judge: certJudge(refusedIfStrict, chart.StrictFaults...),
	},
	{
		// The server has no certificate for the requested name, and says so (RFC
		// 6066 3).
		Cause: cause.CertNameMismatchHosting,
		Needs: []chart.Need{chart.Met(stage.Handshake, stage.TLSAlert)},
		Judge: func(_ *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
			return likely().with(cause.SlotAlertName, prose.Set(true)).holds(k.Alerted("unrecognized_name"))
		},
	},
	{
		Cause: cause.CertWeakOrLegacyFormat,
		Needs: []chart.Need{chart.Seen(stage.Handshake)},
		Judge: certJudge(func(_ *chart.Case, _ *chart.Exam, f stage.CertFault) *Hit {
			switch f.ID {
			case stage.CertNoNames, stage.CertWeakKey, stage.CertWeakSignature:
				return proven()
			}
			return possible()
		}, stage.CertNoNames, stage.CertWeakKey, stage.CertWeakSignature, stage.CertUnparsable, stage.CertWrongUsage, stage.CertPathInvalid),
	},
	{
		Cause: cause.CertExpiresSoon,
		Needs: []chart.Need{chart.Seen(stage.Handshake)},
		Judge: expiresSoon,
	},
}

// certJudge returns a Judge that calls a function with the first fault of these
// kinds.
func certJudge(judge func(*chart.Case, *chart.Exam, stage.CertFault) *Hit, ids ...stage.CertFaultID) func(*chart.Case, *chart.Exam, *stage.Result) *Hit {
	return func(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
		f, ok := k.CertFault(ids...)
		if !ok {
			return nil
		}
		h := judge(c, k, f)
		if h == nil {
			return nil
		}
		h.says(chart.ShowsCertificateFault(k.TLS, f))
		if h.Severity == "" && (f.Warning || r.Status != stage.Fail) {
			h.Severity = cause.Warn
		}
		return h
	}
}

// expiresSoon gives the last day, and how many days are left.
func expiresSoon(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	return certJudge(func(_ *chart.Case, k *chart.Exam, f stage.CertFault) *Hit {
		h := proven().with(cause.SlotUntil, k.Until(f))
		if f.Depth >= 0 && f.Depth < len(k.TLS.Chain) {
			h.with(cause.SlotDays, days(k.TLS.Chain[f.Depth].NotAfter.Sub(c.Record.Header.Started)))
		}
		return h
	}, stage.CertExpiresSoon)(c, k, r)
}

// days gives the time left to the nearest day: "1 day", "5 days"; below half a day,
// "less than a day".
func days(left time.Duration) prose.Value {
	n := int(left.Round(24*time.Hour) / (24 * time.Hour))
	if n < 1 {
		return say.UnderADay()
	}
	return say.DaysLeft(prose.Count(n))
}

// nameMismatch: the certificate is valid, but for other names. If the issuer is
// unknown as well, somebody else may have answered. The certificates that the server
// presents without SNI and at the web port tell the technician where to look.
func nameMismatch(c *chart.Case, k *chart.Exam, _ stage.CertFault) *Hit {
	h := proven()
	if k.Refused() || k.Has(stage.CertSelfSigned, stage.CertMissingLink) || k.Builtin() && !c.WrongElsewhere(k) {
		h = likely()
	}
	leaf, ok := k.Leaf()
	if ok {
		h.with(cause.SlotNames, certificateNames(leaf))
	}
	if v, shown := chart.ShownBy(c.FollowUp(k, stage.AskWithoutName)); shown && v.Leaf().SHA256 == leaf.SHA256 {
		h.with(cause.SlotDefault, prose.Set(true))
	}
	for _, v := range c.CertificatesBeside(k) {
		if v.TLS.Verified {
			h.with(cause.SlotRightAt, v.PlaceName())
			break
		}
	}
	if k.Builtin() {
		h.with(cause.SlotCatalogue, prose.Set(true)) // the settings are those on the provider's page
	}
	return h.naming(c, k)
}

// naming adds the first name in the certificate under which the server was tried and
// the certificate is valid. A name under which the login is refused goes first: it
// is one account.
func (h *Hit) naming(c *chart.Case, k *chart.Exam) *Hit {
	name, failed := "", make(map[string]bool)
	for _, f := range c.FollowUps[k.Check.ID] {
		if f.Check.Question != stage.AskCertificateName {
			continue
		}
		v, shown := chart.ShownBy(f)
		if failed[f.Check.Endpoint.Host] = f.Failed() != nil; !shown || !v.TLS.Verified {
			continue
		}
		switch host, r := f.Check.Endpoint.Host, f.Failed(); {
		case r != nil && r.Stage == stage.Login:
			return h.with(cause.SlotRefusesAs, prose.Data(host))
		case r == nil && chart.Reached(f) && name == "":
			name = host
		}
	}
	leaf, _ := k.Leaf()
	untried := func(name string) bool { return !failed[strings.ToLower(name)] }
	if len(failed) > 0 && !slices.ContainsFunc(leaf.Names, untried) {
		h.with(cause.SlotNoneHolds, prose.Set(true))
	}
	return h.with(cause.SlotNamesake, prose.Data(name))
}

// certificateNames lists the names that a certificate is for.
func certificateNames(leaf stage.Certificate) prose.Value {
	var names []prose.Value
	for _, n := range leaf.Names {
		names = prose.AppendNew(names, prose.Data(n))
	}
	return prose.And(names...)
}

// expiredAbove: a certificate above the server's has expired. If every chain to a
// root contains it, that expiry is the reason the authority is unknown: expired
// roots are removed from root stores.
func expiredAbove(c *chart.Case, k *chart.Exam, f stage.CertFault) *Hit {
	if k.IntermediateExpired(f) {
		return nil // see cert-expired
	}
	if f.ID == stage.CertIssuerExpired {
		return noWayButThrough(k, c, f)
	}
	h := proven()
	if k.Encrypted() {
		h.with(cause.SlotOtherWay, prose.Set(true))
	}
	return h
}

// noWayButThrough: every chain that was found contains the expired certificate.
func noWayButThrough(k *chart.Exam, c *chart.Case, f stage.CertFault) *Hit {
	h := proven().with(cause.SlotNoWay, prose.Set(true))
	if f.Warning && f.Depth > 0 && k.Has(stage.CertUnknownAuthority) {
		h.Confidence = cause.Likely
		h.as(weigh(c, k, k.Result(stage.Handshake), cause.Fail))
	}
	return h
}

// refusedIfStrict lists all such faults, because repairing one leaves the others.
func refusedIfStrict(_ *chart.Case, k *chart.Exam, _ stage.CertFault) *Hit {
	var all []prose.Value
	for _, f := range k.TLS.Faults {
		if slices.Contains(chart.StrictFaults, f.ID) {
			all = append(all, chart.CertificateFault(k.TLS, f))
		}
	}
	return proven().as(cause.Warn).with(cause.SlotWhat, prose.Then(all...)).holds(k.Passed(stage.Handshake))
}
