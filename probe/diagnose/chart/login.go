package chart

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"maildoctor/probe/account"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// Refused are the faults of a login that the server refused.
var Refused = []stage.Fault{stage.Rejected, stage.Bye, stage.Closed}

// Scram reports whether the login used SCRAM (RFC 5802). A server that keeps other
// hashes refuses right passwords with it.
func (k *Exam) Scram() bool { return strings.HasPrefix(k.Login.Mechanism, "SCRAM-") }

// Hashed reports whether the login proved the password without sending it. A server
// that keeps the password in another form than the mechanism needs then refuses the
// right one (RFC 2195 2, RFC 1939 7, RFC 5802 9).
func (k *Exam) Hashed() bool {
	return k.Scram() || slices.Contains([]string{"CRAM-MD5", "DIGEST-MD5", "APOP"}, k.Login.Mechanism)
}

// Bound reports whether the login was bound to the TLS connection (RFC 5802 6).
func (k *Exam) Bound() bool { return strings.HasSuffix(k.Login.Mechanism, "-PLUS") }

// TakenUnbound returns the mechanism by which another server of the same account
// accepted the password, after this one had refused it by a mechanism bound to the
// TLS connection; empty if there is none.
func (c *Case) TakenUnbound(k *Exam) string {
	if !k.Bound() || !slices.Contains(Refused, k.Fault(stage.Login)) {
		return ""
	}
	for _, o := range c.Checks {
		if o == k || !o.SameAccount(k) || o.Login.Mechanism != k.Login.Mechanism {
			continue
		}
		if f := c.FollowUp(o, stage.AskOtherLogin); LoginWorks(f) == Yes {
			return f.Check.Manner.Mechanism
		}
	}
	return ""
}

// RefusedLogin reports whether the server checked the name and password and refused
// them.
func (k *Exam) RefusedLogin() bool {
	r := k.Result(stage.Login)
	if r == nil || r.Status != stage.Fail || !slices.Contains(Refused, r.Fault) {
		return false
	}
	_, ok := k.Guess(stage.Login, cause.WrongPassword)
	return ok
}

// OtherMechanism returns the follow-up that logged in by another mechanism with the
// same name and password; nil if there is none.
func (c *Case) OtherMechanism(k *Exam) *stage.CheckRecord {
	if f := c.FollowUp(k, stage.AskOtherLogin); f != nil {
		return f
	}
	return c.FollowUp(k, stage.AskPlainLogin)
}

// Tried returns the outcome of a follow-up that logged in another way.
func (c *Case) Tried(k *Exam, q stage.QuestionID) Answer { return LoginWorks(c.FollowUp(k, q)) }

// OtherLogins are the questions that log in once more, another way.
var OtherLogins = []stage.QuestionID{
	stage.AskUserForm, stage.AskTidyPassword, stage.AskOtherEncoding, stage.AskPlainLogin, stage.AskOtherLogin,
}

// OtherwiseAccepted reports whether a follow-up that logged in another way was
// accepted for the same account.
func (c *Case) OtherwiseAccepted(k *Exam) bool {
	return slices.ContainsFunc(OtherLogins, func(id stage.QuestionID) bool { return c.Tried(k, id) == Yes })
}

// LoginWorks returns the outcome of a follow-up that logged in another way.
func LoginWorks(f *stage.CheckRecord) Answer {
	if f == nil {
		return Unknown
	}
	r := f.Result(stage.Login)
	switch {
	case r == nil || r.Status == stage.Skip:
		return Unknown
	case r.Status != stage.Fail:
		return Yes
	case r.Fault != stage.Rejected:
		return Unknown
	}
	return No
}

// AcceptedElsewhere returns a check that logged in to the same account by another
// protocol.
func (c *Case) AcceptedElsewhere(k *Exam) *Exam {
	return c.index().byAnother(k, func(l *logins) map[stage.Protocol]*Exam { return l.accepted })
}

// SameAccount reports whether two checks log in to one account: the same
// command-line argument, or the same name at hosts that package account regards as
// one server.
func (k *Exam) SameAccount(o *Exam) bool {
	return k.Check.Subject == o.Check.Subject || k.account == o.account
}

// findAccounts determines which checks log in to one account.
func (c *Case) findAccounts() {
	book := c.Record.OfPlan(bookOfPlan{}, func() any { return account.NewBook(c.Record.Header.Plan) }).(*account.Book)
	logins := make([]account.Login, len(c.Checks))
	for i, k := range c.Checks {
		logins[i] = book.Login(k.Check, k.Resolve.Addresses)
	}
	for i, group := range account.Groups(logins) {
		c.Checks[i].account = group
	}
}

// bookOfPlan is the key of the book of a plan's accounts.
type bookOfPlan struct{}

// Literal reports whether a host is an IP address.
func Literal(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// FormWorks returns the outcome of the follow-up that logged in with the user name
// in another form.
func (c *Case) FormWorks(k *Exam) Answer { return c.Tried(k, stage.AskUserForm) }

// BareName reports whether a name without a domain was sent, and the required form
// isn't known: most servers require the full address.
func (k *Exam) BareName() bool {
	p := k.Subject.Profile
	return k.Subject.User != "" && !strings.Contains(k.Subject.User, "@") && (p == nil || p.UserName == "")
}

// FormFits reports whether the profile says how the user name is formed, and the
// name that was sent has that form.
func (k *Exam) FormFits() bool {
	form := k.wantedForm()
	return k.Subject.User != "" && (form == stage.FullAddress || form == stage.LocalPart) && k.OtherForm() == ""
}

// wantedForm returns the form of user names at this server according to the profile;
// empty if that isn't known.
func (k *Exam) wantedForm() stage.UserForm {
	if k.Subject.Profile == nil {
		return ""
	}
	return cmp.Or(k.Check.UserForm, k.Subject.Profile.UserName)
}

// OtherForm returns the form that the profile requires for the user name, if it was
// sent in another: [stage.FullAddress] or [stage.LocalPart]; else, or if that isn't
// known, empty.
func (k *Exam) OtherForm() stage.UserForm {
	user := k.Subject.User
	if user == "" || k.Check.User != "" {
		return ""
	}
	switch form := k.wantedForm(); {
	case form == stage.FullAddress && !strings.Contains(user, "@"):
		return stage.FullAddress
	case form == stage.LocalPart && strings.ContainsAny(user, `@\\`):
		return stage.LocalPart
	}
	return ""
}

// wordsOfLogins say what each of the [OtherLogins] did differently.
var wordsOfLogins = map[stage.QuestionID]func() prose.Value{
	stage.AskUserForm:      say.TriedForm,
	stage.AskTidyPassword:  say.TriedTidy,
	stage.AskOtherEncoding: say.TriedEncoding,
	stage.AskPlainLogin:    say.TriedPlain,
	stage.AskOtherLogin:    say.TriedMechanism,
}

// RefusedAsWell lists the other ways of logging in that were refused too.
func (c *Case) RefusedAsWell(k *Exam) prose.Value {
	var all []prose.Value
	for _, id := range OtherLogins {
		if c.Tried(k, id) == No {
			all = append(all, say.RefusedAsWell(wordsOfLogins[id]()))
		}
	}
	return prose.Then(all...)
}

// OffByDefault are the notes that say that a protocol is off by default.
var OffByDefault = map[stage.Protocol]stage.NoteID{
	stage.IMAP: stage.NoteIMAPOffByDefault, stage.POP3: stage.NotePOPOffByDefault, stage.SMTP: stage.NoteSMTPOffByDefault,
}

// NoteSaysWhy reports whether the provider's notes give a likelier reason for a
// refusal than a wrong password.
func (k *Exam) NoteSaysWhy() bool {
	_, _, app := k.Note(stage.NoteAppPassword)
	_, _, off := k.Note(OffByDefault[k.Check.Endpoint.Protocol])
	return app && !k.Odd(stage.AppPasswordLike) || off
}

// Oauth reports whether a token was sent rather than a password.
func (k *Exam) Oauth() bool { return TakesToken(k.Login.Mechanism) }

// TakesToken reports whether a mechanism sends a token rather than a password.
func TakesToken(mechanism string) bool { return mechanism == "XOAUTH2" || mechanism == "OAUTHBEARER" }

// ExchangeOnline reports whether the server is one of Microsoft's for receiving.
// They have refused passwords since January 2023 (Microsoft Learn, "Deprecation of
// Basic authentication in Exchange Online"), though they still list them beside
// OAuth.
func (k *Exam) ExchangeOnline() bool {
	return k.Check.Endpoint.Protocol.Receives() && slices.Contains([]string{"outlook.office365.com", "outlook.office.com", "outlook.live.com"}, k.Host()) &&
		slices.Contains(k.Caps.Mechanisms, "XOAUTH2")
}

// Receives returns a working check of the same account that receives by another
// protocol.
func (c *Case) Receives(k *Exam) *Exam {
	var first *Exam
	for _, p := range []stage.Protocol{stage.IMAP, stage.POP3} {
		for _, o := range c.index().worked[subjectProtocol{k.Check.Subject, p}] {
			if p != k.Check.Endpoint.Protocol && (first == nil || o.Index < first.Index) {
				first = o
			}
		}
	}
	return first
}
