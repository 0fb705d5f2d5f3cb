package diagnose

import (
	"maildoctor/probe/stage"
)

// startTLSInquiries are about what is said before TLS.
var startTLSInquiries = []inquiry{
	{
		id:    stage.AskInsist,
		raise: raiseInsist,
		ask: func(c stage.Check) string {
			return "Does " + portOf(c) + " understand STARTTLS although it is not offered?"
		},
		answer: answerInsist,
	},
}

// raiseInsist sends STARTTLS where it is missing from the list: something on the way
// may have taken it out, and let the command itself pass. Where EHLO was refused there
// was no list to take it from.
func raiseInsist(c *Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		r := k.Result(stage.Upgrade)
		if r == nil || r.Fault != stage.NotOffered || r.Status == stage.Skip || k.upgrade.Reply != nil && isHello(k.upgrade.Reply.Command) {
			continue
		}
		f := k.after(stage.KindTLS, "insist")
		f.Manner.Insist = true
		checks = append(checks, f)
	}
	return checks
}

// insisted says what came of STARTTLS that was not offered: yes where encryption
// began, no where the server refused it.
func insisted(f *stage.CheckRecord) answer {
	if f == nil {
		return unknown
	}
	if r := f.Result(stage.Upgrade); r != nil && r.Status != stage.Skip {
		switch r.Fault {
		case stage.NotOffered, stage.Rejected, stage.TemporarilyOut:
			return no
		}
	}
	return shookHands(f)
}

func answerInsist(c *stage.CheckRecord) string {
	switch insisted(c) {
	case yes:
		if f := stage.FactsOf[*stage.TLSFacts](c); f != nil && f.Verified {
			return "Yes: it agrees, and the certificate is the server's."
		}
		return "Yes: it agrees, and encryption begins."
	case no:
		f := orEmpty(stage.FactsOf[*stage.StartTLSFacts](c))
		if f.Reply != nil && f.Insisted {
			return "No, it refuses: " + short(f.Reply.Text()) + "."
		}
		return "No, it refuses."
	}
	return answerAny(c)
}
