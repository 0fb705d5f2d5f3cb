package question

import (
	"slices"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// nodeInquiries try again what failed, at the same address and at the other
// addresses of the host.
var nodeInquiries = []inquiry{
	{
		id:     stage.AskAgain,
		topic:  say.TopicAgain(),
		raise:  raiseAgain,
		ask:    ofPort(say.AskAgain),
		answer: answerAgain,
	},
	{
		id:    stage.AskOtherAddress,
		topic: say.TopicOtherAddress(),
		raise: raiseOtherAddress,
		ask: func(c stage.Check) prose.Value {
			return say.AskOtherAddress(portOf(c), prose.Data(c.Manner.Address))
		},
		answer: answerOtherAddress,
	},
}

// maxAddresses limits the other addresses of a host that are tried.
const maxAddresses = 4

// maxAgain limits the checks that are repeated.
const maxAgain = 8

// raiseAgain repeats what failed, up to the stage in question.
func raiseAgain(c *chart.Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		r := k.Failed()
		if r == nil || !slices.Contains(chart.Unlike[r.Stage], r.Fault) || len(checks) == maxAgain {
			continue
		}
		if f, ok := upTo(k, r.Stage, chart.IPOf(k.Connect.Address), "again"); ok {
			checks = append(checks, f)
		}
	}
	return checks
}

// raiseOtherAddress tries the other addresses of the host that accepted a
// connection.
func raiseOtherAddress(c *chart.Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		r := k.Failed()
		if r == nil || !slices.Contains(chart.Unlike[r.Stage], r.Fault) && !slices.Contains(chart.Refusing[r.Stage], r.Fault) {
			continue
		}
		for _, ip := range otherAddresses(k) {
			if f, ok := upTo(k, r.Stage, ip, "at-"+ip); ok {
				checks = append(checks, f)
			}
		}
	}
	return checks
}

// otherAddresses returns the addresses that accepted a connection but were not used
// for the dialogue: at most maxAddresses, and at least one of each family.
func otherAddresses(k *chart.Exam) []string {
	used := chart.IPOf(k.Connect.Address)
	if used == "" {
		return nil // a stream of a version that didn't record this
	}
	var all, first []string
	var seen [2]bool
	for _, a := range k.Connect.Attempts {
		ip := chart.IPOf(a.Address)
		if a.Outcome != stage.DialConnected || ip == "" || ip == used || slices.Contains(all, ip) {
			continue
		}
		all = append(all, ip)
		if family := chart.Truth(chart.IsIPv6(a.Address)); !seen[family] {
			seen[family] = true
			first = append(first, ip)
		}
	}
	for _, ip := range all {
		if len(first) < maxAddresses {
			first = chart.AppendNew(first, ip)
		}
	}
	return first
}

// upTo returns a follow-up that repeats k at an address up to a stage; ok is false
// if it would go too far.
func upTo(k *chart.Exam, s stage.Stage, ip, word string) (f stage.Check, ok bool) {
	kind := stage.KindTLS
	if s == stage.Greeting && k.Check.Endpoint.Security != stage.TLS {
		kind = stage.KindGreeting
	}
	f = after(k, kind, word)
	f.Manner.Address = ip
	return f, kind == stage.KindGreeting || k.Check.Endpoint.Security != stage.None
}

// goal returns the stage that a follow-up of these questions was to pass.
func goal(c *stage.CheckRecord) stage.Stage {
	order := c.Check.Order()
	return order[len(order)-1]
}

func answerAgain(c *stage.CheckRecord) Answer { return answerSame(c, say.AnswerAgainWentWell()) }

func answerOtherAddress(c *stage.CheckRecord) Answer {
	return answerSame(c, say.AnswerAddressGoesWell(prose.Data(c.Check.Manner.Address)))
}

// answerSame says whether what failed has failed in another place, too.
func answerSame(c *stage.CheckRecord, well prose.Value) Answer {
	switch chart.Went(c, goal(c)) {
	case chart.Yes:
		return found(well)
	case chart.No:
		return found(say.AnswerAgainTheSame(failure(c)))
	}
	return notAnswered(c)
}
