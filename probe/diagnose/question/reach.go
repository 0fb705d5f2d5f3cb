package question

import (
	"fmt"
	"slices"
	"strconv"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// reachInquiries are about connections that nobody took.
var reachInquiries = []inquiry{
	{
		id:    stage.AskWeb,
		raise: raiseWeb,
		ask: func(c stage.Check) string {
			return fmt.Sprintf("Does %s answer at port %d, as web servers do?", c.Endpoint.Host, chart.WebPort)
		},
		answer: answerDoor,
	},
	{
		id:    stage.AskOtherProvider,
		raise: raiseOtherProvider,
		ask: func(c stage.Check) string {
			return fmt.Sprintf("Does another provider, %s, take connections at port %d?", c.Endpoint.Host, c.Endpoint.Port)
		},
		answer: answerDoor,
	},
	{id: stage.AskSibling, raise: raiseSibling, ask: askSibling, answer: answerSibling},
}

// A run of hundreds of endpoints that all fail is not to spend all its questions
// on the first topic.
const (
	maxSiblingsAsked = 12 // checks, also for other providers
	maxWebAsked      = 24 // hosts
	maxOtherPorts    = 4
)

// leftOut are the faults of a connection that say all there is to know about
// other ports too: this machine has no way there.
var leftOut = []stage.Fault{stage.NetworkUnreachable}

// raiseWeb asks of each host that took no connection whether it is there at all.
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

// raiseOtherProvider asks whether mail ports of others take connections from here,
// where none of the run does, or none for sending: the same ports and, where
// nothing connects at all, 993, which every one has.
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

// otherProviders dials one port of every stranger that stands for the others.
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

// sends reports whether any port for sending took a connection.
func sends(c *chart.Case) bool {
	return slices.ContainsFunc(c.Checks, func(k *chart.Exam) bool {
		return k.Check.Endpoint.Protocol == stage.SMTP && k.Passed(stage.Connect)
	})
}

// raiseSibling asks whether another port of the same host works where one doesn't:
// those of the same protocol all the way through and, where nothing of the run
// connects, those of the other protocols up to the connection. A host that no
// provider's settings name may be one for mail from other servers alone.
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
				word = "spare-" // behind the usual ones, also where checks stand by their ids
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

// stuckBeforeLogin reports whether a check came to nothing on the way to the
// login, at its port and not at its name.
func stuckBeforeLogin(k *chart.Exam) bool {
	if r := k.Result(stage.Upgrade); r != nil && r.Status == stage.Warn && r.Fault == stage.NotOffered {
		return true
	}
	f := k.Failed()
	if f == nil || f.Fault == stage.InternalProblem || f.Stage == stage.Connect && slices.Contains(leftOut, f.Fault) {
		return false
	}
	return slices.Contains([]stage.Stage{stage.Connect, stage.Handshake, stage.Greeting, stage.Upgrade}, f.Stage)
}

func askSibling(c stage.Check) string {
	e := c.Endpoint
	if c.Kind == stage.KindGreeting {
		return fmt.Sprintf("Does port %d of %s, for mail from other servers, answer?", e.Port, e.Host)
	}
	if c.Kind == stage.KindConnect {
		return fmt.Sprintf("Does port %d of %s, for %s, take connections?", e.Port, e.Host, chart.ProtocolName(e.Protocol))
	}
	return fmt.Sprintf("Does port %d of %s work, %s?", e.Port, e.Host, chart.Encryption(e.Security))
}

// answerDoor says how a port took the connection.
func answerDoor(c *stage.CheckRecord) string {
	d := chart.DoorOf(c)
	if d == nil {
		return answerAny(c)
	}
	switch d.State {
	case chart.PortOpen:
		return "Yes: it took the connection after " + chart.Duration(stage.Ms(d.Time)) + "."
	case chart.PortRefused:
		return "No: the connection was refused after " + chart.Duration(stage.Ms(d.Time)) + "."
	}
	return "No: " + chart.Short(stage.Visible(chart.DescribeAttempts(chart.OrEmpty(stage.FactsOf[*stage.ConnectFacts](c))))) + "."
}

func answerSibling(c *stage.CheckRecord) string {
	if d := chart.DoorOf(c); d == nil || d.State != chart.PortOpen || c.Check.Kind == stage.KindConnect {
		return answerDoor(c)
	}
	k := chart.NewExam(c, 0, nil)
	if f := c.Failed(); f != nil {
		return "No: it takes connections, and then " + chart.Short(chart.Describe(k, f)) + "."
	}
	if k.Passed(stage.Login) {
		return "Yes: it works, and took the login."
	}
	if c.Check.Kind == stage.KindGreeting {
		return "Yes: it greets with " + chart.Short(k.Greet.Text()) + "."
	}
	return "Yes: it works as far as was tried."
}
