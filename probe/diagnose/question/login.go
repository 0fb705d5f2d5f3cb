package question

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// loginInquiries cost a login. Only one follow-up of a run may carry a credential,
// so [extraLogin] chooses among them.
var loginInquiries = []inquiry{
	{
		id:     stage.AskUserForm,
		after:  true,
		topic:  say.TopicUserForm(),
		raise:  onlyExtraLogin(stage.AskUserForm),
		ask:    func(c stage.Check) prose.Value { return say.AskUserForm(prose.Data(c.User)) },
		answer: answerTry(say.AnswerUserFormTaken(), say.AnswerUserFormRefused()),
	},
	{
		id:     stage.AskTidyPassword,
		after:  true,
		topic:  say.TopicTidyPassword(),
		raise:  onlyExtraLogin(stage.AskTidyPassword),
		ask:    always(say.AskTidyPassword()),
		answer: answerTry(say.AnswerTidyTaken(), say.AnswerLikeThatRefused()),
	},
	{
		id:     stage.AskOtherEncoding,
		after:  true,
		topic:  say.TopicOtherEncoding(),
		raise:  onlyExtraLogin(stage.AskOtherEncoding),
		ask:    always(say.AskOtherEncoding()),
		answer: answerTry(say.AnswerEncodingTaken(), say.AnswerLikeThatRefused()),
	},
	{
		id:     stage.AskPlainLogin,
		after:  true,
		topic:  say.TopicPlainLogin(),
		raise:  onlyExtraLogin(stage.AskPlainLogin),
		ask:    always(say.AskPlainLogin()),
		answer: answerTry(say.AnswerPlainTaken(), say.AnswerPlainRefused()),
	},
	{
		id:     stage.AskOtherLogin,
		after:  true,
		topic:  say.TopicOtherLogin(),
		raise:  onlyExtraLogin(stage.AskOtherLogin),
		ask:    func(c stage.Check) prose.Value { return say.AskOtherLogin(prose.Data(c.Manner.Mechanism)) },
		answer: answerTry(say.AnswerMechanismTaken(), say.AnswerMechanismRefused()),
	},
}

// tries are the uses for the one extra login of a run, the most informative first.
var tries = []struct {
	id    stage.QuestionID
	raise func(*chart.Case) []stage.Check
}{
	{stage.AskOtherLogin, raiseUnbound},
	{stage.AskOtherLogin, raiseMisread},
	{stage.AskUserForm, raiseUserForm},
	{stage.AskTidyPassword, raiseTidy},
	{stage.AskOtherEncoding, raiseEncoding},
	{stage.AskPlainLogin, raisePlainLogin},
	{stage.AskOtherLogin, raiseOtherLogin},
}

// onlyExtraLogin raises a question if it is the best use of that login.
func onlyExtraLogin(id stage.QuestionID) func(*chart.Case) []stage.Check {
	return func(c *chart.Case) []stage.Check {
		for _, t := range tries {
			if checks := t.raise(c); checks != nil {
				if t.id == id {
					return checks
				}
				return nil
			}
		}
		return nil
	}
}

// raiseUserForm asks whether the user name is accepted in the form that the profile
// requires, if another form was sent and refused.
func raiseUserForm(c *chart.Case) []stage.Check {
	return tryOnce(c, "user-name", func(k *chart.Exam, f *stage.Check) bool {
		f.User = inOtherForm(k)
		return f.User != "" && c.AcceptedElsewhere(k) == nil
	})
}

// raiseTidy asks whether the password is accepted without what copying has added.
func raiseTidy(c *chart.Case) []stage.Check {
	return tryOnce(c, "tidy", func(k *chart.Exam, f *stage.Check) bool {
		f.Manner.Tidy = true
		return !k.Stray().Empty() && c.AcceptedElsewhere(k) == nil
	})
}

// raiseEncoding asks whether a password with non-ASCII letters is accepted in
// Latin-1. That is pointless for a mechanism that doesn't send the password.
func raiseEncoding(c *chart.Case) []stage.Check {
	return tryOnce(c, "latin-1", func(k *chart.Exam, f *stage.Check) bool {
		f.Manner.Encoding = stage.Latin1
		return k.Odd(stage.LettersOfLatin1) && !k.Hashed() && c.AcceptedElsewhere(k) == nil
	})
}

// tryOnce returns one follow-up that logs in another way, for the first refused
// check that fits, and for all others with the same login to the same account. It
// returns none if the password would be sent readable.
func tryOnce(c *chart.Case, word string, fits func(*chart.Exam, *stage.Check) bool) []stage.Check {
	var checks []stage.Check
	var first *chart.Exam
	for _, k := range c.Checks {
		if !k.RefusedLogin() || !k.Login.Encrypted || k.Oauth() {
			continue
		}
		f := after(k, stage.KindLogin, word)
		switch {
		case !fits(k, &f):
		case len(checks) == 0:
			first, checks = k, append(checks, f)
		case first.SameAccount(k) && checks[0].User == f.User:
			checks[0].Parents = append(checks[0].Parents, k.Check.ID)
		}
	}
	return checks
}

// inOtherForm returns the user name in the form that the profile requires; empty if
// it has that form, or can't be derived from what is known. If no profile says, a
// name without a domain gets the domain of the server: most servers require the full
// address.
func inOtherForm(k *chart.Exam) string {
	s := k.Subject
	if k.Check.User != "" {
		return "" // this server has its own form, and the name was formed for it
	}
	_, name, ok := strings.Cut(s.User, `\`) // with a Windows domain
	if !ok {
		name = s.User
	}
	name, _, _ = strings.Cut(name, "@")
	switch k.OtherForm() {
	case stage.LocalPart:
		return name
	case "":
		if domain := domainOf(k.Host()); k.BareName() && name == s.User && domain != "" {
			return name + "@" + domain
		}
	case stage.FullAddress:
		domain := s.Domain
		if domain == "" && len(s.Profile.Domains) == 1 && len(s.Profile.Patterns) == 0 {
			domain = s.Profile.Domains[0]
		}
		if domain != "" && name != "" {
			return name + "@" + domain
		}
	}
	return ""
}

// domainOf returns the domain that a server's name is likely to serve; empty for an
// IP address and for a single-label name.
func domainOf(host string) string {
	_, domain, _ := strings.Cut(host, ".")
	switch {
	case chart.Literal(host) || domain == "":
		return ""
	case !strings.Contains(domain, "."):
		return host
	}
	return domain
}

// raisePlainLogin asks, once in a run, whether PLAIN accepts the password that
// SCRAM, or another mechanism that doesn't send it, was refused. It asks only if
// PLAIN is offered under TLS and the user has not chosen the mechanism.
func raisePlainLogin(c *chart.Case) []stage.Check {
	for _, k := range c.Checks {
		if mechanismChosen(c) || !k.Hashed() || !k.RefusedLogin() || !k.Login.Encrypted || !offersLogin(k, "PLAIN") {
			continue
		}
		f := after(k, stage.KindLogin, "plain")
		f.Manner.Mechanism = "PLAIN"
		return []stage.Check{f}
	}
	return nil
}

// raiseOtherLogin asks, once in a run, whether LOGIN accepts the password that PLAIN
// was refused. If a server of another protocol refused the password too, the
// mechanism isn't the reason. If one accepted it, the mechanism is the likeliest
// reason.
func raiseOtherLogin(c *chart.Case) []stage.Check {
	return byOtherMechanism(c, func(k *chart.Exam) bool {
		return k.RefusedLogin() && offersLogin(k, "LOGIN") && !k.NoteSaysWhy() && (c.AcceptedElsewhere(k) != nil || !c.RefusedElsewhere(k))
	})
}

// raiseUnbound asks whether a refused SCRAM login with channel binding is accepted
// without: by the same SCRAM, as mail programs do it, or else by PLAIN. If it is,
// another protocol is asked in the second round: only a refusal uses up the run's
// extra login. If the server says that it sees another TLS connection, somebody may
// be in between, and nothing more is sent.
func raiseUnbound(c *chart.Case) (checks []stage.Check) {
	if mechanismChosen(c) {
		return nil
	}
	for _, k := range c.Checks {
		m := unbound(k)
		if _, between := k.Guess(stage.Login, cause.MITMUnknownIssuer); between || m == "" || !slices.Contains(chart.Refused, k.Fault(stage.Login)) || !k.Login.Encrypted {
			continue
		}
		f := after(k, stage.KindLogin, "unbound")
		f.Manner.Mechanism, f.Round = m, len(checks)+1
		if n := len(checks); n > 0 && (n == 2 || chart.LoginWorks(c.Record.Check(checks[n-1].ID)) != chart.Yes) {
			break
		}
		checks = append(checks, f)
	}
	return checks
}

// unbound returns the mechanism to try after SCRAM with channel binding was refused;
// empty if there is none.
func unbound(k *chart.Exam) string {
	bare, binds := strings.CutSuffix(k.Login.Mechanism, "-PLUS")
	if !binds {
		return ""
	}
	for _, m := range []string{bare, "PLAIN"} {
		if offersLogin(k, m) {
			return m
		}
	}
	return ""
}

// raiseMisread asks whether another mechanism than PLAIN is accepted, before all
// other questions, if the server has refused the form of the login command.
func raiseMisread(c *chart.Case) []stage.Check { return byOtherMechanism(c, misread) }

// byOtherMechanism returns one follow-up that logs in with a mechanism other than
// PLAIN, for the first check that fits.
func byOtherMechanism(c *chart.Case, fits func(*chart.Exam) bool) []stage.Check {
	if mechanismChosen(c) {
		return nil
	}
	for _, k := range c.Checks {
		m := otherMechanism(k)
		if m == "" || !k.Login.Encrypted || !fits(k) {
			continue
		}
		f := after(k, stage.KindLogin, "login")
		f.Manner.Mechanism = m
		return []stage.Check{f}
	}
	return nil
}

// otherMechanism returns the mechanism that may be accepted where PLAIN was not;
// empty if there is none.
func otherMechanism(k *chart.Exam) string {
	if k.Login.Mechanism != "PLAIN" {
		return ""
	}
	for _, m := range []string{"LOGIN", "IMAP LOGIN"} {
		if offersLogin(k, m) {
			return m
		}
	}
	return ""
}

// misread reports whether the server refused the form of the login, not the
// password.
func misread(k *chart.Exam) bool {
	_, ok := k.Guess(stage.Login, cause.SASLDialectIncompatible)
	return ok && slices.Contains(chart.Refused, k.Fault(stage.Login))
}

// offersLogin reports whether the server has offered a login mechanism.
func offersLogin(k *chart.Exam, m string) bool {
	return slices.Contains(k.Login.Offered, m) || slices.Contains(k.Caps.Mechanisms, m)
}

// mechanismChosen reports whether the user has chosen the mechanism.
func mechanismChosen(c *chart.Case) bool { return c.Record.Header.Options.Mechanism != "" }

// answerTry says whether a login was accepted.
func answerTry(accepted, refused prose.Value) func(*stage.CheckRecord) Answer {
	return func(c *stage.CheckRecord) Answer {
		switch chart.LoginWorks(c) {
		case chart.Yes:
			return found(accepted)
		case chart.No:
			return found(refused)
		}
		return answerLogin(c)
	}
}

// answerLogin says why a login was not tried, or how far it got.
func answerLogin(c *stage.CheckRecord) Answer {
	for _, r := range c.Results {
		if r.Stage == stage.Login && r.Reason == stage.LoginBudget {
			return open(say.NotAnsweredBudget())
		}
	}
	return notAnswered(c)
}
