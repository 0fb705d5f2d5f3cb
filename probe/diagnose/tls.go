package diagnose

import (
	"strconv"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// certificateRules are about what is written in a certificate. Each fault of it
// proves itself; all of them are reported, not only the first.
var certificateRules = []Rule{
	{
		Cause:    cause.ClientClockWrong,
		Needs:    []Need{met(stage.Handshake, stage.BadCertificate)},
		Explains: []cause.ID{cause.CertExpired, cause.CertNotYetValid, cause.CertExpiredRootInChain, cause.CertRenewedNotReloaded},
		Judge:    wrongClock,
	},
	{
		// Before the dates: what is written in somebody else's certificate matters less.
		Cause:    cause.CertNameMismatchHosting,
		Needs:    []Need{met(stage.Handshake, stage.BadCertificate)},
		Explains: []cause.ID{cause.CertExpired, cause.CertNotYetValid},
		Judge:    certJudge(nameMismatch, stage.CertNameMismatch),
	},
	{
		Cause: cause.CertExpired,
		Needs: []Need{met(stage.Handshake, stage.BadCertificate)},
		Judge: certJudge(func(c *Case, k *Check, f stage.CertFault) *Hit {
			return inTime(c, k, f).with("until", k.date(f, func(c stage.Certificate) time.Time { return c.NotAfter }))
		}, stage.CertExpired),
	},
	{
		Cause: cause.CertExpired,
		Needs: []Need{met(stage.Handshake, stage.BadCertificate)},
		Judge: certJudge(func(c *Case, k *Check, f stage.CertFault) *Hit {
			if !k.intermediateExpired(f) || k.has(stage.CertExpired) {
				return nil
			}
			h := proven().with("until", k.date(f, func(c stage.Certificate) time.Time { return c.NotAfter }))
			return h.with("above", `"`+stage.Visible(CommonName(k.tls.Chain[f.Depth].Subject))+`"`)
		}, stage.CertIssuerExpired),
	},
	{
		Cause: cause.CertNotYetValid,
		Needs: []Need{met(stage.Handshake, stage.BadCertificate)},
		Judge: certJudge(func(c *Case, k *Check, f stage.CertFault) *Hit {
			return inTime(c, k, f).with("from", k.date(f, func(c stage.Certificate) time.Time { return c.NotBefore }))
		}, stage.CertNotYetValid),
	},
	{
		Cause: cause.CertExpiredRootInChain,
		Needs: []Need{seen(stage.Handshake)},
		Judge: certJudge(expiredAbove, stage.CertIssuerExpired, stage.CertExpiredExtra),
	},
	{
		// The server knows no certificate for the name that was asked for, and says
		// so (RFC 6066 3).
		Cause: cause.CertNameMismatchHosting,
		Needs: []Need{met(stage.Handshake, stage.TLSAlert)},
		Judge: func(_ *Case, k *Check, _ *stage.Result) *Hit {
			return likely().with("alert_name", "yes").holds(k.alerted("unrecognized_name"))
		},
	},
	{
		Cause: cause.CertWeakOrLegacyFormat,
		Needs: []Need{seen(stage.Handshake)},
		Judge: certJudge(func(_ *Case, _ *Check, f stage.CertFault) *Hit {
			switch f.ID {
			case stage.CertNoNames, stage.CertWeakKey, stage.CertWeakSignature:
				return proven()
			}
			return possible()
		}, stage.CertNoNames, stage.CertWeakKey, stage.CertWeakSignature, stage.CertUnparsable, stage.CertWrongUsage, stage.CertPathInvalid),
	},
	{
		Cause: cause.CertExpiresSoon,
		Needs: []Need{seen(stage.Handshake)},
		Judge: expiresSoon,
	},
}

// certJudge makes a judge of a function that is asked about the first fault of
// these kinds.
func certJudge(judge func(*Case, *Check, stage.CertFault) *Hit, ids ...stage.CertFaultID) func(*Case, *Check, *stage.Result) *Hit {
	return func(c *Case, k *Check, r *stage.Result) *Hit {
		f, ok := k.certFault(ids...)
		if !ok {
			return nil
		}
		h := judge(c, k, f)
		if h == nil {
			return nil
		}
		h.says(short(stage.Visible(describeCert(k.tls, f))))
		if h.Severity == "" && (f.Warning || r.Status != stage.Fail) {
			h.Severity = cause.Warn
		}
		return h
	}
}

// expiresSoon tells the last day, and how many days that leaves.
func expiresSoon(c *Case, k *Check, r *stage.Result) *Hit {
	return certJudge(func(_ *Case, k *Check, f stage.CertFault) *Hit {
		end := func(c stage.Certificate) time.Time { return c.NotAfter }
		h := proven().with("until", k.date(f, end))
		if f.Depth >= 0 && f.Depth < len(k.tls.Chain) {
			h.with("days", days(end(k.tls.Chain[f.Depth]).Sub(c.Record.Header.Started)))
		}
		return h
	}, stage.CertExpiresSoon)(c, k, r)
}

// days writes a time left to the nearest day: "1 day", "5 days"; below half a
// day, "less than a day".
func days(left time.Duration) string {
	switch n := int(left.Round(24*time.Hour) / (24 * time.Hour)); {
	case n < 1:
		return "less than a day"
	case n == 1:
		return "1 day"
	default:
		return strconv.Itoa(n) + " days"
	}
}

// certFault finds the first fault of any of these kinds.
func (k *Check) certFault(ids ...stage.CertFaultID) (stage.CertFault, bool) {
	return certFaultOf(k.tls, ids...)
}

// has reports whether the certificate has any of these faults.
func (k *Check) has(ids ...stage.CertFaultID) bool {
	_, ok := k.certFault(ids...)
	return ok
}

// leaf returns the certificate of the server itself.
func (k *Check) leaf() (stage.Certificate, bool) {
	if len(k.tls.Chain) == 0 {
		return stage.Certificate{}, false
	}
	return k.tls.Chain[0], true
}

// date returns a date of the certificate that a fault is about.
func (k *Check) date(f stage.CertFault, of func(stage.Certificate) time.Time) string {
	if f.Depth < 0 || f.Depth >= len(k.tls.Chain) {
		return ""
	}
	return date(of(k.tls.Chain[f.Depth]))
}

// date writes a time to the minute; "" where there is none.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// nameMismatch: the certificate is in order and for other names. With an
// issuer unknown as well, somebody else may have answered. What the server shows
// without a name, and at the web port, tells the technician where to look.
func nameMismatch(c *Case, k *Check, _ stage.CertFault) *Hit {
	h := proven()
	if k.refused() || k.has(stage.CertSelfSigned, stage.CertMissingLink) {
		h = likely()
	}
	leaf, ok := k.leaf()
	if ok {
		h.with("names", nameList(leaf))
	}
	if v, shown := viewOf(c.followUp(k, stage.AskWithoutName)); shown && v.leaf().SHA256 == leaf.SHA256 {
		h.with("default", "yes")
	}
	for _, v := range c.views(k) {
		if v.tls.Verified {
			h.with("right_at", stage.Visible(v.place()))
			break
		}
	}
	if k.builtin() {
		h.with("catalogue", "yes") // the settings are those of the provider's page
	}
	return h
}

// nameList names those that a certificate is for.
func nameList(leaf stage.Certificate) string {
	var names []string
	for _, n := range leaf.Names {
		names = appendNew(names, stage.Visible(n))
	}
	return list(names)
}

// expiredAbove: one of those that vouch for the server has run out. Where no way
// leads to a root but through it, its end is what makes the authority unknown:
// roots that have run out are taken off the lists.
func expiredAbove(c *Case, k *Check, f stage.CertFault) *Hit {
	if k.intermediateExpired(f) {
		return nil // see cert-expired
	}
	if f.ID == stage.CertIssuerExpired {
		return k.noWayButThrough(c, f)
	}
	h := proven()
	if k.encrypted() {
		h.with("other_way", "yes")
	}
	return h
}

// noWayButThrough: no way was found but through what has run out.
func (k *Check) noWayButThrough(c *Case, f stage.CertFault) *Hit {
	h := proven().with("no_way", "yes")
	if f.Warning && f.Depth > 0 && k.has(stage.CertUnknownAuthority) {
		h.Confidence = cause.Likely
		h.as(c.weigh(k, k.Result(stage.Handshake), cause.Fail))
	}
	return h
}

// intermediateExpired reports whether what has run out, on the only way there is,
// issued the server's certificate itself, and is no root: roots are left out of
// chains, or replaced by newer ones, where an intermediate has to be renewed.
func (k *Check) intermediateExpired(f stage.CertFault) bool {
	if f.ID != stage.CertIssuerExpired || f.Warning || f.Depth != 1 || f.Depth >= len(k.tls.Chain) {
		return false
	}
	issuer := k.tls.Chain[f.Depth]
	return !issuer.SelfSigned && issuer.Subject != issuer.Issuer && !named(CommonName(issuer.Subject), []string{"root"})
}
