package diagnose

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// startTLSRules are about the step from clear text to encryption.
var startTLSRules = []Rule{
	{
		Cause: cause.StartTLSInjection,
		Needs: []Need{met(stage.Upgrade, stage.EarlyData, stage.PreAuth)},
		Judge: func(_ *Case, _ *Check, r *stage.Result) *Hit {
			if r.Fault == stage.PreAuth {
				return possible().with("preauth", "yes")
			}
			return proven()
		},
	},
	{
		Cause:    cause.StartTLSStrippedByMiddlebox,
		Needs:    []Need{met(stage.Upgrade, stage.NotOffered, stage.PreAuth)},
		Explains: []cause.ID{cause.StartTLSNotOfferedByServer},
		Judge:    stripped,
	},
	{
		Cause: cause.StartTLSNotOfferedByServer,
		Needs: []Need{met(stage.Upgrade, stage.NotOffered)},
		Judge: notOffered,
	},
	{
		Cause: cause.StartTLSBrokenOnServer,
		Needs: []Need{met(stage.Upgrade, stage.Rejected, stage.TemporarilyOut, stage.Malformed), met(stage.Handshake, stage.TLSAlert)},
		Judge: brokenStartTLS,
	},
	{
		Cause: cause.StartTLSAcceptedThenDropped,
		Needs: []Need{
			met(stage.Upgrade, stage.Closed, stage.Reset, stage.Bye, stage.Silent, stage.Stalled),
			met(stage.Handshake, stage.HandshakeClosed, stage.HandshakeReset, stage.PlaintextAnswer, stage.TLSProtocol),
		},
		Judge: acceptedThenDropped,
	},
	byReply(cause.MustIssueStartTLSFirst),
	{
		Cause:    cause.MustIssueStartTLSFirst,
		Needs:    []Need{met(stage.Login, stage.NoMechanism)},
		Explains: []cause.ID{cause.AuthMechNotOffered, cause.AuthNotOfferedOnPort, cause.PasswordInClear},
		Judge: func(_ *Case, k *Check, _ *stage.Result) *Hit {
			switch {
			case k.encrypted():
				return nil
			case k.caps.LoginDisabled || k.upgrade.LoginDisabled || k.caps.StartTLS:
				return proven()
			}
			return possible()
		},
	},
	{
		// The login was kept back here, and would not have been taken.
		Cause: cause.MustIssueStartTLSFirst,
		Needs: []Need{skipped(stage.Login, stage.CleartextNotAllowed)},
		Judge: loginWithheld,
	},
}

// loginWithheld: the settings ask for no encryption, and the list of capabilities
// says that nobody is let in without.
func loginWithheld(_ *Case, k *Check, _ *stage.Result) *Hit {
	switch {
	case k.encrypted():
		return nil
	case k.caps.LoginDisabled || k.upgrade.LoginDisabled:
		return proven().says("LOGINDISABLED: the server takes no login before encryption")
	case k.Check.Endpoint.Protocol == stage.SMTP && k.passed(stage.Capabilities) && k.caps.StartTLS && len(k.caps.Mechanisms) == 0:
		return likely().says("before encryption the server offers STARTTLS, and no login")
	}
	return nil
}

// stripped: the offer is missing. Letters that were overwritten tell who took it out;
// so does a server that understands the command all the same.
func stripped(c *Case, k *Check, r *stage.Result) *Hit {
	f := c.followUp(k, stage.AskInsist)
	if insisted(f) == yes {
		h := k.ifOffered(likely()).with("agrees", "yes").says(describe(k, r) + "; sent all the same, STARTTLS is agreed to")
		if t := stage.FactsOf[*stage.TLSFacts](f); t != nil && t.Verified {
			h.Confidence = cause.Proven
		}
		return h
	}
	if i := slices.IndexFunc(k.upgrade.Capabilities, masked); i >= 0 {
		return k.ifOffered(likely()).says("a capability was overwritten: " + short(stage.Visible(k.upgrade.Capabilities[i])))
	}
	if offers, who := c.strangerOffers(k); offers == no {
		return k.ifOffered(likely()).with("stranger", stage.Visible(who)).says(stage.Visible(describe(k, r) + "; " + who + ", of another provider, seems not to offer it either"))
	}
	return k.ifOffered(possible())
}

// notOffered: the offer is missing, and the server refuses the command too. Whoever
// takes the offer out may take the command out as well, so that it stays likely.
func notOffered(c *Case, k *Check, r *stage.Result) *Hit {
	switch insisted(c.followUp(k, stage.AskInsist)) {
	case yes:
		return nil
	case no:
		if offers, _ := c.strangerOffers(k); offers == no {
			return k.ifOffered(possible()).with("refuses", "yes").says(describe(k, r) + "; sent all the same, STARTTLS is refused")
		}
		return k.ifOffered(likely()).with("refuses", "yes").says(describe(k, r) + "; sent all the same, STARTTLS is refused")
	}
	return k.ifOffered(possible())
}

// acceptedThenDropped: the server agreed to TLS and did not go through with it.
func acceptedThenDropped(c *Case, k *Check, r *stage.Result) *Hit {
	v := c.variations(k)
	switch {
	case r.Stage == stage.Upgrade:
		return possible().holds(k.upgrade.Offered) // it went quiet before the reply was complete
	case !k.startTLS():
		return nil
	case v.cured():
		return nil // see tls-pq-clienthello-intolerant, tls-server-too-old, tls-cipher-mismatch
	case v.again == yes:
		return likely()
	case v.hello == no:
		return proven().with("every_way", "yes")
	}
	return proven()
}

// ifOffered marks a hit where the settings would go on without encryption, so
// that a mail program may send the password readable.
func (k *Check) ifOffered(h *Hit) *Hit {
	if k.Check.Endpoint.Security == stage.StartTLSIfOffered {
		h.with("if_offered", "yes")
	}
	return h
}

// masked reports a capability of which something has overwritten the letters,
// as firewalls do that "inspect" SMTP: XXXXXXXA.
func masked(capability string) bool {
	word, _, _ := strings.Cut(capability, " ")
	return len(word) >= 6 && strings.HasPrefix(strings.ToUpper(word), "XXXXX")
}

// brokenStartTLS: offered, and not kept.
func brokenStartTLS(c *Case, k *Check, r *stage.Result) *Hit {
	if r.Stage == stage.Handshake {
		// internal_error right after the go-ahead is a server without its key, whatever
		// it is offered.
		h := possible()
		if f := c.followUp(k, stage.AskOldTLS); f != nil {
			old := orEmpty(stage.FactsOf[*stage.TLSFacts](f))
			if old.Version != "" {
				return nil
			}
			if strings.HasPrefix(old.Alert, "internal_error") {
				h = likely()
			}
		}
		return h.holds(k.startTLS() && strings.HasPrefix(k.tls.Alert, "internal_error"))
	}
	said := k.upgrade.Reply
	switch {
	case said != nil && isHello(said.Command):
		return nil // SMTP: the hello was refused, see smtp-helo-rejected
	case k.upgrade.Offered && said != nil && !k.upgrade.Accepted:
		return proven()
	}
	return possible()
}

func isHello(command string) bool { return command == "EHLO" || command == "HELO" }
