package diagnose

import (
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// refused are the faults of a login that the server turned down.
var refused = []stage.Fault{stage.Rejected, stage.Bye, stage.Closed}

// brokenTalk are the faults of a dialogue that ended before its time.
var brokenTalk = []stage.Fault{stage.Silent, stage.Stalled, stage.Closed, stage.Reset, stage.Bye, stage.TemporarilyOut}

// authRules are about logging in. One try tells little: a reply that refuses
// doesn't say whether name, password or account is wrong.
var authRules = []Rule{
	{
		Cause: PasswordEncodingOrWhitespace,
		Needs: []Need{met(stage.Login, stage.BadCredential)},
		Judge: func(*Case, *Check, *stage.Result) *Hit { return proven() },
	},
	byReply(PasswordEncodingOrWhitespace),
	byReply(AccountLockedTooManyAttempts),
	byReply(TooManyConnectionsPerUser),
	byReply(RateLimitedLogin),
	byReply(POP3MaildropLocked),
	byReply(AuthBackendTemporaryFailure),
	{
		// Dovecot says so while its login service does not answer, and nothing else.
		Cause:    AuthBackendTemporaryFailure,
		Needs:    []Need{met(stage.Upgrade, brokenTalk...), met(stage.Capabilities, brokenTalk...), met(stage.Login, brokenTalk...)},
		Explains: []CauseID{GreetingDelayTarpit, ServerBusyGreeting},
		Judge: func(_ *Case, k *Check, r *stage.Result) *Hit {
			text := lower(k.greet.Text())
			if !slices.ContainsFunc(loginServiceWords, text.has) {
				return nil
			}
			return likely().with("waiting", "yes").says(short(stage.Visible("the first line was " + k.greet.Text() + "; " + describe(k, r))))
		},
	},
	{
		Cause: AuthNotOfferedOnPort,
		Needs: []Need{met(stage.Login, stage.NoMechanism)},
		Judge: func(_ *Case, k *Check, _ *stage.Result) *Hit {
			if k.Check.Endpoint.Protocol != stage.SMTP || !k.encrypted() || len(k.caps.Mechanisms) > 0 {
				return nil
			}
			if k.Check.Endpoint.Port == 25 {
				return proven()
			}
			return likely()
		},
	},
	byReply(AuthNotOfferedOnPort),
	{
		Cause: AuthMechNotOffered,
		Needs: []Need{met(stage.Login, stage.NoMechanism)},
		Judge: func(c *Case, k *Check, _ *stage.Result) *Hit {
			h := possible().with("offered", list(visible(k.caps.Mechanisms)))
			h.with("wanted", stage.Visible(c.Record.Header.Options.Mechanism))
			if len(k.caps.Mechanisms) > 0 {
				h.Confidence = Proven
				h.says("offered: " + short(h.Args["offered"]))
			}
			return h.holds(len(k.caps.Mechanisms) > 0 || k.Check.Endpoint.Protocol != stage.SMTP || !k.encrypted())
		},
	},
	byReply(AuthMechNotOffered),
	{
		// A server that lets everybody in holds nobody's own mailbox (RFC 9051 7.1.4).
		Cause: MXOrWebHostUsedAsServer,
		Needs: []Need{met(stage.Login, stage.PreAuth)},
		Judge: func(*Case, *Check, *stage.Result) *Hit { return possible().with("no_login", "yes") },
	},
	{
		Cause: SMTPAndIMAPCredentialsDiffer,
		Needs: []Need{met(stage.Login, refused...)},
		Judge: credentialsDiffer,
	},
	{
		Cause: WrongPassword,
		Needs: []Need{met(stage.Login, refused...)},
		Judge: wrongPassword,
	},
	{
		Cause: WrongUsernameFormat,
		Needs: []Need{met(stage.Login, refused...)},
		Judge: wrongForm,
	},
	byReply(AppPasswordRequired),
	byReply(ProtocolDisabledForAccount),
	byReply(PasswordExpired),
	byReply(AccountSuspended),
	byReply(MITMUnknownIssuer), // SCRAM's channel binding
	byReply(SASLDialectIncompatible),
	{
		Cause:    SASLDialectIncompatible,
		Needs:    []Need{met(stage.Login, append(slices.Clone(refused), stage.ServerProof, stage.TooManyRounds, stage.Malformed)...)},
		Explains: []CauseID{WrongPassword, WrongUsernameFormat},
		Judge:    dialect,
	},
}

func visible(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = stage.Visible(s)
	}
	return out
}

// scram reports whether the login used SCRAM (RFC 5802), of which servers that
// keep other hashes refuse right passwords.
func (k *Check) scram() bool { return strings.HasPrefix(k.login.Mechanism, "SCRAM-") }

// refusedLogin reports whether the server looked at name and password and did
// not take them.
func (k *Check) refusedLogin() bool {
	r := k.Result(stage.Login)
	if r == nil || r.Status != stage.Fail || !slices.Contains(refused, r.Fault) {
		return false
	}
	_, ok := k.guess(stage.Login, WrongPassword)
	return ok
}

// plainWorks reads the follow-up that logged in by PLAIN.
func (c *Case) plainWorks(k *Check) answer { return plainWorks(c.followUp(k, stage.AskPlainLogin)) }

func plainWorks(f *stage.CheckRecord) answer { return loginWorks(f) }

// loginWorks reads a follow-up that logged in otherwise.
func loginWorks(f *stage.CheckRecord) answer {
	if f == nil {
		return unknown
	}
	r := f.Result(stage.Login)
	switch {
	case r == nil || r.Status == stage.Skip:
		return unknown
	case r.Status != stage.Fail:
		return yes
	case r.Fault != stage.Rejected:
		return unknown
	}
	return no
}

// dialect: the same password works in another mechanism's clothes.
func dialect(c *Case, k *Check, r *stage.Result) *Hit {
	switch {
	case !slices.Contains(refused, r.Fault):
		return possible()
	case !k.scram() || !k.refusedLogin() || c.formWorks(k) == yes:
		return nil
	}
	h := possible()
	switch c.plainWorks(k) {
	case yes:
		h.Confidence = Likely
		return h.says(describe(k, r) + "; by PLAIN the same password was accepted")
	case no:
		return nil
	}
	return h
}

// credentialsDiffer: one protocol takes the name and password that another one
// of the same account refuses.
func credentialsDiffer(c *Case, k *Check, r *stage.Result) *Hit {
	o := c.acceptedElsewhere(k)
	if o == nil || !k.refusedLogin() || c.plainWorks(k) == yes || c.formWorks(k) == yes {
		return nil
	}
	h := possible()
	if o.Check.Endpoint.Protocol == stage.SMTP || k.Check.Endpoint.Protocol == stage.SMTP {
		h.Confidence = Likely
	}
	return h.with("accepted", protocolName(o.Check.Endpoint.Protocol)).
		says(describe(k, r) + "; " + protocolName(o.Check.Endpoint.Protocol) + " took the same name and password")
}

// acceptedElsewhere finds a check of the same account that logged in by another
// protocol.
func (c *Case) acceptedElsewhere(k *Check) *Check {
	for _, o := range c.Checks {
		if o.Check.Subject == k.Check.Subject && o.Check.Endpoint.Protocol != k.Check.Endpoint.Protocol && o.passed(stage.Login) {
			return o
		}
	}
	return nil
}

// formWorks reads the follow-up that logged in with the user name in another
// form.
func (c *Case) formWorks(k *Check) answer { return loginWorks(c.followUp(k, stage.AskUserForm)) }

// wrongForm: the user name may be wanted in another form. Where the profile
// says which, and it isn't the one that was sent, that is likely; where it is the
// one that was sent, the form is not the matter. Trying the other form settles it.
func wrongForm(c *Case, k *Check, r *stage.Result) *Hit {
	g, ok := k.guess(stage.Login, WrongUsernameFormat)
	n, differs := k.Subject.Profile.Note("user-name-differs")
	works := c.formWorks(k)
	if !ok || k.formFits() && !differs || works == no && g.Confidence == Possible {
		return nil
	}
	h := (&Hit{Confidence: g.Confidence}).withNote(n)
	if strings.Contains(k.Subject.User, "@") {
		h.with("sent_full", "yes")
	}
	wanted := k.otherForm()
	switch {
	case works == yes:
		user := stage.Visible(c.followUp(k, stage.AskUserForm).Check.User)
		h.sure().with("user", user).says(short(describe(k, r) + "; as " + user + " the same password was accepted"))
	case wanted != "" || k.bareName():
		h.Confidence = Likely
	}
	if wanted != "" {
		h.with(wanted, "yes")
	}
	return h
}

// bareName reports whether a name without a domain was sent, and nobody knows
// which form is wanted: most servers want the full address.
func (k *Check) bareName() bool {
	p := k.Subject.Profile
	return k.Subject.User != "" && !strings.Contains(k.Subject.User, "@") && (p == nil || p.UserName == "")
}

// formFits reports whether the profile says how the user name is formed, and
// the one that was sent is formed like that.
func (k *Check) formFits() bool {
	p := k.Subject.Profile
	return p != nil && k.Subject.User != "" && (p.UserName == "full-address" || p.UserName == "local-part") && k.otherForm() == ""
}

// otherForm says in which form the profile wants the user name, where that is
// not how it was sent: "wants_full", "wants_local"; empty where it is, or nobody
// knows.
func (k *Check) otherForm() string {
	p := k.Subject.Profile
	if p == nil || k.Subject.User == "" {
		return ""
	}
	full := strings.Contains(k.Subject.User, "@")
	switch {
	case p.UserName == "full-address" && !full:
		return "wants_full"
	case p.UserName == "local-part" && full:
		return "wants_local"
	}
	return ""
}

// wrongPassword is likely at most. It stays possible where the mechanism, the
// protocol or what the provider's page says may be the reason as well.
func wrongPassword(c *Case, k *Check, r *stage.Result) *Hit {
	g, ok := k.guess(stage.Login, WrongPassword)
	if !ok {
		return nil
	}
	h := (&Hit{Confidence: g.Confidence}).says(describe(k, r))
	for _, id := range []string{"separate-account-login", "own-mailbox-password"} {
		if n, ok := k.Subject.Profile.Note(id); ok {
			h.with("login_note", stage.Visible(n.Text))
		}
	}
	answered, form := c.plainWorks(k), c.formWorks(k)
	if form == no {
		h.says(h.Text + "; the user name in the other form was refused as well")
	}
	switch {
	case answered == yes, form == yes:
		return nil
	case c.acceptedElsewhere(k) != nil, k.otherForm() != "" && form != no, k.oauth(), k.noteSaysWhy(), k.scram() && answered == unknown:
		h.Confidence = Possible
	case k.scram():
		h.says(h.Text + "; PLAIN was refused as well")
	}
	return h
}
