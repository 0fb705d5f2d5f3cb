package diagnose

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
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
		Cause: cause.PasswordEncodingOrWhitespace,
		Needs: []Need{met(stage.Login, stage.BadCredential)},
		Judge: func(*Case, *Check, *stage.Result) *Hit { return proven() },
	},
	{
		Cause:    cause.PasswordEncodingOrWhitespace,
		Needs:    []Need{met(stage.Login, refused...)},
		Explains: passwordRefused,
		Judge:    acceptedTidy,
	},
	{
		Cause: cause.PasswordEncodingOrWhitespace,
		Needs: []Need{met(stage.Login, refused...)},
		Judge: oddPassword,
	},
	byReply(cause.PasswordEncodingOrWhitespace),
	byReply(cause.AccountLockedTooManyAttempts),
	byReply(cause.TooManyConnectionsPerUser),
	byReply(cause.RateLimitedLogin),
	byReply(cause.POP3MaildropLocked),
	byReply(cause.AuthBackendTemporaryFailure),
	{
		// Dovecot says so while its login service does not answer, and nothing else.
		Cause:    cause.AuthBackendTemporaryFailure,
		Needs:    []Need{met(stage.Upgrade, brokenTalk...), met(stage.Capabilities, brokenTalk...), met(stage.Login, brokenTalk...)},
		Explains: []cause.ID{cause.GreetingDelayTarpit, cause.ServerBusyGreeting},
		Judge: func(_ *Case, k *Check, r *stage.Result) *Hit {
			if !reply.HasAny(k.greet.Text(), reply.LoginServiceWords) {
				return nil
			}
			return likely().with("waiting", "yes").says(short(stage.Visible("the first line was " + k.greet.Text() + "; " + describe(k, r))))
		},
	},
	{
		Cause: cause.AuthNotOfferedOnPort,
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
	byReply(cause.AuthNotOfferedOnPort),
	{
		Cause: cause.AuthMechNotOffered,
		Needs: []Need{met(stage.Login, stage.NoMechanism)},
		Judge: func(c *Case, k *Check, _ *stage.Result) *Hit {
			h := possible().with("offered", list(visible(k.caps.Mechanisms)))
			h.with("wanted", stage.Visible(c.Record.Header.Options.Mechanism))
			if len(k.caps.Mechanisms) > 0 {
				h.Confidence = cause.Proven
				h.says("offered: " + short(h.Args["offered"]))
			}
			return h.holds(len(k.caps.Mechanisms) > 0 || k.Check.Endpoint.Protocol != stage.SMTP || !k.encrypted())
		},
	},
	byReply(cause.AuthMechNotOffered),
	{
		// A server that lets everybody in holds nobody's own mailbox (RFC 9051 7.1.4).
		Cause: cause.MXOrWebHostUsedAsServer,
		Needs: []Need{met(stage.Login, stage.PreAuth)},
		Judge: func(*Case, *Check, *stage.Result) *Hit { return possible().with("no_login", "yes") },
	},
	{
		Cause: cause.SMTPAndIMAPCredentialsDiffer,
		Needs: []Need{met(stage.Login, refused...)},
		Judge: credentialsDiffer,
	},
	{
		Cause: cause.WrongPassword,
		Needs: []Need{met(stage.Login, refused...)},
		Judge: wrongPassword,
	},
	{
		Cause: cause.WrongUsernameFormat,
		Needs: []Need{met(stage.Login, refused...)},
		Judge: wrongForm,
	},
	byReply(cause.AppPasswordRequired),
	byReply(cause.ProtocolDisabledForAccount),
	byReply(cause.PasswordExpired),
	byReply(cause.AccountSuspended),
	byReply(cause.MITMUnknownIssuer), // SCRAM's channel binding
	byReply(cause.SASLDialectIncompatible),
	{
		Cause:    cause.SASLDialectIncompatible,
		Needs:    []Need{met(stage.Login, append(slices.Clone(refused), stage.ServerProof, stage.TooManyRounds, stage.Malformed)...)},
		Explains: append(slices.Clone(passwordRefused), cause.AuthMechNotOffered, cause.PasswordEncodingOrWhitespace),
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
	_, ok := k.guess(stage.Login, cause.WrongPassword)
	return ok
}

// plainWorks reads the follow-up that logged in by PLAIN.
func (c *Case) plainWorks(k *Check) answer { return c.tried(k, stage.AskPlainLogin) }

// tried reads a follow-up of a check that logged in otherwise.
func (c *Case) tried(k *Check, q stage.QuestionID) answer { return loginWorks(c.followUp(k, q)) }

// otherwiseAccepted reports whether the same account was let in by a follow-up that
// logged in otherwise.
func (c *Case) otherwiseAccepted(k *Check) bool {
	return slices.ContainsFunc(loginInquiries, func(q inquiry) bool { return c.tried(k, q.id) == yes })
}

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
	if f := c.followUp(k, stage.AskOtherLogin); loginWorks(f) == yes {
		m := stage.Visible(f.Check.Manner.Mechanism)
		return proven().with("other_way", m).says(short(describe(k, r) + "; by " + m + " the same password was accepted"))
	}
	switch {
	case !slices.Contains(refused, r.Fault):
		return possible()
	case !k.scram() || !k.refusedLogin() || c.formWorks(k) == yes:
		return nil
	}
	h := possible()
	switch c.plainWorks(k) {
	case yes:
		h.Confidence = cause.Likely
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
	if o == nil || !k.refusedLogin() || c.otherwiseAccepted(k) {
		return nil
	}
	h := possible()
	if o.Check.Endpoint.Protocol == stage.SMTP || k.Check.Endpoint.Protocol == stage.SMTP {
		h.Confidence = cause.Likely
	}
	return h.with("accepted", protocolName(o.Check.Endpoint.Protocol)).
		says(describe(k, r) + "; " + protocolName(o.Check.Endpoint.Protocol) + " took the same name and password")
}

// acceptedElsewhere finds a check of the same account that logged in by another
// protocol.
func (c *Case) acceptedElsewhere(k *Check) *Check {
	for _, o := range c.Checks {
		if o.sameAccount(k) && o.Check.Endpoint.Protocol != k.Check.Endpoint.Protocol && o.passed(stage.Login) {
			return o
		}
	}
	return nil
}

// sameAccount reports whether two checks log in to one account: that of one
// argument, or the same name at servers that stand side by side, whose URLs were
// typed in.
func (k *Check) sameAccount(o *Check) bool {
	if k.Check.Subject == o.Check.Subject {
		return true
	}
	if k.Subject.Kind != stage.SubjectURL || o.Subject.Kind != stage.SubjectURL || k.Subject.User == "" || k.Subject.User != o.Subject.User {
		return false
	}
	_, here, _ := strings.Cut(k.host(), ".")
	_, there, _ := strings.Cut(o.host(), ".")
	return k.host() == o.host() || here == there && strings.Contains(here, ".") && !literal(k.host())
}

// literal reports whether a host is an IP address.
func literal(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// formWorks reads the follow-up that logged in with the user name in another
// form.
func (c *Case) formWorks(k *Check) answer { return c.tried(k, stage.AskUserForm) }

// wrongForm: the user name may be wanted in another form. Where the profile
// says which, and it isn't the one that was sent, that is likely; where it is the
// one that was sent, the form is not the matter. Trying the other form settles it.
func wrongForm(c *Case, k *Check, r *stage.Result) *Hit {
	g, ok := k.guess(stage.Login, cause.WrongUsernameFormat)
	n, differs := k.Subject.Profile.Note("user-name-differs")
	works := c.formWorks(k)
	if !ok || k.formFits() && !differs || works == no && g.Confidence == cause.Possible || works != yes && c.otherwiseAccepted(k) {
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
		h.Confidence = cause.Likely
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
	form := k.wantedForm()
	return k.Subject.User != "" && (form == "full-address" || form == "local-part") && k.otherForm() == ""
}

// wantedForm is how the profile forms user names at this server; empty where nobody
// knows.
func (k *Check) wantedForm() string {
	if k.Subject.Profile == nil {
		return ""
	}
	return cmp.Or(k.Check.UserForm, k.Subject.Profile.UserName)
}

// otherForm says in which form the profile wants the user name, where that is
// not how it was sent: "wants_full", "wants_local"; empty where it is, or nobody
// knows.
func (k *Check) otherForm() string {
	user := k.Subject.User
	if user == "" || k.Check.User != "" {
		return ""
	}
	switch form := k.wantedForm(); {
	case form == "full-address" && !strings.Contains(user, "@"):
		return "wants_full"
	case form == "local-part" && strings.ContainsAny(user, `@\\`):
		return "wants_local"
	}
	return ""
}

// wrongPassword is likely at most. It stays possible where the mechanism, the
// protocol or what the provider's page says may be the reason as well, or where
// another server of the account names another one.
func wrongPassword(c *Case, k *Check, r *stage.Result) *Hit {
	g, ok := k.guess(stage.Login, cause.WrongPassword)
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
	h.says(h.Text + c.alsoRefused(k))
	switch {
	case c.otherwiseAccepted(k):
		return nil
	case c.acceptedElsewhere(k) != nil, c.toldElsewhere(k), k.otherForm() != "" && form != no, k.oauth(), k.noteSaysWhy(), k.scram() && answered == unknown:
		h.Confidence = cause.Possible
	}
	return h
}

// alsoRefused tells what else was tried and refused.
func (c *Case) alsoRefused(k *Check) string {
	text := ""
	for _, t := range []struct {
		id   stage.QuestionID
		what string
	}{
		{stage.AskUserForm, "the user name in the other form"},
		{stage.AskTidyPassword, "the password without stray characters"},
		{stage.AskOtherEncoding, "the password in another encoding"},
		{stage.AskPlainLogin, "PLAIN"},
		{stage.AskOtherLogin, "another mechanism"},
	} {
		if c.tried(k, t.id) == no {
			text += "; " + t.what + " was refused as well"
		}
	}
	return text
}
