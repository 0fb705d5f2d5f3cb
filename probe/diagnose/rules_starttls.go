package diagnose

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// startTLSRules are about the step from clear text to encryption.
var startTLSRules = []Rule{
	{
		Cause: cause.StartTLSInjection,
		Needs: []chart.Need{chart.Met(stage.Upgrade, stage.EarlyData, stage.PreAuth)},
		Judge: func(_ *chart.Case, _ *chart.Exam, r *stage.Result) *Hit {
			if r.Fault == stage.PreAuth {
				return possible().with(cause.SlotPreauth, prose.Set(true))
			}
			return proven()
		},
	},
	{
		Cause:    cause.StartTLSStrippedByMiddlebox,
		Needs:    []chart.Need{chart.Met(stage.Upgrade, stage.NotOffered, stage.PreAuth)},
		Explains: []cause.ID{cause.StartTLSNotOfferedByServer},
		Judge:    stripped,
	},
	{
		Cause: cause.StartTLSNotOfferedByServer,
		Needs: []chart.Need{chart.Met(stage.Upgrade, stage.NotOffered)},
		Judge: notOffered,
	},
	{
		Cause: cause.StartTLSBrokenOnServer,
		Needs: []chart.Need{chart.Met(stage.Upgrade, stage.Rejected, stage.TemporarilyOut, stage.Malformed), chart.Met(stage.Handshake, stage.TLSAlert)},
		Judge: brokenStartTLS,
	},
	{
		Cause: cause.StartTLSAcceptedThenDropped,
		Needs: []chart.Need{
			chart.Met(stage.Upgrade, stage.Closed, stage.Reset, stage.Bye, stage.Silent, stage.Stalled),
			chart.Met(stage.Handshake, stage.HandshakeClosed, stage.HandshakeReset, stage.PlaintextAnswer, stage.TLSProtocol),
		},
		Judge: acceptedThenDropped,
	},
	byReply(cause.MustIssueStartTLSFirst),
	{
		Cause:    cause.MustIssueStartTLSFirst,
		Needs:    []chart.Need{chart.Met(stage.Login, stage.NoMechanism)},
		Explains: []cause.ID{cause.AuthMechNotOffered, cause.AuthNotOfferedOnPort, cause.PasswordInClear},
		Judge: func(_ *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
			switch {
			case k.Encrypted():
				return nil
			case refusesInClear(k) || k.Caps.StartTLS:
				return proven()
			}
			return possible().holds(k.Check.Endpoint.Protocol != stage.SMTP) // see auth-not-offered-on-port
		},
	},
	{
		// The login was withheld here, and would not have been accepted.
		Cause: cause.MustIssueStartTLSFirst,
		Needs: []chart.Need{chart.Skipped(stage.Login, stage.CleartextNotAllowed)},
		Judge: loginWithheld,
	},
}

// refusesInClear reports whether the capability list says that no login is allowed
// without encryption. IMAP has a capability for that. Elsewhere the list has
// STARTTLS but no login mechanism.
func refusesInClear(k *chart.Exam) bool {
	disabled := k.Caps.LoginDisabled || k.Upgrade.LoginDisabled || k.Check.Endpoint.Protocol == stage.SMTP && k.Passed(stage.Capabilities) && len(k.Caps.Mechanisms) == 0
	return disabled && (k.Check.Endpoint.Protocol == stage.IMAP || k.OffersEncryption())
}

// loginWithheld: the settings use no encryption, and the list of capabilities says
// that no login is allowed without it.
func loginWithheld(_ *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
	switch {
	case k.Encrypted(), !refusesInClear(k):
		return nil
	case k.Check.Endpoint.Protocol == stage.IMAP:
		return proven().says(say.LoginDisabled())
	}
	return likely().says(say.StartTLSAndNoLogin())
}

// stripped: STARTTLS is missing. Overwritten letters show what removed it, and so
// does a server that accepts the command all the same.
func stripped(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	f := c.FollowUp(k, stage.AskInsist)
	if chart.Insisted(f) == chart.Yes {
		h := ifOffered(k, likely()).with(cause.SlotAgrees, prose.Set(true)).says(prose.Then(chart.Shows(k, r), say.StartTLSAgreed()))
		if t := stage.FactsOf[*stage.TLSFacts](f); t != nil && t.Verified {
			h.Confidence = cause.Proven
		}
		return h
	}
	if i := slices.IndexFunc(k.Upgrade.Capabilities, masked); i >= 0 {
		return ifOffered(k, likely()).says(say.CapabilityOverwritten(chart.ShowsText(k.Upgrade.Capabilities[i])))
	}
	if offers, who := c.StrangerOffers(k); offers == chart.No {
		return ifOffered(k, likely()).with(cause.SlotStranger, prose.Data(who)).says(prose.Then(chart.Shows(k, r), say.StrangerOffersNone(prose.Data(who))))
	}
	return ifOffered(k, possible())
}

// notOffered: STARTTLS is missing, and the server refuses the command too. This is
// only likely, because whatever removes the capability may block the command as
// well.
func notOffered(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	switch chart.Insisted(c.FollowUp(k, stage.AskInsist)) {
	case chart.Yes:
		return nil
	case chart.No:
		if offers, _ := c.StrangerOffers(k); offers == chart.No {
			return possible().with(cause.SlotRefuses, prose.Set(true)).says(prose.Then(chart.Shows(k, r), say.StartTLSRefused()))
		}
		return likely().with(cause.SlotRefuses, prose.Set(true)).says(prose.Then(chart.Shows(k, r), say.StartTLSRefused()))
	}
	return possible()
}

// acceptedThenDropped: the server agreed to TLS but did not complete it.
func acceptedThenDropped(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	v := c.Variations(k)
	switch {
	case r.Stage == stage.Upgrade:
		return possible().holds(k.Upgrade.Offered) // it fell silent before the reply was complete
	case !k.StartTLS():
		return nil
	case curedBy(v):
		return nil // see tls-pq-clienthello-intolerant, tls-server-too-old, tls-cipher-mismatch
	case v.Again == chart.Yes:
		return likely()
	case v.Hello == chart.No:
		return proven().with(cause.SlotEveryWay, prose.Set(true))
	}
	return proven()
}

// ifOffered marks a hit if these settings continue without encryption, so that a
// mail program may send the password readable.
func ifOffered(k *chart.Exam, h *Hit) *Hit {
	if k.Check.Endpoint.Security == stage.StartTLSIfOffered {
		h.with(cause.SlotIfOffered, prose.Set(true))
	}
	return h
}

// masked reports whether something has overwritten the letters of a capability, as
// firewalls that "inspect" SMTP do: XXXXXXXA.
func masked(capability string) bool {
	word, _, _ := strings.Cut(capability, " ")
	return len(word) >= 6 && strings.HasPrefix(strings.ToUpper(word), "XXXXX")
}

// brokenStartTLS: STARTTLS is offered, but doesn't work.
func brokenStartTLS(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if r.Stage == stage.Handshake {
		// internal_error right after the go-ahead means that the server lacks its
		// key, whatever the ClientHello offers.
		h := possible()
		if f := c.FollowUp(k, stage.AskOldTLS); f != nil {
			old := chart.OrEmpty(stage.FactsOf[*stage.TLSFacts](f))
			if old.Version != "" {
				return nil
			}
			if strings.HasPrefix(old.Alert, "internal_error") {
				h = likely()
			}
		}
		return h.holds(k.StartTLS() && strings.HasPrefix(k.TLS.Alert, "internal_error"))
	}
	said := k.Upgrade.Reply
	switch {
	case said != nil && chart.IsHello(said.Command):
		return nil // SMTP: the hello was refused, see smtp-helo-rejected
	case k.Upgrade.Offered && said != nil && !k.Upgrade.Accepted:
		return proven()
	}
	return possible()
}
