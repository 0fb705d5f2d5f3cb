package diagnose

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// brokenTalk are the faults of a dialogue that ended early.
var brokenTalk = []stage.Fault{stage.Silent, stage.Stalled, stage.Closed, stage.Reset, stage.Bye, stage.TemporarilyOut}

// authRules are about logging in. One try says little: a refusal doesn't say whether
// the name, the password or the account is wrong.
var authRules = []Rule{
	{
		Cause: cause.PasswordEncodingOrWhitespace,
		Needs: []chart.Need{chart.Met(stage.Login, stage.BadCredential)},
		Judge: func(*chart.Case, *chart.Exam, *stage.Result) *Hit { return proven() },
	},
	{
		Cause:    cause.PasswordEncodingOrWhitespace,
		Needs:    []chart.Need{chart.Met(stage.Login, chart.Refused...)},
		Explains: passwordRefused,
		Judge:    acceptedTidy,
	},
	{
		Cause: cause.PasswordEncodingOrWhitespace,
		Needs: []chart.Need{chart.Met(stage.Login, chart.Refused...)},
		Judge: oddPassword,
	},
	byReply(cause.PasswordEncodingOrWhitespace),
	byReply(cause.AccountLockedTooManyAttempts, quoted),
	byReply(cause.TooManyConnectionsPerUser),
	byReply(cause.RateLimitedLogin, quoted),
	byReply(cause.POP3MaildropLocked),
	byReply(cause.AuthBackendTemporaryFailure),
	{
		// Dovecot says this while its login service does not answer, and in no other
		// case.
		Cause:    cause.AuthBackendTemporaryFailure,
		Needs:    []chart.Need{chart.Met(stage.Upgrade, brokenTalk...), chart.Met(stage.Capabilities, brokenTalk...), chart.Met(stage.Login, brokenTalk...)},
		Explains: []cause.ID{cause.GreetingDelayTarpit, cause.ServerBusyGreeting},
		Judge: func(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			if !reply.HasAny(k.Greet.Text(), reply.LoginServiceWords) {
				return nil
			}
			return likely().with(cause.SlotWaiting, prose.Set(true)).says(prose.Then(say.FirstLineWas(chart.ShowsReply(&k.Greet.Reply)), chart.Shows(k, r)))
		},
	},
	{
		Cause: cause.AuthNotOfferedOnPort,
		Needs: []chart.Need{chart.Met(stage.Login, stage.NoMechanism), chart.Skipped(stage.Login, stage.CleartextNotAllowed)},
		Judge: func(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			switch {
			case r.Status == stage.Skip:
				return likely().says(say.NoLoginListed()).holds(k.NoWayIn())
			case k.Check.Endpoint.Protocol != stage.SMTP || len(k.Caps.Mechanisms) > 0 || !k.Encrypted() && k.OffersEncryption():
				return nil
			case k.Check.Endpoint.Port == 25 && k.Encrypted():
				return proven()
			}
			return likely() // unless something on the way has taken both out
		},
	},
	byReply(cause.AuthNotOfferedOnPort),
	{
		Cause: cause.AuthMechNotOffered,
		Needs: []chart.Need{chart.Met(stage.Login, stage.NoMechanism)},
		Judge: func(c *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
			offered := list(k.Caps.Mechanisms)
			h := possible().with(cause.SlotOffered, offered)
			h.with(cause.SlotWanted, prose.Data(c.Record.Header.Options.Mechanism))
			h.with(cause.SlotToken, prose.Set(c.Record.Header.Options.Token && len(k.Caps.Mechanisms) > 0))
			if len(k.Caps.Mechanisms) > 0 {
				h.Confidence = cause.Proven
				h.says(say.Offered(offered))
			}
			return h.holds(len(k.Caps.Mechanisms) > 0 || k.Check.Endpoint.Protocol != stage.SMTP || !k.Encrypted() && k.OffersEncryption())
		},
	},
	byReply(cause.AuthMechNotOffered, normalPassword),
	{
		// A server that lets everybody in holds nobody's own mailbox (RFC 9051
		// 7.1.4).
		Cause: cause.MXOrWebHostUsedAsServer,
		Needs: []chart.Need{chart.Met(stage.Login, stage.PreAuth)},
		Judge: func(*chart.Case, *chart.Exam, *stage.Result) *Hit {
			return possible().with(cause.SlotNoLogin, prose.Set(true))
		},
	},
	{
		Cause: cause.SMTPAndIMAPCredentialsDiffer,
		Needs: []chart.Need{chart.Met(stage.Login, chart.Refused...)},
		Judge: credentialsDiffer,
	},
	{
		// Before the password: this mechanism was requested explicitly, and no mail
		// program would have chosen it.
		Cause: cause.SASLDialectIncompatible,
		Needs: []chart.Need{chart.Met(stage.Login, chart.Refused...)},
		Judge: func(c *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
			chosen := c.Record.Header.Options.Mechanism != "" && k.Hashed() && !k.Scram()
			return possible().holds(chosen && k.RefusedLogin())
		},
	},
	{
		Cause: cause.WrongPassword,
		Needs: []chart.Need{chart.Met(stage.Login, chart.Refused...)},
		Judge: wrongPassword,
	},
	{
		Cause: cause.WrongUsernameFormat,
		Needs: []chart.Need{chart.Met(stage.Login, chart.Refused...)},
		Judge: wrongForm,
	},
	byReply(cause.AppPasswordRequired, quoted, onPage(stage.NoteAppPassword, (*Hit).withNote), throughBrowser),
	byReply(cause.ProtocolDisabledForAccount, quoted, offAtFirst),
	byReply(cause.PasswordExpired),
	byReply(cause.AccountSuspended, quoted),
	byReply(cause.MITMUnknownIssuer), // SCRAM's channel binding
	byReply(cause.SASLDialectIncompatible),
	{
		Cause:    cause.SASLDialectIncompatible,
		Needs:    []chart.Need{chart.Met(stage.Login, append(slices.Clone(chart.Refused), stage.ServerProof, stage.TooManyRounds, stage.Malformed)...)},
		Explains: append(slices.Clone(passwordRefused), cause.AuthMechNotOffered, cause.PasswordEncodingOrWhitespace),
		Judge:    dialect,
	},
}

// dialect: the same password is accepted by another mechanism.
func dialect(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if f := c.OtherMechanism(k); chart.LoginWorks(f) == chart.Yes {
		m := prose.Data(f.Check.Manner.Mechanism)
		h := proven().with(cause.SlotOtherWay, m).says(prose.Then(chart.Shows(k, r), say.AcceptedBy(m)))
		h.with(cause.SlotBinding, prose.Set(k.Bound()))
		if chart.TakenOtherwise(c.Record, k.CheckRecord) != nil {
			h.as(cause.Warn) // mail programs that log in that way are served
		}
		return h
	}
	if m := c.TakenUnbound(k); m != "" {
		return likely().with(cause.SlotBinding, prose.Set(true)).says(prose.Then(chart.Shows(k, r), say.UnboundElsewhere(prose.Data(m))))
	}
	switch {
	case !slices.Contains(chart.Refused, r.Fault):
		return possible()
	case !k.Hashed() || !k.RefusedLogin() || c.FormWorks(k) == chart.Yes || chart.LoginWorks(c.OtherMechanism(k)) == chart.No:
		return nil
	}
	return possible()
}

// credentialsDiffer: one protocol accepts the name and password that another
// protocol of the same account refuses. An explicit statement by a third server
// about the account outweighs that.
func credentialsDiffer(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	o := c.AcceptedElsewhere(k)
	if o == nil || !k.RefusedLogin() || c.OtherwiseAccepted(k) {
		return nil
	}
	h := possible()
	if (o.Check.Endpoint.Protocol == stage.SMTP || k.Check.Endpoint.Protocol == stage.SMTP) && !c.ToldElsewhere(k) {
		h.Confidence = cause.Likely
	}
	return h.with(cause.SlotAccepted, o.ProtocolOf()).says(prose.Then(chart.Shows(k, r), say.AcceptedElsewhere(o.ProtocolOf())))
}

// wrongForm: the user name may be required in another form. If the profile names one
// other than the form that was sent, that is likely. If the form that was sent is
// right, this is not the reason. Trying the other form proves it.
func wrongForm(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	g, ok := k.Guess(stage.Login, cause.WrongUsernameFormat)
	n, _, differs := k.Note(stage.NoteUserNameDiffers)
	works := c.FormWorks(k)
	if !ok || k.FormFits() && !differs || works == chart.No && g.Confidence == cause.Possible || works != chart.Yes && c.OtherwiseAccepted(k) {
		return nil
	}
	h := (&Hit{Confidence: g.Confidence}).quoting(n)
	if strings.Contains(k.Subject.User, "@") {
		h.with(cause.SlotSentFull, prose.Set(true))
	}
	wanted := k.OtherForm()
	switch {
	case works == chart.Yes:
		user := prose.Data(c.FollowUp(k, stage.AskUserForm).Check.User)
		h.sure().with(cause.SlotUser, user).says(prose.Then(chart.Shows(k, r), say.AcceptedAs(user)))
	case wanted != "" || k.BareName():
		h.Confidence = cause.Likely
	}
	h.with(cause.SlotWantsFull, prose.Set(wanted == stage.FullAddress))
	h.with(cause.SlotWantsLocal, prose.Set(wanted == stage.LocalPart))
	return h
}

// wrongPassword is likely at most. It is only possible if the mechanism, the
// protocol or a note of the provider's may be the reason as well, or if another
// server of the account gives a different one.
func wrongPassword(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	g, ok := k.Guess(stage.Login, cause.WrongPassword)
	if !ok {
		return nil
	}
	h := &Hit{Confidence: g.Confidence}
	for _, id := range []stage.NoteID{stage.NoteSeparateAccountLogin, stage.NoteOwnMailboxPassword} {
		if n, _, ok := k.Note(id); ok {
			h.with(cause.SlotLoginNote, prose.Data(n.Text))
		}
	}
	answered, form := chart.LoginWorks(c.OtherMechanism(k)), c.FormWorks(k)
	h.says(prose.Then(chart.Shows(k, r), c.RefusedAsWell(k)))
	switch {
	case c.OtherwiseAccepted(k):
		return nil
	case c.AcceptedElsewhere(k) != nil, c.ToldElsewhere(k), k.OtherForm() != "" && form != chart.No, k.Oauth(), k.NoteSaysWhy(), k.Hashed() && answered == chart.Unknown:
		h.Confidence = cause.Possible
	}
	return h
}
