package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/stage"
)

// guesses classifies what the server said in a stage, once.
func (k *Check) guesses(s stage.Stage) []reply.Guess {
	if g, ok := k.guessed[s]; ok {
		return g
	}
	var g []reply.Guess
	if known := reply.FromSCRAM(k.login.ServerError); s == stage.Login && known != nil {
		g = known
	} else if r := k.reply(s); r != nil {
		g = reply.Classify(s, k.Check.Endpoint.Protocol, *r)
	}
	g = k.inContext(s, g)
	if k.guessed == nil {
		k.guessed = make(map[stage.Stage][]reply.Guess)
	}
	k.guessed[s] = g
	return g
}

// inContext replaces guesses that what came before rules out. A server that asks
// for encryption on an encrypted connection, or for a login after it has taken one,
// is at fault itself, or means something else.
func (k *Check) inContext(s stage.Stage, guesses []reply.Guess) []reply.Guess {
	instead := make(map[cause.ID][]reply.Guess)
	if k.encrypted() {
		instead[cause.MustIssueStartTLSFirst] = reply.One(cause.StartTLSBrokenOnServer, cause.Possible)
		if k.says(s, reply.PasswordOffWords) && !k.says(s, []string{"tls", "ssl", "secure"}) {
			instead[cause.MustIssueStartTLSFirst] = reply.One(cause.AuthMechNotOffered, cause.Possible) // encrypted or not, it takes none in that form
		}
	}
	if s == stage.Upgrade && k.upgrade.Offered {
		instead[cause.StartTLSNotOfferedByServer] = reply.One(cause.StartTLSBrokenOnServer, cause.Likely)
	}
	if k.passed(stage.Login) {
		instead[cause.AuthBackendTemporaryFailure] = reply.One(cause.MailboxBackendUnavailable, cause.Possible) // the login was checked
	}
	if s == stage.Submit && k.passed(stage.Login) && !k.asksForLogin() {
		instead[cause.SMTPAuthNotConfiguredInClient] = reply.Several(cause.SenderAddressNotPermitted, cause.OutboundSendingRestricted)
		if k.says(s, reply.NoRelayWords) {
			instead[cause.SMTPAuthNotConfiguredInClient] = reply.Several(cause.SMTPAuthNotConfiguredInClient, cause.SenderAddressNotPermitted, cause.OutboundSendingRestricted)
		}
	}
	if s == stage.Submit && k.passed(stage.Login) && k.reply(s) != nil && k.reply(s).Enhanced == "5.7.57" {
		return reply.Likeliest(cause.SMTPAuthDisabledInTenant, cause.SMTPAuthNotConfiguredInClient) // Exchange Online took the login, and the mailbox may not send like this
	}
	if s == stage.Login && k.login.Mechanism != "LOGIN" && k.says(s, reply.PromptWords) {
		return reply.Likeliest(cause.SASLDialectIncompatible, cause.WrongPassword) // the prompt of another mechanism than was used
	}
	if s == stage.Login && k.odd(stage.AppPasswordLike) && reply.SpeakFor(guesses, cause.WrongPassword) && reply.SpeakFor(guesses, cause.AppPasswordRequired) {
		return reply.Likeliest(cause.WrongPassword, cause.AppPasswordRequired) // such a password was sent already
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

// says reports whether the reply of a stage has one of these words.
func (k *Check) says(s stage.Stage, words []string) bool {
	r := k.reply(s)
	return r != nil && reply.HasAny(r.Text(), words)
}

// asksForLogin reports whether the reply to the sender wants a login, or mail to be
// fetched first, in so many words.
func (k *Check) asksForLogin() bool {
	return slices.ContainsFunc([][]string{reply.StillLoginWords, reply.NoLoginWords, reply.FetchFirstWords, reply.ForeignNoLoginWords}, func(words []string) bool {
		return k.says(stage.Submit, words)
	})
}

// readable are the mechanisms that send the password as it is, which programs call
// "normal password".
var readable = []string{"PLAIN", "LOGIN", "USER/PASS", "IMAP LOGIN"}

// tell adds what the words of a cause depend on: that encryption is asked for on an
// encrypted connection, which way to log in was tried, and that a message is put off
// by design.
func (k *Check) tell(h *Hit, s stage.Stage, id cause.ID) {
	switch {
	case id == cause.SMTPAuthNotConfiguredInClient && s == stage.Submit && k.passed(stage.Login):
		h.with("logged_in", "yes")
		if k.says(s, reply.FetchFirstWords) || k.says(s, []string{"check for new mail", "pop before smtp"}) {
			h.with("fetch_first", "yes")
		}
	case id == cause.StartTLSBrokenOnServer && (s == stage.Login || s == stage.Mailbox || s == stage.Submit) && k.encrypted():
		h.with("under_tls", "yes")
	case id == cause.AuthMechNotOffered && s == stage.Login && slices.Contains(readable, k.login.Mechanism):
		h.with("tried", k.login.Mechanism)
	case id == cause.MailboxBackendUnavailable && s == stage.Submit && reply.HasAny(describeReply(k.reply(s)), reply.GreylistWords):
		h.with("greylisted", "yes")
	case id == cause.MailboxBackendUnavailable && s == stage.Login:
		h.with("at_login", "yes")
	}
}

// guess finds a cause among those that the reply of a stage speaks for.
func (k *Check) guess(s stage.Stage, id cause.ID) (reply.Guess, bool) {
	for _, g := range k.guesses(s) {
		if g.Cause == id {
			return g, true
		}
	}
	return reply.Guess{}, false
}

// refusals are the faults that come with a reply.
var refusals = []stage.Fault{stage.Rejected, stage.TemporarilyOut, stage.Bye, stage.Closed}

// maxReply bounds what an action quotes of a reply, in bytes.
const maxReply = 160

// byReply is the rule of a cause that shows in what the server says.
func byReply(id cause.ID) Rule {
	return Rule{
		Cause: id,
		Needs: []Need{
			met(stage.Greeting, refusals...), met(stage.Upgrade, refusals...), met(stage.Capabilities, refusals...),
			met(stage.Login, refusals...), met(stage.Mailbox, refusals...), met(stage.Submit, refusals...),
		},
		Judge: func(c *Case, k *Check, r *stage.Result) *Hit {
			g, ok := k.guess(r.Stage, id)
			h := &Hit{Confidence: g.Confidence, Severity: c.weigh(k, r, cause.Fail), refusal: true}
			if said := k.reply(r.Stage); said != nil {
				h.with("reply", cutAt(stage.Visible(said.Text()), maxReply))
			}
			k.tell(h, r.Stage, id)
			if id == cause.SASLDialectIncompatible && r.Stage == stage.Login && c.toldElsewhere(k) {
				h.Confidence = cause.Possible
			}
			return h.holds(ok)
		},
	}
}
