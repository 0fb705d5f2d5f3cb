package diagnose

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/stage"
)

// reachInquiries are about connections that nobody took.
var reachInquiries = []inquiry{
	{
		id:    stage.AskWeb,
		raise: raiseWeb,
		ask: func(c stage.Check) string {
			return fmt.Sprintf("Does %s answer at port %d, as web servers do?", c.Endpoint.Host, webPort)
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

// usualPorts are where mail servers are expected (RFC 8314 3, RFC 3501, RFC 1939,
// RFC 6409).
var usualPorts = []stage.Endpoint{
	{Protocol: stage.IMAP, Port: 993, Security: stage.TLS},
	{Protocol: stage.IMAP, Port: 143, Security: stage.StartTLS},
	{Protocol: stage.POP3, Port: 995, Security: stage.TLS},
	{Protocol: stage.POP3, Port: 110, Security: stage.StartTLS},
	{Protocol: stage.SMTP, Port: 465, Security: stage.TLS},
	{Protocol: stage.SMTP, Port: 587, Security: stage.StartTLS},
	{Protocol: stage.SMTP, Port: 25, Security: stage.StartTLSIfOffered},
}

// at puts a usual port on a host.
func at(e stage.Endpoint, host string) stage.Endpoint {
	e.Host = host
	return e
}

// leftOut are the faults of a connection that say all there is to know about
// other ports too: this machine has no way there.
var leftOut = []stage.Fault{stage.NetworkUnreachable}

// noConnectionAt reports whether nobody took the check's connection, and asking
// further has a point.
func (k *Check) noConnectionAt() bool {
	f := k.fault(stage.Connect)
	return f != "" && f != stage.InternalProblem
}

// raiseWeb asks of each host that took no connection whether it is there at all.
func raiseWeb(c *Case) []stage.Check {
	var checks []stage.Check
	hosts := make(map[string]bool)
	for _, k := range c.Checks {
		if !k.noConnectionAt() || !hosts[k.host()] && len(hosts) == maxWebAsked || k.Check.Endpoint.Port == webPort {
			continue
		}
		hosts[k.host()] = true
		f := k.after(stage.KindConnect, "web")
		f.Endpoint = stage.Endpoint{Host: k.Check.Endpoint.Host, Port: webPort, Security: stage.TLS}
		checks = append(checks, f)
	}
	return checks
}

// raiseOtherProvider asks whether mail ports of others take connections from here,
// where none of the run does, or none for sending: the same ports and, where
// nothing connects at all, 993, which every one has.
func raiseOtherProvider(c *Case) []stage.Check {
	var checks []stage.Check
	ports := make(map[uint16]bool)
	sends, asked := c.sends(), 0
	for _, k := range c.Checks {
		none := len(c.connected) == 0 || k.Check.Endpoint.Protocol == stage.SMTP && !sends
		if !none || !k.noConnectionAt() || asked == maxSiblingsAsked {
			continue
		}
		asked++
		wanted := []uint16{k.Check.Endpoint.Port}
		if len(c.connected) == 0 {
			wanted = append(wanted, 993)
		}
		for _, p := range wanted {
			i := slices.IndexFunc(usualPorts, func(e stage.Endpoint) bool { return e.Port == p })
			if i < 0 || !ports[p] && len(ports) == maxOtherPorts {
				continue
			}
			ports[p] = true
			checks = append(checks, c.otherProviders(k, usualPorts[i])...)
		}
	}
	return checks
}

// otherProviders dials one port of every stranger that stands for the others.
func (c *Case) otherProviders(k *Check, e stage.Endpoint) []stage.Check {
	var checks []stage.Check
	for _, host := range c.controls().Hosts {
		if c.examines(host) {
			continue
		}
		f := k.after(stage.KindConnect, "other-"+host+"-"+strconv.Itoa(int(e.Port)))
		f.Endpoint, f.User, f.Public = at(e, host), "", false
		checks = append(checks, f)
	}
	return checks
}

// examines reports whether a host is one of the plan's.
func (c *Case) examines(host string) bool {
	return slices.ContainsFunc(c.Checks, func(k *Check) bool { return k.host() == strings.ToLower(host) })
}

// sends reports whether any port for sending took a connection.
func (c *Case) sends() bool {
	return slices.ContainsFunc(c.Checks, func(k *Check) bool {
		return k.Check.Endpoint.Protocol == stage.SMTP && k.passed(stage.Connect)
	})
}

// raiseSibling asks whether another port of the same host works where one doesn't:
// those of the same protocol all the way through and, where nothing of the run
// connects, those of the other protocols up to the connection. A host that no
// provider's settings name may be one for mail from other servers alone.
func raiseSibling(c *Case) []stage.Check {
	var checks []stage.Check
	asked := 0
	for _, k := range c.Checks {
		if !k.stuckBeforeLogin() || asked == maxSiblingsAsked {
			continue
		}
		asked++
		for _, e := range k.siblings() {
			if c.plannedPort(k, e.Port) {
				continue
			}
			word := "port-"
			if e.Port == sparePort {
				word = "spare-" // behind the usual ones, also where checks stand by their ids
			}
			f := k.after(stage.KindEndpoint, word+strconv.Itoa(int(e.Port)))
			f.Endpoint = e
			checks = append(checks, f)
		}
		if k.noConnectionAt() && c.connected[k.host()] == nil && !k.ofProfile() && !c.plannedPort(k, exchangePort) {
			f := k.after(stage.KindGreeting, "port-25")
			f.Endpoint = stage.Endpoint{Protocol: stage.SMTP, Host: k.Check.Endpoint.Host, Port: exchangePort, Security: stage.StartTLSIfOffered}
			checks = append(checks, f)
		}
		if !k.noConnectionAt() || len(c.connected) > 0 {
			continue
		}
		for _, e := range usualPorts {
			if c.speaksHere(k, e.Protocol) || e.Port == exchangePort || c.plannedPort(k, e.Port) {
				continue
			}
			f := k.after(stage.KindConnect, "port-"+strconv.Itoa(int(e.Port)))
			f.Endpoint = at(e, k.Check.Endpoint.Host)
			checks = append(checks, f)
		}
	}
	return checks
}

// stuckBeforeLogin reports whether a check came to nothing on the way to the
// login, at its port and not at its name.
func (k *Check) stuckBeforeLogin() bool {
	if r := k.Result(stage.Upgrade); r != nil && r.Status == stage.Warn && r.Fault == stage.NotOffered {
		return true
	}
	f := k.Failed()
	if f == nil || f.Fault == stage.InternalProblem || f.Stage == stage.Connect && slices.Contains(leftOut, f.Fault) {
		return false
	}
	return slices.Contains([]stage.Stage{stage.Connect, stage.Handshake, stage.Greeting, stage.Upgrade}, f.Stage)
}

// siblings are the usual ports of the check's protocol on its host and, for sending
// where a usual one takes no connection, the spare one.
func (k *Check) siblings() []stage.Endpoint {
	own := k.Check.Endpoint
	var all []stage.Endpoint
	for _, e := range usualPorts {
		if e.Protocol == own.Protocol && e.Port != 25 {
			all = append(all, at(e, own.Host))
		}
	}
	if own.Protocol == stage.SMTP && k.noConnectionAt() && slices.Contains([]uint16{25, 465, 587}, own.Port) {
		all = append(all, stage.Endpoint{Protocol: stage.SMTP, Host: own.Host, Port: sparePort, Security: stage.StartTLS})
	}
	return all
}

// plannedPort reports whether the plan has a port of the check's host already.
func (c *Case) plannedPort(k *Check, port uint16) bool {
	return slices.ContainsFunc(c.Checks, func(o *Check) bool { return o.host() == k.host() && o.Check.Endpoint.Port == port })
}

// speaksHere reports whether the plan has a check of a protocol at the same host,
// which asks for the ports of that protocol itself.
func (c *Case) speaksHere(k *Check, p stage.Protocol) bool {
	return slices.ContainsFunc(c.Checks, func(o *Check) bool { return o.host() == k.host() && o.Check.Endpoint.Protocol == p })
}

func askSibling(c stage.Check) string {
	e := c.Endpoint
	if c.Kind == stage.KindGreeting {
		return fmt.Sprintf("Does port %d of %s, for mail from other servers, answer?", e.Port, e.Host)
	}
	if c.Kind == stage.KindConnect {
		return fmt.Sprintf("Does port %d of %s, for %s, take connections?", e.Port, e.Host, protocolName(e.Protocol))
	}
	return fmt.Sprintf("Does port %d of %s work, %s?", e.Port, e.Host, encryption(e.Security))
}

// encryption says how a connection is secured, as mail programs call it.
func encryption(s stage.Security) string {
	switch s {
	case stage.TLS:
		return "with SSL/TLS"
	case stage.StartTLS, stage.StartTLSIfOffered:
		return "with STARTTLS"
	}
	return "without encryption"
}

// answerDoor says how a port took the connection.
func answerDoor(c *stage.CheckRecord) string {
	d := doorOf(c)
	if d == nil {
		return answerAny(c)
	}
	switch d.state {
	case doorOpen:
		return "Yes: it took the connection after " + duration(stage.Ms(d.time)) + "."
	case doorRefused:
		return "No: the connection was refused after " + duration(stage.Ms(d.time)) + "."
	}
	return "No: " + short(stage.Visible(describeAttempts(orEmpty(stage.FactsOf[*stage.ConnectFacts](c))))) + "."
}

func answerSibling(c *stage.CheckRecord) string {
	if d := doorOf(c); d == nil || d.state != doorOpen || c.Check.Kind == stage.KindConnect {
		return answerDoor(c)
	}
	k := newCheck(c, 0, nil)
	if f := c.Failed(); f != nil {
		return "No: it takes connections, and then " + short(describe(k, f)) + "."
	}
	if k.passed(stage.Login) {
		return "Yes: it works, and took the login."
	}
	if c.Check.Kind == stage.KindGreeting {
		return "Yes: it greets with " + short(k.greet.Text()) + "."
	}
	return "Yes: it works as far as was tried."
}
