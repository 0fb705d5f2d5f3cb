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

// everyFailure lists what may show if a protocol isn't provided: there is no service
// behind the address, or one that is not for customers.
var everyFailure = slices.Concat(noConnection, unknownIssuer, []cause.ID{
	cause.ConnectionResetAfterAccept, cause.AcceptNoGreeting, cause.ImplicitTLSPortSpokenPlain, cause.TLSSpokenToPlaintextPort, cause.WrongProtocolOnPort, cause.CaptivePortal,
	cause.GreetingRefusedByPolicy, cause.ServerBusyGreeting, cause.StartTLSNotOfferedByServer, cause.StartTLSStrippedByMiddlebox, cause.StartTLSBrokenOnServer,
	cause.StartTLSAcceptedThenDropped, cause.CertExpired, cause.CertNotYetValid, cause.CertSelfSigned, cause.CertMissingIntermediate, cause.CertNameMismatchHosting,
	cause.CertWeakOrLegacyFormat, cause.ClientClockWrong, cause.TLSServerTooOld, cause.TLSCipherMismatch, cause.TLSHandshakeInterrupted, cause.TLSServerInternalError, cause.TLSClientCertRequired,
	cause.MTUBlackhole, cause.TLSPQClientHelloIntolerant, cause.AuthMechNotOffered, cause.WrongPassword, cause.WrongUsernameFormat, cause.SASLDialectIncompatible,
	cause.AppPasswordRequired, cause.ProtocolDisabledForAccount, cause.PasswordExpired, cause.AccountSuspended, cause.GreetingDelayTarpit,
	cause.SMTPAndIMAPCredentialsDiffer, cause.AuthBackendTemporaryFailure, cause.MailboxBackendUnavailable, cause.MustIssueStartTLSFirst,
})

// policyRules are about what is permitted, and what is provided at all.
var policyRules = []Rule{
	byReply(cause.SMTPAuthNotConfiguredInClient, quoted, loggedIn, withoutLogin),
	byReply(cause.SenderAddressNotPermitted, quoted, withoutLogin),
	byReply(cause.Greylisted, quoted),
	ofRecipient(cause.RecipientUnknown, "5.1.1", "5.1.2", "5.1.6", "5.1.10"),
	ofRecipient(cause.RecipientMailboxFull, "5.2.2", "4.2.2"),
	ofRecipient(cause.RecipientBlocked, "5.2.1"),
	{
		Cause:    cause.RecipientRefused,
		Needs:    []chart.Need{chart.Met(stage.Submit, stage.Rejected, stage.TemporarilyOut)},
		Explains: []cause.ID{cause.SenderAddressNotPermitted},
		Judge:    recipientRefused,
	},
	{
		Cause: cause.PasswordInClear,
		Needs: []chart.Need{chart.Skipped(stage.Login, stage.CleartextNotAllowed), chart.Seen(stage.Login), chart.Skipped(stage.Login, stage.NoPassword), chart.Skipped(stage.Login, stage.NoUser)},
		Judge: inClear,
	},
	{
		Cause: cause.ProtocolNotProvided,
		Needs: []chart.Need{
			chart.Seen(stage.Resolve), chart.Seen(stage.Connect), chart.Seen(stage.Handshake), chart.Seen(stage.Greeting),
			chart.Seen(stage.Upgrade), chart.Seen(stage.Capabilities), chart.Seen(stage.Login), chart.Seen(stage.Mailbox),
		},
		Explains: slices.DeleteFunc(slices.Clone(everyFailure), func(id cause.ID) bool { return id == cause.ProtocolNotProvided }),
		Judge:    notProvided,
	},
}

// ofRecipient returns the rule of a cause in the recipient that was named, which the
// reply to it shows. Codes with that meaning alone prove it.
func ofRecipient(id cause.ID, exact ...string) Rule {
	return Rule{
		Cause:    id,
		Needs:    []chart.Need{chart.Met(stage.Submit, refusals...)},
		Explains: []cause.ID{cause.RecipientRefused},
		Judge: func(_ *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
			g, ok := k.Guess(stage.Submit, id)
			if !ok || !k.NamedAnother() {
				return nil
			}
			h := &Hit{Confidence: g.Confidence, refusal: true}
			if slices.Contains(exact, k.Reply(stage.Submit).Enhanced) {
				h.Confidence = cause.Proven
			}
			quoted(k, h, stage.Submit)
			return h.with(cause.SlotRecipient, prose.Data(k.Recipient()))
		},
	}
}

// recipientRefused: a recipient that was given is refused, and the sender was not
// mentioned.
func recipientRefused(_ *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
	said := k.Reply(stage.Submit)
	if k.Recipient() == "" || said == nil || said.Command != "RCPT" || !k.TookSender() {
		return nil
	}
	h := possible()
	if strings.HasPrefix(said.Enhanced, "5.1.") || strings.HasPrefix(said.Enhanced, "5.2.1") {
		h.Confidence = cause.Proven
	}
	quoted(k, h, stage.Submit)
	return h.with(cause.SlotRecipient, prose.Data(k.Recipient()))
}

// inClear: a login would be accepted without encryption, so a mail program with
// these settings sends the password readable by others.
func inClear(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	e := k.Check.Endpoint
	asked := r.Reason == stage.CleartextNotAllowed || e.Security == stage.None || k.Login.Sent && !k.Login.Encrypted
	if !asked || e.Security == stage.TLS || k.Encrypted() || k.Caps.LoginDisabled || k.Fault(stage.Login) == stage.NoMechanism {
		return nil
	}
	withheld, said := r.Reason == stage.CleartextNotAllowed, say.LoginInClear(k.PlaceName())
	if withheld {
		said = say.LoginWithheld()
	}
	return ifOffered(k, proven()).says(said).with(cause.SlotWithheld, prose.Set(withheld)).as(cause.Warn)
}

// notProvided: the provider's note says that it does not offer IMAP, and what it
// does offer for receiving works.
func notProvided(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	_, noted := k.Subject.Profile.Note(stage.NoteIMAPUnsupported)
	noted = noted || k.Check.Note == stage.NoteIMAPUnsupported
	if r.Status != stage.Fail || !noted || k.Check.Endpoint.Protocol != stage.IMAP || !k.Check.Optional {
		return nil
	}
	o := c.Receives(k)
	if o == nil {
		return nil
	}
	return likely().with(cause.SlotInstead, o.ProtocolOf()).as(cause.Warn)
}
