package diagnose

import (
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// Guess is a cause that a server's reply speaks for.
type Guess struct {
	Cause      CauseID    `json:"cause"`
	Confidence Confidence `json:"confidence"`
}

// sign is one row of the table in replies.go: a kind of reply, and what it
// speaks for. Every condition that is set must be met.
type sign struct {
	in        []stage.Stage    // none: any
	protocols []stage.Protocol // none: any
	response  []string         // response code is one of these
	enhanced  []string         // enhanced status code is one of these or, before a *, begins with it
	codes     []int            // reply code is, or for 4 and 5 begins with, one of these
	status    []string         // IMAP and POP3 status is one of these
	command   []string         // the command refused
	words     []string         // the text has one of these, in lower case
	means     []Guess
}

// Classify says what a negative reply speaks for, the likeliest cause first. It
// goes by response code, enhanced status code, reply code and, where these leave
// it open, by words. A reply that the table doesn't know falls back to the class
// of its code; nil is returned only for a reply that refuses nothing.
func Classify(s stage.Stage, p stage.Protocol, r stage.Reply) []Guess {
	if i := classify(s, p, r); i >= 0 {
		return slices.Clone(signs[i].means)
	}
	return nil
}

// classify returns the row of the table that a reply fits, -1 for none.
func classify(s stage.Stage, p stage.Protocol, r stage.Reply) int {
	// Postfix appends this where its login service gave no reason: it says nothing.
	text := lower(strings.ReplaceAll(r.Text(), "(reason unavailable)", ""))
	return slices.IndexFunc(signs, func(g sign) bool { return g.fits(s, p, &r, text) })
}

func (g *sign) fits(s stage.Stage, p stage.Protocol, r *stage.Reply, text *lowered) bool {
	return (g.in == nil || slices.Contains(g.in, s)) &&
		(g.protocols == nil || slices.Contains(g.protocols, p)) &&
		(g.response == nil || slices.Contains(g.response, r.ResponseCode)) &&
		(g.enhanced == nil || r.Enhanced != "" && slices.ContainsFunc(g.enhanced, func(e string) bool { return sameCode(r.Enhanced, e) })) &&
		(g.codes == nil || slices.ContainsFunc(g.codes, func(c int) bool { return r.Code == c || r.Code/100 == c })) &&
		(g.status == nil || slices.Contains(g.status, r.Status)) &&
		(g.command == nil || slices.Contains(g.command, r.Command)) &&
		(g.words == nil || slices.ContainsFunc(g.words, text.has))
}

// sameCode reports whether an enhanced status code is the one of a sign, or
// begins with it before a star: 5.7.139 is not 5.7.13.
func sameCode(code, sign string) bool {
	if begin, ok := strings.CutSuffix(sign, "*"); ok {
		return strings.HasPrefix(code, begin)
	}
	return code == sign
}

// guesses classifies what the server said in a stage, once.
func (k *Check) guesses(s stage.Stage) []Guess {
	if g, ok := k.guessed[s]; ok {
		return g
	}
	var g []Guess
	if word := k.login.ServerError; s == stage.Login && scramErrors[word] != nil {
		g = scramErrors[word]
	} else if r := k.reply(s); r != nil {
		g = Classify(s, k.Check.Endpoint.Protocol, *r)
	}
	g = k.inContext(s, g)
	if k.guessed == nil {
		k.guessed = make(map[stage.Stage][]Guess)
	}
	k.guessed[s] = g
	return g
}

// inContext replaces guesses that what came before rules out. A server that asks
// for encryption on an encrypted connection, or for a login after it has taken one,
// is at fault itself, or means something else.
func (k *Check) inContext(s stage.Stage, guesses []Guess) []Guess {
	instead := make(map[CauseID][]Guess)
	if k.encrypted() {
		instead[MustIssueStartTLSFirst] = one(StartTLSBrokenOnServer, Possible)
		if k.says(s, passwordOffWords) && !k.says(s, []string{"tls", "ssl", "secure"}) {
			instead[MustIssueStartTLSFirst] = one(AuthMechNotOffered, Possible) // encrypted or not, it takes none in that form
		}
	}
	if s == stage.Upgrade && k.upgrade.Offered {
		instead[StartTLSNotOfferedByServer] = one(StartTLSBrokenOnServer, Likely)
	}
	if k.passed(stage.Login) {
		instead[AuthBackendTemporaryFailure] = one(MailboxBackendUnavailable, Possible) // the login was checked
	}
	if s == stage.Submit && k.passed(stage.Login) && !k.asksForLogin() {
		instead[SMTPAuthNotConfiguredInClient] = several(SenderAddressNotPermitted, OutboundSendingRestricted)
		if k.says(s, noRelayWords) {
			instead[SMTPAuthNotConfiguredInClient] = several(SMTPAuthNotConfiguredInClient, SenderAddressNotPermitted, OutboundSendingRestricted)
		}
	}
	if s == stage.Submit && k.passed(stage.Login) && k.reply(s) != nil && k.reply(s).Enhanced == "5.7.57" {
		return likeliest(SMTPAuthDisabledInTenant, SMTPAuthNotConfiguredInClient) // Exchange Online took the login, and the mailbox may not send like this
	}
	if s == stage.Login && k.login.Mechanism != "LOGIN" && k.says(s, promptWords) {
		return likeliest(SASLDialectIncompatible, WrongPassword) // the prompt of another mechanism than was used
	}
	if s == stage.Login && k.odd(stage.AppPasswordLike) && speakFor(guesses, WrongPassword) && speakFor(guesses, AppPasswordRequired) {
		return likeliest(WrongPassword, AppPasswordRequired) // such a password was sent already
	}
	var out []Guess
	for _, g := range guesses {
		if other, ok := instead[g.Cause]; ok {
			out = append(out, other...)
		} else {
			out = append(out, g)
		}
	}
	return mergeGuesses(out, nil)
}

// passwordOffWords say that a password is not taken as it is.
var passwordOffWords = []string{"plaintext authentication disabled", "plaintext authentication not allowed", "plaintext authentication disallowed", "plaintext login"}

// speakFor reports whether a cause is among guesses.
func speakFor(guesses []Guess, cause CauseID) bool {
	return slices.ContainsFunc(guesses, func(g Guess) bool { return g.Cause == cause })
}

// promptWords is "Password:" in base64, the prompt of LOGIN.
var promptWords = []string{"ugfzc3dvcmq6"}

// says reports whether the reply of a stage has one of these words.
func (k *Check) says(s stage.Stage, words []string) bool {
	r := k.reply(s)
	return r != nil && slices.ContainsFunc(words, lower(r.Text()).has)
}

// asksForLogin reports whether the reply to the sender wants a login, or mail to be
// fetched first, in so many words.
func (k *Check) asksForLogin() bool {
	return slices.ContainsFunc([][]string{stillLoginWords, noLoginWords, fetchFirstWords, foreignNoLoginWords}, func(words []string) bool {
		return k.says(stage.Submit, words)
	})
}

// noRelayWords refuse a stranger. Behind a login, that counts for nothing there, or the
// sender's domain isn't the server's.
var noRelayWords = []string{"relay access denied", "relay not permitted", "relaying denied", "relay denied", "unable to relay", "relaying not permitted"}

// stillLoginWords ask for a login.
var stillLoginWords = []string{
	"authentication required", "authentication is required", "auth required", "not authenticated", "authenticate first", "must authenticate", "login first",
	"please log in", "must log in", "must be authenticated",
}

// readable are the mechanisms that send the password as it is, which programs call
// "normal password".
var readable = []string{"PLAIN", "LOGIN", "USER/PASS", "IMAP LOGIN"}

// tell adds what the words of a cause depend on: that encryption is asked for on an
// encrypted connection, which way to log in was tried, and that a message is put off
// by design.
func (k *Check) tell(h *Hit, s stage.Stage, cause CauseID) {
	switch {
	case cause == SMTPAuthNotConfiguredInClient && s == stage.Submit && k.passed(stage.Login):
		h.with("logged_in", "yes")
		if k.says(s, fetchFirstWords) || k.says(s, []string{"check for new mail", "pop before smtp"}) {
			h.with("fetch_first", "yes")
		}
	case cause == StartTLSBrokenOnServer && slices.Contains(pastTLS, s) && k.encrypted():
		h.with("under_tls", "yes")
	case cause == AuthMechNotOffered && s == stage.Login && slices.Contains(readable, k.login.Mechanism):
		h.with("tried", k.login.Mechanism)
	case cause == MailboxBackendUnavailable && s == stage.Submit && slices.ContainsFunc(greylistWords, lower(describeReply(k.reply(s))).has):
		h.with("greylisted", "yes")
	case cause == MailboxBackendUnavailable && s == stage.Login:
		h.with("at_login", "yes")
	}
}

// guess finds a cause among those that the reply of a stage speaks for.
func (k *Check) guess(s stage.Stage, cause CauseID) (Guess, bool) {
	for _, g := range k.guesses(s) {
		if g.Cause == cause {
			return g, true
		}
	}
	return Guess{}, false
}

// refusals are the faults that come with a reply.
var refusals = []stage.Fault{stage.Rejected, stage.TemporarilyOut, stage.Bye, stage.Closed}

// maxReply bounds what an action quotes of a reply, in bytes.
const maxReply = 160

// byReply is the rule of a cause that shows in what the server says.
func byReply(cause CauseID) Rule {
	return Rule{
		Cause: cause,
		Needs: []Need{
			met(stage.Greeting, refusals...), met(stage.Upgrade, refusals...), met(stage.Capabilities, refusals...),
			met(stage.Login, refusals...), met(stage.Mailbox, refusals...), met(stage.Submit, refusals...),
		},
		Judge: func(c *Case, k *Check, r *stage.Result) *Hit {
			g, ok := k.guess(r.Stage, cause)
			h := &Hit{Confidence: g.Confidence, Severity: c.weigh(k, r, Fail), refusal: true}
			if reply := k.reply(r.Stage); reply != nil {
				h.with("reply", cutAt(stage.Visible(reply.Text()), maxReply))
			}
			k.tell(h, r.Stage, cause)
			if cause == SASLDialectIncompatible && r.Stage == stage.Login && c.toldElsewhere(k) {
				h.Confidence = Possible
			}
			return h.holds(ok)
		},
	}
}
