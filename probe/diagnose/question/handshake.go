package question

import (
	"fmt"
	"slices"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// handshakeInquiries are about ports that take a connection and then do not say
// what was expected.
var handshakeInquiries = slices.Concat(openingInquiries, helloInquiries, nodeInquiries)

// helloInquiries make a handshake that failed in other ways.
var helloInquiries = []inquiry{
	{
		id: stage.AskSmallHello,
		raise: func(c *chart.Case) []stage.Check {
			return otherHandshakes(c, "small-hello", smaller, chart.BrokenOff...)
		},
		ask: func(c stage.Check) string {
			return "Does TLS begin at " + portOf(c) + " when its first message is small?"
		},
		answer: answerSmallHello,
	},
	{
		id: stage.AskSmallSegments,
		raise: func(c *chart.Case) []stage.Check {
			return otherHandshakes(c, "small-segments", segmented, chart.BrokenOff...)
		},
		ask:    func(c stage.Check) string { return "Does TLS begin at " + portOf(c) + " when every packet is small?" },
		answer: answerSmallSegments,
	},
	{
		id: stage.AskOldTLS,
		raise: func(c *chart.Case) []stage.Check {
			return otherHandshakes(c, "old-tls", olden, append(slices.Clone(chart.BrokenOff), stage.TLSAlert, stage.TLSVersion, stage.TLSProtocol)...)
		},
		ask: func(c stage.Check) string {
			return "Which kind of encryption does " + portOf(c) + " choose among old ones?"
		},
		answer: answerOldTLS,
	},
}

func smaller(m *stage.Manner) { m.Hello = stage.HelloSmall }

func segmented(m *stage.Manner) { m.MaxSegment = stage.SmallSegment }

func olden(m *stage.Manner) { m.Hello = stage.HelloOld }

// otherHandshakes makes again, in another manner and at the same address, each
// handshake that failed so.
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

// portOf names what a follow-up is about: "port 993".
func portOf(c stage.Check) string { return fmt.Sprintf("port %d", c.Endpoint.Port) }

func answerSmallHello(c *stage.CheckRecord) string {
	switch chart.ShookHands(c) {
	case chart.Yes:
		return "Yes: with a first message that fits into one packet, the server answers."
	case chart.No:
		return "No: " + shortFailure(c) + " in that case, too."
	}
	return answerAny(c)
}

func answerSmallSegments(c *stage.CheckRecord) string {
	switch chart.ShookHands(c) {
	case chart.Yes:
		return fmt.Sprintf("Yes: in segments of %d bytes, all of it comes through.", c.Check.Manner.MaxSegment)
	case chart.No:
		return "No: " + shortFailure(c) + " in that case, too."
	}
	return answerAny(c)
}

// shortFailure says in words how a follow-up failed.
func shortFailure(c *stage.CheckRecord) string {
	if r := c.Failed(); r != nil {
		return chart.FaultWords(r.Fault)
	}
	return "it failed"
}

func answerOldTLS(c *stage.CheckRecord) string {
	v := chart.Variations{Old: stage.FactsOf[*stage.TLSFacts](c)}
	if v.Version() == "" {
		if r := c.Failed(); r != nil && r.Stage == stage.Handshake {
			return "None: " + chart.Short(chart.Describe(chart.NewExam(c, 0, nil), r)) + "."
		}
		return answerAny(c)
	}
	if v.Old.DHBits > 0 {
		return fmt.Sprintf("It chooses %s, in a finite field group of %d bits.", v.Chosen(), v.Old.DHBits)
	}
	return "It chooses " + v.Chosen() + "."
}
