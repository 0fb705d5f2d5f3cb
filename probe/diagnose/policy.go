package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// everyFailure is what shows where a protocol isn't provided: there is no
// service behind the address, or one that is not for customers.
var everyFailure = slices.Concat(noConnection, unknownIssuer, []cause.ID{
	cause.ConnectionResetAfterAccept, cause.AcceptNoGreeting, cause.ImplicitTLSPortSpokenPlain, cause.TLSSpokenToPlaintextPort, cause.WrongProtocolOnPort, cause.CaptivePortal,
	cause.GreetingRefusedByPolicy, cause.ServerBusyGreeting, cause.StartTLSNotOfferedByServer, cause.StartTLSStrippedByMiddlebox, cause.StartTLSBrokenOnServer,
	cause.StartTLSAcceptedThenDropped, cause.CertExpired, cause.CertNotYetValid, cause.CertSelfSigned, cause.CertMissingIntermediate, cause.CertNameMismatchHosting,
	cause.CertWeakOrLegacyFormat, cause.ClientClockWrong, cause.TLSServerTooOld, cause.TLSCipherMismatch, cause.TLSHandshakeInterrupted, cause.TLSClientCertRequired,
	cause.MTUBlackhole, cause.TLSPQClientHelloIntolerant, cause.AuthMechNotOffered, cause.WrongPassword, cause.WrongUsernameFormat, cause.SASLDialectIncompatible,
	cause.AppPasswordRequired, cause.ProtocolDisabledForAccount, cause.PasswordExpired, cause.AccountSuspended, cause.GreetingDelayTarpit,
	cause.SMTPAndIMAPCredentialsDiffer, cause.AuthBackendTemporaryFailure, cause.MailboxBackendUnavailable, cause.MustIssueStartTLSFirst,
})

// policyRules are about what is permitted, and what is provided at all.
var policyRules = []Rule{
	byReply(cause.SMTPAuthNotConfiguredInClient),
	byReply(cause.SenderAddressNotPermitted),
	{
		Cause: cause.PasswordInClear,
		Needs: []Need{skipped(stage.Login, stage.CleartextNotAllowed), seen(stage.Login), skipped(stage.Login, stage.NoPassword), skipped(stage.Login, stage.NoUser)},
		Judge: inClear,
	},
	{
		Cause: cause.ProtocolNotProvided,
		Needs: []Need{
			seen(stage.Resolve), seen(stage.Connect), seen(stage.Handshake), seen(stage.Greeting),
			seen(stage.Upgrade), seen(stage.Capabilities), seen(stage.Login), seen(stage.Mailbox),
		},
		Explains: slices.DeleteFunc(slices.Clone(everyFailure), func(id cause.ID) bool { return id == cause.ProtocolNotProvided }),
		Judge:    notProvided,
	},
}

// inClear: login would be taken without encryption, so a mail program set up
// like this sends the password readable by others.
func inClear(_ *Case, k *Check, r *stage.Result) *Hit {
	e := k.Check.Endpoint
	asked := r.Reason == stage.CleartextNotAllowed || e.Security == stage.None || k.login.Sent && !k.login.Encrypted
	if !asked || e.Security == stage.TLS || k.encrypted() || k.caps.LoginDisabled || k.fault(stage.Login) == stage.NoMechanism {
		return nil
	}
	withheld, text := "", "login is taken without encryption on "+k.place()
	if r.Reason == stage.CleartextNotAllowed {
		text = "login not tried: it would send the password in clear"
		withheld = "yes"
	}
	return k.ifOffered(proven()).says(stage.Visible(text)).with("withheld", withheld).as(cause.Warn)
}

// notProvided: the provider's page says that it does not offer IMAP, and what
// it does offer for receiving works.
func notProvided(c *Case, k *Check, r *stage.Result) *Hit {
	_, noted := k.Subject.Profile.Note("imap-unsupported")
	noted = noted || k.Check.Note == "imap-unsupported"
	if r.Status != stage.Fail || !noted || k.Check.Endpoint.Protocol != stage.IMAP || !k.Check.Optional {
		return nil
	}
	o := c.receives(k)
	if o == nil {
		return nil
	}
	return likely().with("instead", protocolName(o.Check.Endpoint.Protocol)).as(cause.Warn)
}

// receives finds a working check of the same account that receives by another
// protocol.
func (c *Case) receives(k *Check) *Check {
	for _, o := range c.Checks {
		e := o.Check.Endpoint.Protocol
		if o.Check.Subject == k.Check.Subject && e.Receives() && e != k.Check.Endpoint.Protocol && o.works() {
			return o
		}
	}
	return nil
}
