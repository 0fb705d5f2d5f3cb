package question

import (
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// namesakeInquiries try a name in the certificate as the server's own.
var namesakeInquiries = []inquiry{
	{
		id:     stage.AskCertificateName,
		topic:  say.TopicCertificateName(),
		raise:  raiseNamesake,
		ask:    ofPlace(say.AskCertificateName),
		answer: answerNamesake,
	},
}

// raiseNamesake asks whether the same port works under a name in the certificate:
// through the login, if the runner finds that the password may be sent there. In
// private mode, that name has to be in the provider's own domain.
func raiseNamesake(c *chart.Case) []stage.Check {
	var checks []stage.Check
	asked := 0
	for _, k := range c.Checks {
		if !badCertificate(k) || asked == maxOtherLooks {
			continue
		}
		names := k.Namesakes()
		asked += min(len(names), 1)
		for _, name := range names {
			f := after(k, stage.KindEndpoint, "named-"+name)
			f.Endpoint.Host = name
			if c.Planned(f.Endpoint) || c.Record.Header.Options.Private && !k.InOwnDomain(name) {
				continue
			}
			checks = append(checks, f)
		}
	}
	return checks
}

func answerNamesake(c *stage.CheckRecord) Answer {
	return answerOther(c, otherPlace{say.AnswerNamesakeRefuses, say.AnswerNamesakeFails, say.AnswerNamesakeUntold, stage.UnvouchedHost})
}
