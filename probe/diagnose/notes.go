package diagnose

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// noteRules read what a provider's page says about logging in. A server that
// refuses a password seldom says that another one is wanted.
var noteRules = []Rule{
	{
		Cause:    cause.OAuthTokenInvalid,
		Needs:    []Need{met(stage.Login, refused...)},
		Explains: []cause.ID{cause.WrongPassword, cause.WrongUsernameFormat, cause.SMTPAndIMAPCredentialsDiffer, cause.BasicAuthDisabled},
		Judge:    tokenRefused,
	},
	{
		Cause:    cause.BasicAuthDisabled,
		Needs:    []Need{met(stage.Login, append(slices.Clone(refused), stage.NoMechanism)...)},
		Explains: []cause.ID{cause.WrongPassword, cause.WrongUsernameFormat, cause.AuthMechNotOffered, cause.AuthNotOfferedOnPort},
		Judge:    passwordless,
	},
	{
		Cause: cause.AppPasswordRequired,
		Needs: []Need{met(stage.Login, refused...)},
		Judge: appPassword,
	},
	{
		Cause: cause.ProtocolDisabledForAccount,
		Needs: []Need{met(stage.Login, refused...)},
		Judge: func(_ *Case, k *Check, r *stage.Result) *Hit {
			return k.byNote(r, cause.Likely, offByDefault[k.Check.Endpoint.Protocol])
		},
	},
	{
		Cause: cause.WrongRegionalServer,
		Needs: []Need{met(stage.Login, refused...)},
		Judge: othersServer,
	},
}

// lateNoteRules hold what is only possible beside a wrong password.
var lateNoteRules = []Rule{
	noted(cause.WebLoginChallenge, cause.Possible, "web-sign-in-challenge"),
	noted(cause.WrongRegionalServer, cause.Possible, "regional-servers"),
}

// offByDefault are the notes that say so of a protocol.
var offByDefault = map[stage.Protocol]string{
	stage.IMAP: "imap-off-by-default", stage.POP3: "pop-off-by-default", stage.SMTP: "smtp-off-by-default",
}

// noted is the rule of a cause that a note of the provider's names for refused
// logins.
func noted(of cause.ID, sure cause.Confidence, id string) Rule {
	return Rule{
		Cause: of,
		Needs: []Need{met(stage.Login, refused...)},
		Judge: func(_ *Case, k *Check, r *stage.Result) *Hit { return k.byNote(r, sure, id) },
	}
}

// appPassword: the provider's page says that it wants one. Where another protocol
// took the same password, or the reply speaks of a switch, that is likelier; where the
// password looks like one, it is a wrong one or that of another account.
func appPassword(c *Case, k *Check, r *stage.Result) *Hit {
	sure := cause.Likely
	if _, off := k.guess(stage.Login, cause.ProtocolDisabledForAccount); off || c.acceptedElsewhere(k) != nil || k.odd(stage.AppPasswordLike) {
		sure = cause.Possible
	}
	return k.byNote(r, sure, "app-password")
}

// othersServer: the account is of a provider whose servers are others than that
// which was typed in, one of another known provider or region.
func othersServer(c *Case, k *Check, r *stage.Result) *Hit {
	if len(k.Subject.Own) == 0 || !k.refusedLogin() || c.otherwiseAccepted(k) {
		return nil
	}
	own := settingWords(k.Subject.Own[0])
	return likely().with("own", own).says(short(stage.Visible(describe(k, r) + "; for " + k.Subject.User + " the catalogue has " + own)))
}

// byNote holds where the login was refused and the profile has the note. Where
// the reply itself names the cause, that is evidence enough.
func (k *Check) byNote(r *stage.Result, sure cause.Confidence, id string) *Hit {
	n, ok := k.Subject.Profile.Note(id)
	if !ok || !k.refusedLogin() || k.oauth() {
		return nil
	}
	h := &Hit{Confidence: sure}
	return h.withNote(n).says(describe(k, r) + "; " + k.provider() + "'s page: " + short(stage.Visible(n.Text)))
}

// noteSaysWhy reports whether the provider's page gives a likelier reason for a
// refusal than a wrong password.
func (k *Check) noteSaysWhy() bool {
	_, app := k.Subject.Profile.Note("app-password")
	_, off := k.Subject.Profile.Note(offByDefault[k.Check.Endpoint.Protocol])
	return app && !k.odd(stage.AppPasswordLike) || off
}

// withNote adds the text of a note, and its page's address.
func (h *Hit) withNote(n stage.Note) *Hit {
	return h.with("note", stage.Visible(n.Text)).with("note_url", stage.Visible(n.URL))
}

// oauth reports whether a token was sent, and no password.
func (k *Check) oauth() bool {
	return k.login.Mechanism == "XOAUTH2" || k.login.Mechanism == "OAUTHBEARER"
}

// tokenRefused: the server looked at the token. The status of its challenge says
// so (RFC 7628 3.2.2); without one it may be the account as well.
func tokenRefused(c *Case, k *Check, r *stage.Result) *Hit {
	ended := k.login.TokenExpires
	switch {
	case !k.oauth():
		return nil
	case !ended.IsZero() && ended.Before(c.Record.Header.Started) && k.refusedByWord():
		when := ended.UTC().Format("2006-01-02 15:04 MST")
		return proven().with("expired", when).with("status", k.login.OAuthStatus).says(short(describe(k, r) + "; the token ran out at " + when))
	case k.wrongAudience() != "":
		return nil
	case k.login.OAuthStatus == "400" || k.login.OAuthStatus == "401" || k.login.OAuthStatus == "invalid_token":
		return likely().with("status", k.login.OAuthStatus).says(describe(k, r) + "; status " + stage.Visible(k.login.OAuthStatus))
	}
	return possible().holds(k.refusedLogin())
}

// exchangeOnline reports whether the server is one of Microsoft's for receiving,
// which have refused passwords since January 2023 (Microsoft Learn, "Deprecation of
// Basic authentication in Exchange Online"). It offers OAuth beside them.
func (k *Check) exchangeOnline() bool {
	return k.Check.Endpoint.Protocol.Receives() && slices.Contains([]string{"outlook.office365.com", "outlook.office.com", "outlook.live.com"}, k.host()) &&
		slices.Contains(k.caps.Mechanisms, "XOAUTH2")
}

// passwordless: the provider takes no password from mail programs, as its page
// says, or as the list shows that has nothing but OAuth.
func passwordless(_ *Case, k *Check, r *stage.Result) *Hit {
	if k.oauth() {
		return nil
	}
	n, ok := k.Subject.Profile.Note("oauth-only")
	only := len(k.caps.Mechanisms) > 0 && !slices.ContainsFunc(k.caps.Mechanisms, func(m string) bool {
		return !strings.HasPrefix(m, "XOAUTH") && m != "OAUTHBEARER"
	})
	switch {
	case r.Fault == stage.NoMechanism && only:
		return likely().withNote(n).says("offered: " + short(list(visible(k.caps.Mechanisms))))
	case k.exchangeOnline() && k.refusedLogin():
		return likely().says(describe(k, r) + "; Exchange Online takes no password here from mail programs")
	case ok && k.refusedLogin():
		return likely().withNote(n).says(describe(k, r) + "; " + k.provider() + "'s page: " + short(stage.Visible(n.Text)))
	}
	return nil
}
