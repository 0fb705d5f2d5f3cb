package question

import (
	"maildoctor/probe/diagnose/chart"
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
	{
		id:    stage.AskStrangerStartTLS,
		raise: raiseStrangerStartTLS,
		ask: func(c stage.Check) string {
			return "Does " + c.Endpoint.Host + ", of another provider, offer STARTTLS at " + portOf(c) + "?"
		},
		answer: answerStrangerStartTLS,
	},
}

// offersStartTLS says which of the large providers' servers is known to offer
// STARTTLS at a port, by its place among the control hosts.
var offersStartTLS = map[uint16]int{587: 1, 143: 2, 110: 2}

// raiseStrangerStartTLS asks, once for a port, whether STARTTLS is missing as well
// where everybody knows it to be: who takes it out on the way does so for all.
func raiseStrangerStartTLS(c *chart.Case) []stage.Check {
	hosts := c.Controls().Hosts
	var checks []stage.Check
	for _, k := range c.Checks {
		place, known := offersStartTLS[k.Check.Endpoint.Port]
		if !known || place >= len(hosts) || !lacksStartTLS(k) || c.Examines(hosts[place]) {
			continue
		}
		f := after(k, stage.KindTLS, "stranger-starttls")
		f.Endpoint.Host, f.Endpoint.Security = hosts[place], stage.StartTLS
		f.User, f.Public = "", true
		checks = append(checks, f)
	}
	return checks
}

func answerStrangerStartTLS(c *stage.CheckRecord) string {
	r := c.Result(stage.Upgrade)
	switch {
	case r == nil || r.Status == stage.Skip:
		return answerAny(c)
	case r.Fault == stage.NotOffered:
		return "No: it is missing there as well."
	case chart.OrEmpty(stage.FactsOf[*stage.StartTLSFacts](c)).Offered:
		return "Yes, it is offered there."
	}
	return answerAny(c)
}

// lacksStartTLS reports whether STARTTLS was missing from a list in which it could
// have stood: where EHLO was refused there was none.
func lacksStartTLS(k *chart.Exam) bool {
	r := k.Result(stage.Upgrade)
	return r != nil && r.Fault == stage.NotOffered && r.Status != stage.Skip && (k.Upgrade.Reply == nil || !chart.IsHello(k.Upgrade.Reply.Command))
}

// raiseInsist sends STARTTLS where it is missing from the list: something on the way
// may have taken it out, and let the command itself pass.
func raiseInsist(c *chart.Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		if !lacksStartTLS(k) {
			continue
		}
		f := after(k, stage.KindTLS, "insist")
		f.Manner.Insist = true
		checks = append(checks, f)
	}
	return checks
}

func answerInsist(c *stage.CheckRecord) string {
	switch chart.Insisted(c) {
	case chart.Yes:
		if f := stage.FactsOf[*stage.TLSFacts](c); f != nil && f.Verified {
			return "Yes: it agrees, and the certificate is the server's."
		}
		return "Yes: it agrees, and encryption begins."
	case chart.No:
		f := chart.OrEmpty(stage.FactsOf[*stage.StartTLSFacts](c))
		if f.Reply != nil && f.Insisted {
			return "No, it refuses: " + chart.Short(f.Reply.Text()) + "."
		}
		return "No, it refuses."
	}
	return answerAny(c)
}
