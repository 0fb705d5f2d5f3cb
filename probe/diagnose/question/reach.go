package question

import (
	"slices"
	"strconv"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// reachInquiries are about connections that were not accepted.
var reachInquiries = []inquiry{
	{
		id:     stage.AskWeb,
		topic:  say.TopicWeb(),
		raise:  raiseWeb,
		ask:    func(c stage.Check) prose.Value { return say.AskWeb(hostOf(c), portOf(c)) },
		answer: answerDoor,
	},
	{
		id:     stage.AskOtherProvider,
		topic:  say.TopicOtherProvider(),
		raise:  raiseOtherProvider,
		ask:    func(c stage.Check) prose.Value { return say.AskOtherProvider(hostOf(c), portOf(c)) },
		answer: answerDoor,
	},
	{id: stage.AskSibling, topic: say.TopicSibling(), raise: raiseSibling, ask: askSibling, answer: answerSibling},
}

// If hundreds of endpoints all fail, the first topic must not use up all questions.
const (
	maxSiblingsAsked = 12 // checks, also for other providers
	maxWebAsked      = 24 // hosts
	maxOtherPorts    = 4
)

// leftOut are the faults of a connection that apply to other ports too: this machine
// has no route there.
var leftOut = []stage.Fault{stage.NetworkUnreachable}

// raiseWeb asks of each host that accepted no connection whether it is up at all.
func raiseWeb(c *chart.Case) []stage.Check {
	var checks []stage.Check
	hosts := make(map[string]bool)
	for _, k := range c.Checks {
		if !k.NoConnectionAt() || !hosts[k.Host()] && len(hosts) == maxWebAsked || k.Check.Endpoint.Port == chart.WebPort {
			continue
		}
		hosts[k.Host()] = true
		f := after(k, stage.KindConnect, "web")
		f.Endpoint = stage.Endpoint{Host: k.Check.Endpoint.Host, Port: chart.WebPort, Security: stage.TLS}
		checks = append(checks, f)
	}
	return checks
}

// raiseOtherProvider asks whether other providers' mail ports accept connections
// from here, if none of the run's does, or none for sending. It tries the same ports
// and, if nothing connects at all, 993, which every provider has.
func raiseOtherProvider(c *chart.Case) []stage.Check {
	var checks []stage.Check
	ports := make(map[uint16]bool)
	sends, asked := sends(c), 0
	for _, k := range c.Checks {
		none := len(c.Connected) == 0 || k.Check.Endpoint.Protocol == stage.SMTP && !sends
		if !none || !k.NoConnectionAt() || asked == maxSiblingsAsked {
			continue
		}
		asked++
		wanted := []uint16{k.Check.Endpoint.Port}
		if len(c.Connected) == 0 {
			wanted = append(wanted, 993)
		}
		for _, p := range wanted {
			i := slices.IndexFunc(chart.UsualPorts, func(e stage.Endpoint) bool { return e.Port == p })
			if i < 0 || !ports[p] && len(ports) == maxOtherPorts {
				continue
			}
			ports[p] = true
			checks = append(checks, otherProviders(c, k, chart.UsualPorts[i])...)
		}
	}
	return checks
}

// otherProviders dials one port of every provider that serves for comparison.
func otherProviders(c *chart.Case, k *chart.Exam, e stage.Endpoint) []stage.Check {
	var checks []stage.Check
	for _, host := range c.Controls().Hosts {
		if c.Examines(host) {
			continue
		}
		f := after(k, stage.KindConnect, "other-"+host+"-"+strconv.Itoa(int(e.Port)))
		f.Endpoint, f.User, f.Public = chart.At(e, host), "", false
		checks = append(checks, f)
	}
	return checks
}

// sends reports whether any port for sending accepted a connection.
func sends(c *chart.Case) bool {
	return slices.ContainsFunc(c.Checks, func(k *chart.Exam) bool {
		return k.Check.Endpoint.Protocol == stage.SMTP && k.Passed(stage.Connect)
	})
}

// raiseSibling asks whether another port of the same host works if one doesn't.
// Ports of the same protocol are checked to the end. If nothing of the run connects,
// ports of the other protocols are checked up to the connection. A host that is in
// no provider's settings may be one for mail from other servers only.
func raiseSibling(c *chart.Case) []stage.Check {
	var checks []stage.Check
	asked := 0
	for _, k := range c.Checks {
		if !stuckBeforeLogin(k) || asked == maxSiblingsAsked {
			continue
		}
		asked++
		for _, e := range k.Siblings() {
			if c.PlannedPort(k, e.Port) {
				continue
			}
			word := "port-"
			if e.Port == chart.SparePort {
				word = "spare-" // after the usual ones, also if checks are in the order of their ids
			}
			f := after(k, stage.KindEndpoint, word+strconv.Itoa(int(e.Port)))
			f.Endpoint = e
			checks = append(checks, f)
		}
		if k.NoConnectionAt() && c.Connected[k.Host()] == nil && !k.OfProfile() && !c.PlannedPort(k, chart.ExchangePort) {
			f := after(k, stage.KindGreeting, "port-25")
			f.Endpoint = stage.Endpoint{Protocol: stage.SMTP, Host: k.Check.Endpoint.Host, Port: chart.ExchangePort, Security: stage.StartTLSIfOffered}
			checks = append(checks, f)
		}
		if !k.NoConnectionAt() || len(c.Connected) > 0 {
			continue
		}
		for _, e := range chart.UsualPorts {
			if c.PlannedProtocol(k, e.Protocol) || e.Port == chart.ExchangePort || c.PlannedPort(k, e.Port) {
				continue
			}
			f := after(k, stage.KindConnect, "port-"+strconv.Itoa(int(e.Port)))
			f.Endpoint = chart.At(e, k.Check.Endpoint.Host)
			checks = append(checks, f)
		}
	}
	return checks
}

// stuckBeforeLogin reports whether a check failed before the login because of its
// port and not because of its name.
func stuckBeforeLogin(k *chart.Exam) bool {
	if r := k.Result(stage.Upgrade); r != nil && r.Status == stage.Warn && r.Fault == stage.NotOffered {
		return true
	}
	f := k.Failed()
	if k.Fault(stage.Login) == stage.NoMechanism && len(k.Caps.Mechanisms) == 0 && k.Check.Endpoint.Protocol == stage.SMTP || k.BareOfLogins() {
		return !forServers(k) // customers log in at another one
	}
	if f == nil || f.Fault == stage.InternalProblem || f.Stage == stage.Connect && slices.Contains(leftOut, f.Fault) {
		return false
	}
	return slices.Contains([]stage.Stage{stage.Connect, stage.Handshake, stage.Greeting, stage.Upgrade}, f.Stage)
}

// forServers reports whether a check is of a domain's server for incoming mail,
// judging by its name or greeting. Such a server has no other ports, and no logins.
func forServers(k *chart.Exam) bool {
	return k.Check.Endpoint.Port == chart.ExchangePort && (k.Inbound() != "" || k.ExchangerName())
}

func askSibling(c stage.Check) prose.Value {
	place := placeOf(c)
	switch c.Kind {
	case stage.KindGreeting:
		return say.AskSiblingExchange(place)
	case stage.KindConnect:
		return say.AskSiblingOpen(place, prose.Data(chart.ProtocolName(c.Endpoint.Protocol)))
	}
	switch c.Endpoint.Security {
	case stage.TLS:
		return say.AskSiblingTLS(place)
	case stage.StartTLS, stage.StartTLSIfOffered:
		return say.AskSiblingStartTLS(place)
	}
	return say.AskSiblingPlain(place)
}

// answerDoor says how a port responded to the connection attempt.
func answerDoor(c *stage.CheckRecord) Answer {
	d := chart.DoorOf(c)
	if d == nil {
		return notAnswered(c)
	}
	switch d.State {
	case chart.PortOpen:
		return found(say.AnswerDoorOpen(prose.Duration(stage.Ms(d.Time))))
	case chart.PortRefused:
		return found(say.AnswerDoorRefused(prose.Duration(stage.Ms(d.Time))))
	}
	return found(say.AnswerDoorShut(attempts(c)))
}

// attempts says how each address responded to the connection attempt; if there was
// none, why.
func attempts(c *stage.CheckRecord) prose.Value {
	if f := stage.FactsOf[*stage.ConnectFacts](c); f != nil && len(f.Attempts) > 0 {
		return chart.ShowsAttempts(f)
	}
	return failure(c)
}

func answerSibling(c *stage.CheckRecord) Answer {
	if d := chart.DoorOf(c); d == nil || d.State != chart.PortOpen || c.Check.Kind == stage.KindConnect {
		return answerDoor(c)
	}
	k := chart.NewExam(c, 0, nil)
	switch {
	case c.Failed() != nil:
		return found(say.AnswerSiblingThen(failure(c)))
	case k.Passed(stage.Login):
		return found(say.AnswerSiblingLogin())
	case c.Check.Kind != stage.KindGreeting:
		return found(say.AnswerSiblingWorks())
	case k.Greet.Text() == "":
		return notAnswered(c)
	}
	return found(say.AnswerSiblingGreets(cut(k.Greet.Text())))
}
