package question

import (
	"slices"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// handshakeInquiries are about ports that accept a connection and then do not send
// what was expected.
var handshakeInquiries = slices.Concat(openingInquiries, helloInquiries, nodeInquiries, headerInquiries)

// helloInquiries repeat a failed handshake in other ways.
var helloInquiries = []inquiry{
	{
		id:    stage.AskSmallHello,
		topic: say.TopicSmallHello(),
		raise: func(c *chart.Case) []stage.Check {
			return otherHandshakes(c, "small-hello", smaller, chart.BrokenOff...)
		},
		ask:    ofPort(say.AskSmallHello),
		answer: answerSmallHello,
	},
	{
		id:    stage.AskSmallSegments,
		topic: say.TopicSmallSegments(),
		raise: func(c *chart.Case) []stage.Check {
			return otherHandshakes(c, "small-segments", segmented, chart.BrokenOff...)
		},
		ask:    ofPort(say.AskSmallSegments),
		answer: answerSmallSegments,
	},
	{
		id:    stage.AskOldTLS,
		topic: say.TopicOldTLS(),
		raise: func(c *chart.Case) []stage.Check {
			return otherHandshakes(c, "old-tls", olden, append(slices.Clone(chart.BrokenOff), stage.TLSAlert, stage.TLSVersion, stage.TLSProtocol)...)
		},
		ask:    ofPort(say.AskOldTLS),
		answer: answerOldTLS,
	},
}

func smaller(m *stage.Manner) { m.Hello = stage.HelloSmall }

func segmented(m *stage.Manner) { m.MaxSegment = stage.SmallSegment }

func olden(m *stage.Manner) { m.Hello = stage.HelloOld }

// otherHandshakes repeats each handshake that failed with one of these faults, in
// another manner but at the same address.
func otherHandshakes(c *chart.Case, word string, manner func(*stage.Manner), faults ...stage.Fault) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		if !slices.Contains(faults, k.Fault(stage.Handshake)) {
			continue
		}
		f := after(k, stage.KindTLS, word)
		f.Manner.Address = chart.IPOf(k.Connect.Address)
		manner(&f.Manner)
		checks = append(checks, f)
	}
	return checks
}

func answerSmallHello(c *stage.CheckRecord) Answer {
	return answerOtherwise(c, say.AnswerSmallHelloPasses())
}

func answerSmallSegments(c *stage.CheckRecord) Answer {
	return answerOtherwise(c, say.AnswerSmallSegmentsPass(prose.Size(int64(c.Check.Manner.MaxSegment))))
}

// answerOtherwise says whether a handshake in another manner succeeded.
func answerOtherwise(c *stage.CheckRecord, well prose.Value) Answer {
	switch chart.ShookHands(c) {
	case chart.Yes:
		return found(well)
	case chart.No:
		return found(say.AnswerThatWayToo(faultOf(c)))
	}
	return notAnswered(c)
}

func answerOldTLS(c *stage.CheckRecord) Answer {
	v := chart.Variations{Old: stage.FactsOf[*stage.TLSFacts](c)}
	if v.Version() == "" {
		if r := c.Failed(); r != nil && r.Stage == stage.Handshake {
			return found(say.AnswerOldTLSNone(failure(c)))
		}
		return notAnswered(c)
	}
	var bits prose.Value
	if v.Old.DHBits > 0 {
		bits = prose.Count(v.Old.DHBits)
	}
	return found(say.AnswerOldTLSChosen(v.ShowsChosen(), bits))
}
