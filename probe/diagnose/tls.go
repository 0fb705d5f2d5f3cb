package diagnose

import (
	"slices"
	"strconv"
	"time"

	"maildoctor/probe/stage"
)

// certificateRules are about what is written in a certificate. Each fault of it
// proves itself; all of them are reported, not only the first.
var certificateRules = []Rule{
	{
		Cause:    ClientClockWrong,
		Needs:    []Need{met(stage.Handshake, stage.BadCertificate)},
		Explains: []CauseID{CertExpired, CertNotYetValid},
		Judge:    wrongClock,
	},
	{
		// Before the dates: what is written in somebody else's certificate matters less.
		Cause:    CertNameMismatchHosting,
		Needs:    []Need{met(stage.Handshake, stage.BadCertificate)},
		Explains: []CauseID{CertExpired, CertNotYetValid},
		Judge:    certJudge(nameMismatch, stage.CertNameMismatch),
	},
	{
		Cause: CertExpired,
		Needs: []Need{met(stage.Handshake, stage.BadCertificate)},
		Judge: certJudge(func(k *Check, f stage.CertFault) *Hit {
			return proven().with("until", k.date(f, func(c stage.Certificate) time.Time { return c.NotAfter }))
		}, stage.CertExpired),
	},
	{
		Cause: CertNotYetValid,
		Needs: []Need{met(stage.Handshake, stage.BadCertificate)},
		Judge: certJudge(func(k *Check, f stage.CertFault) *Hit {
			return proven().with("from", k.date(f, func(c stage.Certificate) time.Time { return c.NotBefore }))
		}, stage.CertNotYetValid),
	},
	{
		Cause: CertExpiredRootInChain,
		Needs: []Need{seen(stage.Handshake)},
		Judge: certJudge(func(*Check, stage.CertFault) *Hit { return proven() }, stage.CertIssuerExpired, stage.CertExpiredExtra),
	},
	{
		// The server knows no certificate for the name that was asked for, and says
		// so (RFC 6066 3).
		Cause: CertNameMismatchHosting,
		Needs: []Need{met(stage.Handshake, stage.TLSAlert)},
		Judge: func(_ *Case, k *Check, _ *stage.Result) *Hit {
			return likely().with("alert_name", "yes").holds(k.alerted("unrecognized_name"))
		},
	},
	{
		Cause: CertWeakOrLegacyFormat,
		Needs: []Need{seen(stage.Handshake)},
		Judge: certJudge(func(_ *Check, f stage.CertFault) *Hit {
			switch f.ID {
			case stage.CertNoNames, stage.CertWeakKey, stage.CertWeakSignature:
				return proven()
			}
			return possible()
		}, stage.CertNoNames, stage.CertWeakKey, stage.CertWeakSignature, stage.CertUnparsable, stage.CertWrongUsage, stage.CertPathInvalid),
	},
	{
		Cause: CertExpiresSoon,
		Needs: []Need{seen(stage.Handshake)},
		Judge: expiresSoon,
	},
}

// certJudge makes a judge of a function that is asked about the first fault of
// these kinds.
func certJudge(judge func(*Check, stage.CertFault) *Hit, ids ...stage.CertFaultID) func(*Case, *Check, *stage.Result) *Hit {
	return func(_ *Case, k *Check, r *stage.Result) *Hit {
		f, ok := k.certFault(ids...)
		if !ok {
			return nil
		}
		h := judge(k, f)
		if h == nil {
			return nil
		}
		h.says(short(stage.Visible(describeCert(k.tls, f))))
		if f.Warning || r.Status != stage.Fail {
			h.Severity = Warn
		}
		return h
	}
}

// expiresSoon tells the last day, and how many days that leaves.
func expiresSoon(c *Case, k *Check, r *stage.Result) *Hit {
	return certJudge(func(k *Check, f stage.CertFault) *Hit {
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
	for _, id := range ids {
		for _, f := range k.tls.Faults {
			if f.ID == id {
				return f, true
			}
		}
	}
	return stage.CertFault{}, false
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
	t := of(k.tls.Chain[f.Depth])
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// nameMismatch: the certificate is in order and for other names. With an
// issuer unknown as well, somebody else may have answered.
func nameMismatch(k *Check, _ stage.CertFault) *Hit {
	h := proven()
	if k.has(stage.CertUnknownAuthority, stage.CertSelfSigned, stage.CertLocalRoot, stage.CertMissingLink) {
		h = likely()
	}
	if leaf, ok := k.leaf(); ok {
		var names []string
		for _, n := range leaf.Names {
			names = appendNew(names, stage.Visible(n))
		}
		h.with("names", list(names))
	}
	if k.builtin() {
		h.with("catalogue", "yes") // the settings are those of the provider's page
	}
	return h
}

// clockSlack is how far a clock may be off before certificates care.
const clockSlack = 10 * time.Minute

// wrongClock: beside any certificate whose time is not now, this machine's clock
// may be what is wrong. A server's own date, or several certificates from
// different issuers that all begin in the future, make it likely.
func wrongClock(c *Case, k *Check, _ *stage.Result) *Hit {
	f, ok := k.certFault(stage.CertExpired, stage.CertNotYetValid)
	if !ok || f.Depth < 0 || f.Depth >= len(k.tls.Chain) {
		return possible().holds(ok)
	}
	cert := k.tls.Chain[f.Depth]
	if f.ID == stage.CertExpired && c.begunAfter(cert.NotAfter) {
		return nil // whatever the clock says, that day is past
	}
	for _, o := range c.Checks {
		t, err := time.Parse(time.RFC3339, o.greet.ServerDate)
		if err != nil || t.Sub(c.Record.Header.Started).Abs() < clockSlack {
			continue
		}
		if !t.Before(cert.NotBefore) && !t.After(cert.NotAfter) {
			return likely().says("the greeting of " + stage.Visible(o.host()) + " gives the time as " +
				t.UTC().Format(time.RFC3339) + ", this computer as " + c.Record.Header.Started.UTC().Format(time.RFC3339))
		}
	}
	says := short(stage.Visible(describeCert(k.tls, f))) + "; this computer's clock says " + c.Record.Header.Started.UTC().Format(time.RFC3339)
	if f.ID == stage.CertNotYetValid && c.futureIssuers() > 1 {
		return likely().says(says)
	}
	return possible().says(says)
}

// begunAfter reports whether a certificate that holds in this run begins after t:
// it cannot have been issued before.
func (c *Case) begunAfter(t time.Time) bool {
	return slices.ContainsFunc(c.Checks, func(k *Check) bool {
		leaf, ok := k.leaf()
		return ok && k.tls.Verified && leaf.NotBefore.After(t)
	})
}

// futureIssuers counts the issuers of certificates that are not yet valid.
func (c *Case) futureIssuers() int {
	issuers := make(map[string]bool)
	for _, k := range c.Checks {
		if leaf, ok := k.leaf(); ok && k.has(stage.CertNotYetValid) {
			issuers[leaf.Issuer] = true
		}
	}
	return len(issuers)
}
