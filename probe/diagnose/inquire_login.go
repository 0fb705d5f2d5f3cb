package diagnose

import (
	"slices"

	"maildoctor/probe/stage"
)

// loginInquiries cost a login: one follow-up of a run may carry a credential.
var loginInquiries = []inquiry{
	{
		id:     stage.AskPlainLogin,
		raise:  raisePlainLogin,
		ask:    func(stage.Check) string { return "Is the same password accepted when it is sent by PLAIN?" },
		answer: answerPlain,
	},
}

// raisePlainLogin asks, once in a run, whether the password that SCRAM was
// refused is taken by PLAIN. It is asked only where PLAIN is offered under TLS
// and the user has not chosen the mechanism.
func raisePlainLogin(c *Case) []stage.Check {
	if c.Record.Header.Options.Mechanism != "" {
		return nil
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
	for _, r := range c.Results {
		if r.Stage == stage.Login && r.Reason == stage.LoginBudget {
			return "Not answered: one more refused login might lock the account."
		}
	}
	return answerAny(c)
}
