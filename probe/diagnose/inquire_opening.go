package diagnose

import (
	"slices"
	"strconv"
	"strings"
	"time"

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
func raisePortSpeaksTLS(c *Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		if k.Check.Endpoint.Security == stage.TLS || k.fault(stage.Greeting) != stage.Silent {
			continue
		}
		f := k.after(stage.KindEndpoint, "tls")
		f.Endpoint.Security = stage.TLS
		if !c.planned(f.Endpoint) {
			checks = append(checks, f)
		}
	}
	return checks
}

// planned reports whether the plan itself has an endpoint.
func (c *Case) planned(e stage.Endpoint) bool {
	return slices.ContainsFunc(c.Checks, func(k *Check) bool {
		o := k.Check.Endpoint
		return o.Protocol == e.Protocol && o.Port == e.Port && o.Security == e.Security && strings.EqualFold(o.Host, e.Host)
	})
}

// speaksTLSOf finds what tells whether a silent port speaks TLS: the follow-up, or
// the check of the plan that tries just that.
func (c *Case) speaksTLSOf(k *Check) *stage.CheckRecord {
	if f := c.followUp(k, stage.AskPortSpeaksTLS); f != nil {
		return f
	}
	for _, o := range c.Checks {
		e := k.Check.Endpoint
		if e.Security = stage.TLS; o != k && o.Check.Endpoint == e {
			return o.CheckRecord
		}
	}
	return nil
}

func answerTLS(c *stage.CheckRecord) string {
	switch speaksTLS(c) {
	case yes:
		return "Yes, it answers when TLS begins at once."
	case no:
		if first := provoked(c); first != "" {
			return "No, it answers in clear text: " + short(first) + "."
		}
		return "No, it gives no answer to TLS either."
	}
	return answerAny(c)
}

// raisePortSpeaksPlain looks what a port for TLS does while nothing is said to it,
// where it broke the handshake off: whether it was our ClientHello that it disliked.
func raisePortSpeaksPlain(c *Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		if k.Check.Endpoint.Security != stage.TLS || !slices.Contains(brokenOff, k.fault(stage.Handshake)) {
			continue
		}
		f := k.after(stage.KindGreeting, "clear")
		f.Endpoint.Security = stage.None
		f.Manner.Address = ipOf(k.connect.Address)
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
		return "It speaks in clear text: " + short(FirstLine(first)) + "."
	case r.Fault == stage.Closed || r.Fault == stage.Reset:
		return "It ends the connection after " + duration(r.Time) + "."
	case r.Fault == stage.Silent:
		return "It waits, as a port for TLS does."
	}
	return answerAny(c)
}

// raiseStartTLSHere tries STARTTLS at a port for TLS that turned out to begin in
// clear text: at once where it answered the ClientHello so, else in round two.
func raiseStartTLSHere(c *Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		e := k.Check.Endpoint
		if e.Security != stage.TLS {
			continue
		}
		f := k.after(stage.KindEndpoint, "starttls")
		f.Endpoint.Security = stage.StartTLS
		own := string(e.Protocol)
		switch {
		case k.fault(stage.Handshake) == stage.PlaintextAnswer && spoken(k.tls.FirstBytes) == own:
		case spoken(c.unprompted(k).first) == own:
			f.Round = 2
		default:
			continue
		}
		if !c.planned(f.Endpoint) {
			checks = append(checks, f)
		}
	}
	return checks
}

func answerStartTLSHere(c *stage.CheckRecord) string {
	switch went(c, stage.Handshake) {
	case yes:
		return "Yes, encryption begins with STARTTLS."
	case no:
		return "No: " + shortFailure(c) + "."
	}
	return answerAny(c)
}

// longMute is how long a port was silent that then ended the connection, in the
// manner of servers that wait for the client to speak first.
const longMute = 5 * time.Second

// mute reports whether no first line came, up to the end of our patience or, after
// a while, of the other side's.
func (k *Check) mute() bool {
	switch k.fault(stage.Greeting) {
	case stage.Silent:
		return true
	case stage.Closed, stage.Reset:
		return k.waited() && k.greet.FirstBytes == "" && len(k.greet.Lines) == 0
	}
	return false
}

// waited reports whether the first line was waited for as long as people notice.
func (k *Check) waited() bool {
	r := k.Result(stage.Greeting)
	return r != nil && r.Time.Duration() >= longMute
}

// raiseHTTP asks for a web page where a port stays silent, as a web server does, or
// has answered like one. Where the handshake went well, the question goes under TLS.
func raiseHTTP(c *Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		if !k.mute() && !k.answersHTTP() {
			continue
		}
		f := k.after(stage.KindFetch, "http")
		f.URL = "http://" + k.Check.Endpoint.Address() + "/"
		if k.Check.Endpoint.Security == stage.TLS && k.encrypted() {
			f.URL = "https://" + k.Check.Endpoint.Address() + "/"
		}
		checks = append(checks, f)
	}
	return checks
}

// answersHTTP reports whether the answer to what a mail program says was HTTP.
func (k *Check) answersHTTP() bool {
	if k.fault(stage.Handshake) != "" {
		return spoken(k.tls.FirstBytes) == "http"
	}
	return k.fault(stage.Greeting) != "" && spoken(k.greet.FirstBytes) == "http"
}

func answerHTTP(c *stage.CheckRecord) string {
	f := orEmpty(stage.FactsOf[*stage.FetchFacts](c))
	switch {
	case f.Status != 0 && f.Location != "":
		return "Yes: " + "HTTP status " + strconv.Itoa(f.Status) + ", which leads to " + short(f.Location) + "."
	case f.Status != 0:
		return "Yes: " + "HTTP status " + strconv.Itoa(f.Status) + "."
	}
	return "No, no web page comes from there."
}
