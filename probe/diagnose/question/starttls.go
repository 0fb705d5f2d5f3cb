package question

import (
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// startTLSInquiries are about what is said before TLS.
var startTLSInquiries = []inquiry{
	{
		id:     stage.AskInsist,
		topic:  say.TopicInsist(),
		raise:  raiseInsist,
		ask:    ofPort(say.AskInsist),
		answer: answerInsist,
	},
	{
		id:     stage.AskStrangerStartTLS,
		topic:  say.TopicStrangerStartTLS(),
		raise:  raiseStrangerStartTLS,
		ask:    func(c stage.Check) prose.Value { return say.AskStrangerStartTLS(hostOf(c), portOf(c)) },
		answer: answerStrangerStartTLS,
	},
}

// offersStartTLS gives, for a port, the index of a large provider's server among the
// control hosts that is known to offer STARTTLS there.
var offersStartTLS = map[uint16]int{587: 1, 143: 2, 110: 2}

// raiseStrangerStartTLS asks, once for a port, whether STARTTLS is also missing
// where it is known to be offered: whatever removes it in between does so for all
// servers.
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

func answerStrangerStartTLS(c *stage.CheckRecord) Answer {
	r := c.Result(stage.Upgrade)
	switch {
	case r == nil || r.Status == stage.Skip:
		return notAnswered(c)
	case r.Fault == stage.NotOffered:
		return found(say.AnswerStrangerLacks())
	case chart.OrEmpty(stage.FactsOf[*stage.StartTLSFacts](c)).Offered:
		return found(say.AnswerStrangerOffers())
	}
	return notAnswered(c)
}

// lacksStartTLS reports whether STARTTLS was missing from a list that could have had
// it: if EHLO was refused there was no list.
func lacksStartTLS(k *chart.Exam) bool {
	r := k.Result(stage.Upgrade)
	return r != nil && r.Fault == stage.NotOffered && r.Status != stage.Skip && (k.Upgrade.Reply == nil || !chart.IsHello(k.Upgrade.Reply.Command))
}

// raiseInsist sends STARTTLS although it isn't listed: something in between may have
// removed it, but let the command itself pass.
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

func answerInsist(c *stage.CheckRecord) Answer {
	switch chart.Insisted(c) {
	case chart.Yes:
		if f := stage.FactsOf[*stage.TLSFacts](c); f != nil && f.Verified {
			return found(say.AnswerInsistVerified())
		}
		return found(say.AnswerInsistEncrypted())
	case chart.No:
		var text prose.Value
		if f := stage.FactsOf[*stage.StartTLSFacts](c); f != nil && f.Reply != nil && f.Insisted {
			text = cut(f.Reply.Text())
		}
		return found(say.AnswerInsistRefused(text))
	}
	return notAnswered(c)
}
