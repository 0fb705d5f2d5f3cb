package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// clockWrong returns the confidence that this machine's clock is wrong; told is
// false if no other clock gives significant evidence. An empty confidence means that
// it is right. Time servers and unrelated servers count for more than the examined
// server, whose own clock may be wrong.
func clockWrong(t chart.Tally) (sure cause.Confidence, told bool) {
	switch {
	case t.Deny > 0 && t.Confirm > 0, t.Confirm > 0 && t.OwnDeny, t.Deny == 0 && t.OwnDeny && t.OwnConfirm:
		return cause.Possible, true
	case t.Deny > 0 && !t.OwnConfirm && t.Deny+chart.Truth(t.OwnDeny) > 1:
		return cause.Proven, true
	case t.Deny > 0, t.OwnDeny:
		return cause.Likely, true
	case t.Confirm > 0:
		return "", true
	}
	return "", false
}

// clockConfirmed reports whether clocks that don't depend on the server agree that
// the certificate isn't valid now.
func clockConfirmed(t chart.Tally) bool { return t.Confirm > 0 && t.Deny == 0 }

// wrongClock: if a certificate isn't valid now, this machine's clock may be wrong.
// Other clocks show whether it is. Without them, several certificates from different
// issuers that all begin in the future make it likely.
func wrongClock(c *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
	f, ok := k.DateFault()
	if !ok || f.Depth < 0 || f.Depth >= len(k.TLS.Chain) {
		return possible().holds(ok && f.ID != stage.CertIssuerExpired)
	}
	cert := k.TLS.Chain[f.Depth]
	if f.ID != stage.CertNotYetValid && c.BegunAfter(cert.NotAfter) {
		return nil // by any clock, that day has passed
	}
	here := prose.Second(c.Record.Header.Started)
	said := prose.Then(chart.ShowsCertificateFault(k.TLS, f), say.ClockHere(here))
	t := c.WeighTime(f.ID, cert)
	switch sure, told := clockWrong(t); {
	case told && sure == "":
		return nil
	case told && sure != cause.Possible:
		h := &Hit{Confidence: sure}
		if sure == cause.Proven {
			h.with(cause.SlotIsWrong, say.SurelyIs())
		}
		who := prose.And(t.Who...)
		return h.with(cause.SlotOff, chart.OffBy(t.Ahead)).with(cause.SlotTold, toldBy(t.Who)).
			says(say.ClocksSay(who, prose.Second(c.Record.Header.Started.Add(t.Ahead)), here))
	case f.ID == stage.CertNotYetValid && c.FutureIssuers() > 1:
		return likely().says(said)
	case f.ID == stage.CertIssuerExpired:
		return nil // by itself that points to the server's chain
	}
	return possible().says(said)
}

// toldBy names the clocks that gave the time: the first, and how many others there
// were.
func toldBy(who []prose.Value) prose.Value {
	if len(who) < 3 {
		return prose.And(who...)
	}
	return say.ClockAndOthers(who[0], prose.Count(len(who)-1))
}

// inTime judges a certificate that, by this machine's clock, isn't valid now.
func inTime(c *chart.Case, k *chart.Exam, f stage.CertFault) *Hit {
	h := proven()
	if f.Depth < 0 || f.Depth >= len(k.TLS.Chain) {
		return h
	}
	t := c.WeighTime(f.ID, k.TLS.Chain[f.Depth])
	switch {
	case clockConfirmed(t) && !t.OwnDeny:
		h.with(cause.SlotConfirmed, prose.Set(true))
	case t.Deny > 0 && t.Confirm > 0:
		h.Confidence = cause.Likely // the clocks contradict each other
	}
	return h
}
