package chart

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/stage"
)

// guesses classifies what the server said in a stage. The result is cached.
func (k *Exam) guesses(s stage.Stage) []reply.Guess {
	if g, ok := k.guessed[s]; ok {
		return g
	}
	var g []reply.Guess
	r := k.Reply(s)
	if known := reply.FromSCRAM(k.Login.ServerError); s == stage.Login && known != nil {
		g = known
	} else if r == nil {
		return nil // it said nothing
	} else {
		g = reply.Classify(s, k.Check.Endpoint.Protocol, *r)
	}
	g = k.inContext(s, g)
	if k.guessed == nil {
		k.guessed = make(map[stage.Stage][]reply.Guess)
	}
	k.guessed[s] = g
	return g
}

// inContext replaces guesses that earlier stages rule out. A server that demands
// encryption on an encrypted connection, or a login after it has accepted one, is
// itself at fault, or means something else.
func (k *Exam) inContext(s stage.Stage, guesses []reply.Guess) []reply.Guess {
	instead := make(map[cause.ID][]reply.Guess)
	if k.Encrypted() {
		instead[cause.MustIssueStartTLSFirst] = reply.One(cause.StartTLSBrokenOnServer, cause.Possible)
		if k.Says(s, reply.PasswordOffWords) && !k.Says(s, []string{"tls", "ssl", "secure"}) {
			instead[cause.MustIssueStartTLSFirst] = reply.One(cause.AuthMechNotOffered, cause.Possible) // encrypted or not, it accepts none in that form
		}
	}
	if s == stage.Upgrade && k.Upgrade.Offered {
		instead[cause.StartTLSNotOfferedByServer] = reply.One(cause.StartTLSBrokenOnServer, cause.Likely)
	}
	if k.Passed(stage.Login) {
		instead[cause.AuthBackendTemporaryFailure] = reply.One(cause.MailboxBackendUnavailable, cause.Possible) // the login was accepted
	}
	if s == stage.Submit && k.Passed(stage.Login) && !k.asksForLogin() {
		instead[cause.SMTPAuthNotConfiguredInClient] = reply.Several(cause.SenderAddressNotPermitted, cause.OutboundSendingRestricted)
		if k.Says(s, reply.NoRelayWords) {
			instead[cause.SMTPAuthNotConfiguredInClient] = reply.Several(cause.SMTPAuthNotConfiguredInClient, cause.SenderAddressNotPermitted, cause.OutboundSendingRestricted)
		}
	}
	if s == stage.Submit && k.Passed(stage.Login) && k.Reply(s) != nil && k.Reply(s).Enhanced == "5.7.57" {
		return reply.Likeliest(cause.SMTPAuthDisabledInTenant, cause.SMTPAuthNotConfiguredInClient) // Exchange Online accepted the login, but the mailbox may not send like this
	}
	if s == stage.Login && k.Login.Mechanism != "LOGIN" && k.Says(s, reply.PromptWords) {
		return reply.Likeliest(cause.SASLDialectIncompatible, cause.WrongPassword) // the prompt of another mechanism than the one used
	}
	if s == stage.Login && k.Odd(stage.AppPasswordLike) && reply.SpeakFor(guesses, cause.WrongPassword) && reply.SpeakFor(guesses, cause.AppPasswordRequired) {
		return reply.Likeliest(cause.WrongPassword, cause.AppPasswordRequired) // such a password was sent already
	}
	if s == stage.Submit {
		k.ofWhom(instead)
	}
	if s == stage.Login && !TakesToken(k.Login.Mechanism) {
		guesses = withoutTokens(guesses)
	}
	var out []reply.Guess
	for _, g := range guesses {
		if other, ok := instead[g.Cause]; ok {
			out = append(out, other...)
		} else {
			out = append(out, g)
		}
	}
	return reply.MergeGuesses(out, nil)
}

// withoutTokens leaves out that a token may be wrong where none was sent. If the
// server speaks of nothing else, its word stands: the password may have been one.
func withoutTokens(guesses []reply.Guess) []reply.Guess {
	rest := slices.DeleteFunc(slices.Clone(guesses), func(g reply.Guess) bool {
		return g.Confidence == cause.Possible && (g.Cause == cause.OAuthTokenInvalid || g.Cause == cause.OAuthScopeOrAudienceWrong)
	})
	if len(rest) == 0 {
		return guesses
	}
	return rest
}

// ofWhom replaces guesses about a mailbox by whose it is: the named recipient's, or
// else the user's own, which RCPT is tried with.
func (k *Exam) ofWhom(instead map[cause.ID][]reply.Guess) {
	if k.NamedAnother() {
		instead[cause.MailboxFull] = reply.One(cause.RecipientMailboxFull, cause.Likely)
		return
	}
	instead[cause.RecipientMailboxFull] = reply.One(cause.MailboxFull, cause.Likely)
	for _, id := range []cause.ID{cause.RecipientUnknown, cause.RecipientBlocked} {
		instead[id] = reply.One(cause.SenderAddressNotPermitted, cause.Possible)
	}
}

// Says reports whether the reply of a stage contains one of these words.
func (k *Exam) Says(s stage.Stage, words []string) bool {
	r := k.Reply(s)
	return r != nil && reply.HasAny(r.Text(), words)
}

// asksForLogin reports whether the reply to the sender says that a login is
// required, or that mail has to be fetched first.
func (k *Exam) asksForLogin() bool {
	return slices.ContainsFunc([][]string{reply.StillLoginWords, reply.NoLoginWords, reply.FetchFirstWords, reply.ForeignNoLoginWords}, func(words []string) bool {
		return k.Says(stage.Submit, words)
	})
}

// Guess returns the guess of this cause from the reply of a stage, if there is one.
func (k *Exam) Guess(s stage.Stage, id cause.ID) (reply.Guess, bool) {
	for _, g := range k.guesses(s) {
		if g.Cause == id {
			return g, true
		}
	}
	return reply.Guess{}, false
}

// EhloRefused returns the reply that refused EHLO if HELO was then accepted; nil if
// there is none.
func (k *Exam) EhloRefused(r *stage.Result) *stage.Reply {
	said := k.Caps.HelloRefused
	if r.Stage == stage.Upgrade {
		said = k.Upgrade.Reply
	}
	if said == nil || said.Command != "EHLO" {
		return nil
	}
	return said
}

// ofTheAccount are the causes that apply to an account as a whole, whichever
// protocol reports them.
var ofTheAccount = []cause.ID{
	cause.ConditionalAccessBlocked, cause.AccountSuspended, cause.PasswordExpired, cause.AccountLockedTooManyAttempts, cause.AppPasswordRequired, cause.WebLoginChallenge,
	cause.GeoOrIPLoginBlock, cause.BasicAuthDisabled,
}

// ToldElsewhere reports whether another server of the same account states the reason
// that a bare refusal leaves open: at the login, or after it.
func (c *Case) ToldElsewhere(k *Exam) bool {
	for _, key := range k.accounts() {
		if l := c.index().logins[key]; l != nil && other(l.told, k) != nil {
			return true
		}
	}
	return false
}

// toldWhy reports whether a refusal, at the login or after it, states a reason that
// applies to the whole account.
func (k *Exam) toldWhy() bool {
	return k.tellsOfAccount(stage.Login) || k.tellsOfAccount(stage.Mailbox)
}

// tellsOfAccount reports whether the refusal in a stage states a reason that applies
// to the account as a whole.
func (k *Exam) tellsOfAccount(s stage.Stage) bool {
	return slices.Contains(Refused, k.Fault(s)) && slices.ContainsFunc(k.guesses(s), func(g reply.Guess) bool {
		return g.Confidence != cause.Possible && slices.Contains(ofTheAccount, g.Cause)
	})
}
