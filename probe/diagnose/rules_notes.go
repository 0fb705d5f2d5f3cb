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

// noteRules apply the provider's notes about logging in. A server that refuses a
// password seldom says that another one is required.
var noteRules = []Rule{
	{
		Cause:    cause.OAuthTokenInvalid,
		Needs:    []chart.Need{chart.Met(stage.Login, chart.Refused...)},
		Explains: []cause.ID{cause.WrongPassword, cause.WrongUsernameFormat, cause.SMTPAndIMAPCredentialsDiffer, cause.BasicAuthDisabled},
		Judge:    tokenRefused,
	},
	{
		Cause:    cause.BasicAuthDisabled,
		Needs:    []chart.Need{chart.Met(stage.Login, append(slices.Clone(chart.Refused), stage.NoMechanism)...)},
		Explains: []cause.ID{cause.WrongPassword, cause.WrongUsernameFormat, cause.AuthMechNotOffered, cause.AuthNotOfferedOnPort},
		Judge:    passwordless,
	},
	{
		Cause: cause.AppPasswordRequired,
		Needs: []chart.Need{chart.Met(stage.Login, chart.Refused...)},
		Judge: appPassword,
	},
	{
		Cause: cause.ProtocolDisabledForAccount,
		Needs: []chart.Need{chart.Met(stage.Login, chart.Refused...)},
		Judge: func(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			return byNote(k, r, cause.Likely, chart.OffByDefault[k.Check.Endpoint.Protocol], (*Hit).withNote)
		},
	},
	{
		Cause: cause.WrongRegionalServer,
		Needs: []chart.Need{chart.Met(stage.Login, chart.Refused...)},
		Judge: othersServer,
	},
}

// lateNoteRules are for causes that are only possible beside a wrong password.
var lateNoteRules = []Rule{
	noted(cause.WebLoginChallenge, cause.Possible, stage.NoteWebSignInChallenge, (*Hit).linking),
	noted(cause.WrongRegionalServer, cause.Possible, stage.NoteRegionalServers, (*Hit).withNote),
	noted(cause.AppPasswordRequired, cause.Possible, stage.NoteAppPasswordForSome, (*Hit).ofSome),
	{
		Cause: cause.SMTPAuthDisabledInTenant,
		Needs: []chart.Need{chart.Met(stage.Login, chart.Refused...)},
		Judge: sendingByOrganization,
	},
}

// noted returns the rule of a cause that a provider's note gives for refused logins.
func noted(of cause.ID, sure cause.Confidence, id stage.NoteID, cite citing) Rule {
	return Rule{
		Cause: of,
		Needs: []chart.Need{chart.Met(stage.Login, chart.Refused...)},
		Judge: func(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit { return byNote(k, r, sure, id, cite) },
	}
}

// appPassword: the provider's note says that it requires one. This is only possible
// if another protocol accepted the same password, or if the reply suggests that the
// protocol is switched off. So it is if the password already looks like an app
// password: then it may be wrong, or belong to another account.
func appPassword(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	sure := cause.Likely
	if _, off := k.Guess(stage.Login, cause.ProtocolDisabledForAccount); off || c.AcceptedElsewhere(k) != nil || k.Odd(stage.AppPasswordLike) {
		sure = cause.Possible
	}
	h := byNote(k, r, sure, stage.NoteAppPassword, (*Hit).withNote)
	if _, _, browser := k.Note(stage.NoteBrowserSignIn); h != nil {
		h.with(cause.SlotBrowser, prose.Set(browser))
	}
	return h
}

// sendingByOrganization: the user's organization decides whether passwords are
// accepted for sending, and this one was refused.
func sendingByOrganization(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if k.Check.Endpoint.Protocol != stage.SMTP {
		return nil
	}
	return byNote(k, r, cause.Possible, stage.NoteSMTPNeedsAdmin, (*Hit).silent)
}

// othersServer: the account belongs to a provider with servers other than the one
// typed in, which is of another known provider or region.
func othersServer(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if len(k.Subject.Own) == 0 || !k.Check.Public || !k.RefusedLogin() || c.OtherwiseAccepted(k) {
		return nil
	}
	own := setting(k.Subject.Own[0])
	return likely().with(cause.SlotOwn, own).says(prose.Then(chart.Shows(k, r), say.CatalogueHas(prose.Data(k.Subject.User), own)))
}

// byNote holds if the login was refused and the profile has the note. If the reply
// itself names the cause, that is evidence enough.
func byNote(k *chart.Exam, r *stage.Result, sure cause.Confidence, id stage.NoteID, cite citing) *Hit {
	n, whose, ok := k.Note(id)
	if !ok || !k.RefusedLogin() || k.Oauth() {
		return nil
	}
	h := &Hit{Confidence: sure}
	return cite(h, n).says(prose.Then(chart.Shows(k, r), chart.Quote(whose, n)))
}

// citing fills the slots of a page from a note, if the page has them.
type citing func(*Hit, stage.Note) *Hit

// withNote adds the text of a note, and its page's address.
func (h *Hit) withNote(n stage.Note) *Hit { return h.quoting(n).linking(n) }

// quoting adds the text of a note.
func (h *Hit) quoting(n stage.Note) *Hit { return h.with(cause.SlotNote, prose.Data(n.Text)) }

// linking adds the address of the page that a note is from.
func (h *Hit) linking(n stage.Note) *Hit { return h.with(cause.SlotNoteURL, prose.Data(n.URL)) }

// ofSome fills the slots of a page from a note about some accounts.
func (h *Hit) ofSome(n stage.Note) *Hit { return h.withNote(n).with(cause.SlotSome, prose.Set(true)) }

// silent uses nothing from a note, for pages without such slots.
func (h *Hit) silent(stage.Note) *Hit { return h }

// tokenRefused: the server checked the token. The status in its challenge says so
// (RFC 7628 3.2.2); without one the account may be the reason as well.
func tokenRefused(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	ended, status := k.Login.TokenExpires, prose.Data(k.Login.OAuthStatus)
	switch {
	case !k.Oauth():
		return nil
	case !ended.IsZero() && ended.Before(c.Record.Header.Started) && k.RefusedByWord():
		return proven().with(cause.SlotExpired, prose.Minute(ended)).with(cause.SlotStatus, status).says(prose.Then(chart.Shows(k, r), say.TokenRanOut(prose.Minute(ended))))
	case !k.OtherAudience().Empty():
		return nil
	case k.Login.OAuthStatus == "400" || k.Login.OAuthStatus == "401" || k.Login.OAuthStatus == "invalid_token":
		return likely().with(cause.SlotStatus, status).says(prose.Then(chart.Shows(k, r), say.TokenStatus(status)))
	}
	return possible().holds(k.RefusedLogin())
}

// passwordless: the provider accepts no passwords from mail programs, as its note
// says, or as a list with only OAuth mechanisms shows.
func passwordless(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if k.Oauth() {
		return nil
	}
	n, whose, ok := k.Note(stage.NoteOAuthOnly)
	if _, _, admin := k.Note(stage.NoteSMTPNeedsAdmin); admin && k.Check.Endpoint.Protocol == stage.SMTP {
		ok = false // that holds for receiving; for sending the organization may accept passwords
	}
	only := len(k.Caps.Mechanisms) > 0 && !slices.ContainsFunc(k.Caps.Mechanisms, func(m string) bool {
		return !strings.HasPrefix(m, "XOAUTH") && m != "OAUTHBEARER" && m != "USER/PASS" && m != "USER" // POP3 lists USER beside its other mechanisms
	})
	_, notThis := k.Guess(stage.Login, cause.AuthMechNotOffered)
	switch {
	case only && notThis:
		return likely().withNote(n).says(prose.Then(chart.Shows(k, r), say.Offered(list(k.Caps.Mechanisms))))
	case r.Fault == stage.NoMechanism && only:
		return likely().withNote(n).says(say.Offered(list(k.Caps.Mechanisms)))
	case k.ExchangeOnline() && k.RefusedLogin():
		return likely().says(prose.Then(chart.Shows(k, r), say.ExchangeOnline()))
	case ok && k.RefusedLogin():
		return likely().withNote(n).says(prose.Then(chart.Shows(k, r), chart.Quote(whose, n)))
	}
	return nil
}
