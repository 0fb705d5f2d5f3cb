package question

import (
	"slices"
	"strconv"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// openingInquiries are about who speaks first at a port, and in what.
var openingInquiries = []inquiry{
	{
		id:     stage.AskPortSpeaksTLS,
		raise:  raisePortSpeaksTLS,
		ask:    func(c stage.Check) string { return "Does " + portOf(c) + " speak TLS from the first byte?" },
		answer: answerTLS,
	},
	{
		id:     stage.AskPortSpeaksPlain,
		raise:  raisePortSpeaksPlain,
		ask:    func(c stage.Check) string { return "What does " + portOf(c) + " do while nothing is said to it?" },
		answer: answerPlainly,
	},
	{
		id:    stage.AskStartTLSHere,
		raise: raiseStartTLSHere,
		ask: func(c stage.Check) string {
			return "Does " + portOf(c) + " work when it begins in clear text and goes on with STARTTLS?"
		},
		answer: answerStartTLSHere,
	},
	{
		id:     stage.AskHTTP,
		raise:  raiseHTTP,
		ask:    func(c stage.Check) string { return "Does " + portOf(c) + " answer like a web server?" },
		answer: answerHTTP,
	},
}

// raisePortSpeaksTLS asks of each port that stays silent in clear text whether it
// waits for TLS. It goes as far as it can: what passes are settings that work.
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

func answerTLS(c *stage.CheckRecord) string {
	switch chart.SpeaksTLS(c) {
	case chart.Yes:
		return "Yes, it answers when TLS begins at once."
	case chart.No:
		if first := chart.Provoked(c); first != "" {
			return "No, it answers in clear text: " + chart.Short(first) + "."
		}
		return "No, it gives no answer to TLS either."
	}
	return answerAny(c)
}

// raisePortSpeaksPlain looks what a port for TLS does while nothing is said to it,
// where it broke the handshake off: whether it was our ClientHello that it disliked.
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

func answerPlainly(c *stage.CheckRecord) string {
	r := c.Result(stage.Greeting)
	if r == nil || r.Status == stage.Skip {
		return answerAny(c)
	}
	first := ""
	if g := stage.FactsOf[*stage.GreetingFacts](c); g != nil {
		if first = g.FirstBytes; first == "" {
			first = g.Text()
		}
	}
	switch {
	case first != "":
		return "It speaks in clear text: " + chart.Short(chart.FirstLine(first)) + "."
	case r.Fault == stage.Closed || r.Fault == stage.Reset:
		return "It ends the connection after " + chart.Duration(r.Time) + "."
	case r.Fault == stage.Silent:
		return "It waits, as a port for TLS does."
	}
	return answerAny(c)
}

// raiseStartTLSHere tries STARTTLS at a port for TLS that turned out to begin in
// clear text: at once where it answered the ClientHello so, else in round two.
func raiseStartTLSHere(c *chart.Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		e := k.Check.Endpoint
		if e.Security != stage.TLS {
			continue
		}
		f := after(k, stage.KindEndpoint, "starttls")
		f.Endpoint.Security = stage.StartTLS
		own := string(e.Protocol)
		switch {
		case k.Fault(stage.Handshake) == stage.PlaintextAnswer && chart.Spoken(k.TLS.FirstBytes) == own:
		case chart.Spoken(c.Unprompted(k).First) == own:
			f.Round = 2
		default:
			continue
		}
		if !c.Planned(f.Endpoint) {
			checks = append(checks, f)
		}
	}
	return checks
}

func answerStartTLSHere(c *stage.CheckRecord) string {
	switch chart.Went(c, stage.Handshake) {
	case chart.Yes:
		return "Yes, encryption begins with STARTTLS."
	case chart.No:
		return "No: " + shortFailure(c) + "."
	}
	return answerAny(c)
}

// raiseHTTP asks for a web page where a port stays silent, as a web server does, or
// has answered like one. Where the handshake went well, the question goes under TLS.
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

// answersHTTP reports whether the answer to what a mail program says was HTTP.
func answersHTTP(k *chart.Exam) bool {
	if k.Fault(stage.Handshake) != "" {
		return chart.Spoken(k.TLS.FirstBytes) == "http"
	}
	return k.Fault(stage.Greeting) != "" && chart.Spoken(k.Greet.FirstBytes) == "http"
}

func answerHTTP(c *stage.CheckRecord) string {
	f := chart.OrEmpty(stage.FactsOf[*stage.FetchFacts](c))
	switch {
	case f.Status != 0 && f.Location != "":
		return "Yes: " + "HTTP status " + strconv.Itoa(f.Status) + ", which leads to " + chart.Short(f.Location) + "."
	case f.Status != 0:
		return "Yes: " + "HTTP status " + strconv.Itoa(f.Status) + "."
	}
	return "No, no web page comes from there."
}
