package question

import (
	"slices"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// openingInquiries are about who sends first at a port, and in which protocol.
var openingInquiries = []inquiry{
	{
		id:     stage.AskPortSpeaksTLS,
		topic:  say.TopicPortTLS(),
		raise:  raisePortSpeaksTLS,
		ask:    ofPort(say.AskPortTLS),
		answer: answerTLS,
	},
	{
		id:     stage.AskPortSpeaksPlain,
		topic:  say.TopicPortPlain(),
		raise:  raisePortSpeaksPlain,
		ask:    ofPort(say.AskPortPlain),
		answer: answerPlainly,
	},
	{
		id:     stage.AskStartTLSHere,
		topic:  say.TopicStartTLSHere(),
		raise:  raiseStartTLSHere,
		ask:    ofPort(say.AskStartTLSHere),
		answer: answerStartTLSHere,
	},
	{
		id:     stage.AskHTTP,
		topic:  say.TopicHTTP(),
		raise:  raiseHTTP,
		ask:    ofPort(say.AskHTTP),
		answer: answerHTTP,
	},
}

// raisePortSpeaksTLS asks of each port that is silent in clear text whether it waits
// for TLS. The check goes on as far as it can: settings that pass are usable.
func raisePortSpeaksTLS(c *chart.Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		if k.Check.Endpoint.Security == stage.TLS || k.Fault(stage.Greeting) != stage.Silent {
			continue
		}
		f := after(k, stage.KindEndpoint, "tls")
		f.Endpoint.Security = stage.TLS
		if !c.Planned(f.Endpoint) {
			checks = append(checks, f)
		}
	}
	return checks
}

func answerTLS(c *stage.CheckRecord) Answer {
	switch chart.SpeaksTLS(c) {
	case chart.Yes:
		return found(say.AnswerPortSpeaksTLS())
	case chart.No:
		if first := chart.Provoked(c); first != "" {
			return found(say.AnswerPortAnswersPlainly(cut(first)))
		}
		return found(say.AnswerPortSpeaksNoTLS())
	}
	return notAnswered(c)
}

// raisePortSpeaksPlain observes what a TLS port that broke off the handshake does if
// nothing is sent to it: that shows whether our ClientHello was the reason.
func raisePortSpeaksPlain(c *chart.Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		if k.Check.Endpoint.Security != stage.TLS || !slices.Contains(chart.BrokenOff, k.Fault(stage.Handshake)) {
			continue
		}
		f := after(k, stage.KindGreeting, "clear")
		f.Endpoint.Security = stage.None
		f.Manner.Address = chart.IPOf(k.Connect.Address)
		checks = append(checks, f)
	}
	return checks
}

func answerPlainly(c *stage.CheckRecord) Answer {
	r := c.Result(stage.Greeting)
	if r == nil || r.Status == stage.Skip {
		return notAnswered(c)
	}
	first := ""
	if g := stage.FactsOf[*stage.GreetingFacts](c); g != nil {
		if first = g.FirstBytes; first == "" {
			first = g.Text()
		}
	}
	switch {
	case first != "":
		return found(say.AnswerPortSpeaksPlain(cut(chart.FirstLine(first))))
	case r.Fault == stage.Closed || r.Fault == stage.Reset:
		return found(say.AnswerPortEndsAfter(prose.Duration(r.Time)))
	case r.Fault == stage.Silent:
		return found(say.AnswerPortWaits())
	}
	return notAnswered(c)
}

// raiseStartTLSHere tries STARTTLS at a port for TLS that turned out to begin in
// clear text: at once if it answered the ClientHello in clear text, else in round
// two.
func raiseStartTLSHere(c *chart.Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		e := k.Check.Endpoint
		if e.Security != stage.TLS {
			continue
		}
		own, round := string(e.Protocol), 1
		switch {
		case k.Fault(stage.Handshake) == stage.PlaintextAnswer && chart.Spoken(k.TLS.FirstBytes) == own:
		case chart.Spoken(c.Unprompted(k).First) == own:
			round = 2
		default:
			continue
		}
		f := after(k, stage.KindEndpoint, "starttls")
		f.Endpoint.Security, f.Round = stage.StartTLS, round
		if !c.Planned(f.Endpoint) {
			checks = append(checks, f)
		}
	}
	return checks
}

func answerStartTLSHere(c *stage.CheckRecord) Answer {
	switch chart.Went(c, stage.Handshake) {
	case chart.Yes:
		return found(say.AnswerStartTLSBegins())
	case chart.No:
		return found(say.AnswerStartTLSFails(faultOf(c)))
	}
	return notAnswered(c)
}

// raiseHTTP requests a web page if a port is silent, as a web server is, or has
// answered like one. If the handshake succeeded, the request is sent under TLS.
func raiseHTTP(c *chart.Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		if !k.Mute() && !answersHTTP(k) {
			continue
		}
		f := after(k, stage.KindFetch, "http")
		f.URL = "http://" + k.Check.Endpoint.Address() + "/"
		if k.Check.Endpoint.Security == stage.TLS && k.Encrypted() {
			f.URL = "https://" + k.Check.Endpoint.Address() + "/"
		}
		checks = append(checks, f)
	}
	return checks
}

// answersHTTP reports whether the server answered a mail command with HTTP.
func answersHTTP(k *chart.Exam) bool {
	if k.Fault(stage.Handshake) != "" {
		return chart.Spoken(k.TLS.FirstBytes) == "http"
	}
	return k.Fault(stage.Greeting) != "" && chart.Spoken(k.Greet.FirstBytes) == "http"
}

func answerHTTP(c *stage.CheckRecord) Answer {
	f := chart.OrEmpty(stage.FactsOf[*stage.FetchFacts](c))
	if f.Status != 0 {
		return found(say.AnswerHTTPAnswers(prose.Figure(f.Status), cut(f.Location)))
	}
	return found(say.AnswerHTTPNoPage())
}
