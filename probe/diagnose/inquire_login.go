package diagnose

import (
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// loginInquiries cost a login: one follow-up of a run may carry a credential.
var loginInquiries = []inquiry{
	{
		id:     stage.AskUserForm,
		raise:  raiseUserForm,
		ask:    func(c stage.Check) string { return "Is the same password accepted for the user name " + c.User + "?" },
		answer: answerUserForm,
	},
	{
		id:     stage.AskPlainLogin,
		raise:  raisePlainLogin,
		ask:    func(stage.Check) string { return "Is the same password accepted when it is sent by PLAIN?" },
		answer: answerPlain,
	},
}

// raiseUserForm asks, once in a run, whether the user name is accepted in the form
// that the profile wants, where another one was sent and refused. All refused
// checks of the account hear of it.
func raiseUserForm(c *Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		switch {
		case !k.refusedLogin() || !k.login.Encrypted || k.inOtherForm() == "" || c.acceptedElsewhere(k) != nil:
		case len(checks) > 0 && checks[0].Subject == k.Check.Subject:
			checks[0].Parents = append(checks[0].Parents, k.Check.ID)
		case len(checks) == 0:
			f := k.after(stage.KindLogin, "user-name")
			f.User = k.inOtherForm()
			checks = append(checks, f)
		}
	}
	return checks
}

// inOtherForm returns the user name in the form that the profile wants; empty
// where it was sent like that, or can't be formed of what is known.
func (k *Check) inOtherForm() string {
	s := k.Subject
	if k.Check.User != "" {
		return "" // this server has a form of its own, and the name was formed for it
	}
	switch k.otherForm() {
	case "wants_local":
		name, _, _ := strings.Cut(s.User, "@")
		return name
	case "wants_full":
		domain := s.Domain
		if domain == "" && len(s.Profile.Domains) == 1 {
			domain = s.Profile.Domains[0]
		}
		if domain != "" {
			return s.User + "@" + domain
		}
	}
	return ""
}

func answerUserForm(c *stage.CheckRecord) string {
	switch loginWorks(c) {
	case yes:
		return "Yes: that is the form that the server wants."
	case no:
		return "No: it was refused as well."
	}
	return answerLogin(c)
}

// raisePlainLogin asks, once in a run, whether the password that SCRAM was
// refused is taken by PLAIN. It is asked only where PLAIN is offered under TLS
// and the user has not chosen the mechanism.
func raisePlainLogin(c *Case) []stage.Check {
	if c.Record.Header.Options.Mechanism != "" || raiseUserForm(c) != nil {
		return nil // the one login more is for a name that is likelier to be wrong
	}
	for _, k := range c.Checks {
		offered := slices.Contains(k.login.Offered, "PLAIN") || slices.Contains(k.caps.Mechanisms, "PLAIN")
		if !k.scram() || !k.refusedLogin() || !k.login.Encrypted || !offered {
			continue
		}
		f := k.after(stage.KindLogin, "plain")
		f.Manner.Mechanism = "PLAIN"
		return []stage.Check{f}
	}
	return nil
}

func answerPlain(c *stage.CheckRecord) string {
	switch plainWorks(c) {
	case yes:
		return "Yes: PLAIN was accepted, so the password is right."
	case no:
		return "No: PLAIN was refused as well."
	}
	return answerLogin(c)
}

// answerLogin says why a login was not tried, or how far it got.
func answerLogin(c *stage.CheckRecord) string {
	for _, r := range c.Results {
		if r.Stage == stage.Login && r.Reason == stage.LoginBudget {
			return "Not answered: one more refused login might lock the account."
		}
	}
	return answerAny(c)
}
