package question

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// headerInquiries are about servers behind a load balancer.
var headerInquiries = []inquiry{{
	id:     stage.AskProxyHeader,
	topic:  say.TopicProxyHeader(),
	raise:  raiseProxyHeader,
	ask:    ofPort(say.AskProxyHeader),
	answer: answerProxyHeader,
}}

// raiseProxyHeader asks whether a server that closed the connection without a
// greeting waits for a PROXY protocol header.
func raiseProxyHeader(c *chart.Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		if !turnedAway(k) || len(checks) == maxOtherLooks {
			continue
		}
		f := after(k, stage.KindGreeting, "proxy-header")
		if k.Check.Endpoint.Security == stage.TLS {
			f.Kind = stage.KindTLS
		}
		f.Manner.Address, f.Manner.ProxyHeader = chart.IPOf(k.Connect.Address), stage.ProxyUnknown
		if localError(k) {
			f.Manner.ProxyHeader = stage.ProxyNamed
		}
		checks = append(checks, f)
	}
	return checks
}

// turnedAway reports whether the server accepted the connection and closed it
// without data, or with Postfix's error for a missing header.
func turnedAway(k *chart.Exam) bool {
	if localError(k) {
		return true
	}
	if k.Check.Endpoint.Security == stage.TLS {
		return slices.Contains([]stage.Fault{stage.HandshakeClosed, stage.HandshakeReset}, k.Fault(stage.Handshake))
	}
	return slices.Contains([]stage.Fault{stage.Closed, stage.Reset}, k.Fault(stage.Greeting)) && k.Greet.FirstBytes == "" && len(k.Greet.Lines) == 0
}

// localError reports whether the first line is the one that Postfix sends to a
// client without that header.
func localError(k *chart.Exam) bool {
	said := strings.ToLower(k.TLS.FirstBytes + k.Greet.Text())
	return strings.HasPrefix(said, "421") && strings.Contains(said, "server local error")
}

func answerProxyHeader(c *stage.CheckRecord) Answer {
	switch chart.BehindHeader(c) {
	case chart.Yes:
		return found(say.AnswerProxyHeaderPasses())
	case chart.No:
		return found(say.AnswerThatWayToo(faultOf(c)))
	}
	return notAnswered(c)
}
