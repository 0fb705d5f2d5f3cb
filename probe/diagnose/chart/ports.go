package chart

import (
	"slices"
	"strings"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// WebPort is the port that nearly every network lets through, and that tells a
// host that is gone from one of which mail alone is out of reach.
const WebPort = 443

// SparePort is where many servers take mail for sending besides the usual ports,
// which networks that close those tend to forget.
const SparePort = 2525

// ExchangePort is where servers take mail from other servers (RFC 5321 4.5.4.2).
const ExchangePort = 25

// doorState is how a port took a connection.
type doorState int

const (
	PortOpen    doorState = iota + 1
	PortRefused           // somebody said no: the host, or a filter in its name
	PortSilent            // no answer, or word that the way is closed
)

// Port is a port that was dialled, by the plan or by a follow-up.
type Port struct {
	host      string
	Port      uint16
	Protocol  stage.Protocol // empty: the web
	State     doorState
	Time      time.Duration // the longest of its attempts
	Trip      time.Duration // of a connection: the kernel's figure or, without one, time
	addresses []string
	Place     Place
	followUp  bool
	rejected  bool // the host said no by an ICMP message: a firewall's word, not that of a port where nobody listens
}

// mail reports whether mail is expected there.
func (d *Port) mail() bool { return d.Protocol != "" && d.Port != WebPort }

// aside reports whether the port tells that the host is there, and nothing of the
// ports that mail programs use: networks treat it in its own way.
func (d *Port) aside() bool { return d.Port == SparePort || d.Port == ExchangePort && d.followUp }

// ports are all ports that a run dialled, and what those of strangers came to.
type ports struct {
	by        map[string][]*Port // by host, and by address
	opened    []*Port            // mail ports that took a connection
	few       map[string][]*Port // of opened, by choice
	strangers []*Port            // of other providers
	WebDead   bool               // a host of the run takes no connection at 443
	Alive     bool               // a host of the run takes one, there or at a mail port that a follow-up found
	Portal    *stage.CheckRecord // the page that is known to be empty; nil where it wasn't fetched
	Proxies   []*stage.CheckRecord
}

// DoorOf says how a check's port took the connection; nil where that isn't known.
func DoorOf(k *stage.CheckRecord) *Port {
	e := k.Check.Endpoint
	d := &Port{host: strings.ToLower(e.Host), Port: e.Port, Protocol: e.Protocol, followUp: k.Check.FollowUp()}
	d.Place = placeOf(k.Check)
	r := k.Result(stage.Connect)
	if r == nil {
		return nil
	}
	facts := OrEmpty(stage.FactsOf[*stage.ConnectFacts](k))
	attempts := facts.Attempts
	who, _ := rejectedBy(attempts)
	switch {
	case r.Status == stage.Pass, r.Status == stage.Warn:
		d.State = PortOpen
	case r.Status != stage.Fail:
		return nil
	case who == OnTheWay:
		d.State = PortSilent
	case who == TheHost:
		d.State, d.rejected = PortRefused, true
	case r.Fault == stage.Refused, r.Fault == stage.Reset:
		d.State = PortRefused
	case slices.Contains(Unanswered, r.Fault):
		d.State = PortSilent
	default:
		return nil
	}
	for _, a := range attempts {
		if d.State == PortOpen && a.Outcome != stage.DialConnected {
			continue
		}
		d.Time = max(d.Time, a.Time.Duration())
		if ip := IPOf(a.Address); ip != "" {
			d.addresses = AppendNew(d.addresses, ip)
		}
	}
	if d.Trip = d.Time; facts.RoundTrip != nil {
		d.Trip = facts.RoundTrip.Duration()
	}
	return d
}

// Neighbours is what the other ports of a check's host came to, and its own.
type Neighbours struct {
	asked   bool          // follow-ups looked round
	Open    []Place       // mail ports that took a connection
	SaidNo  []Place       // mail ports that refused it
	Refused int           // how many those are
	Silent  int           // mail ports that gave no answer
	Slowest time.Duration // of those that refused
	Web     *Port         // port 443; nil where it wasn't dialled, or nothing came of that
	spare   *Port         // port 2525 likewise
	Mx      *Port         // port 25, where a follow-up dialled it

	hood *hood // all of them, if that is this

	Rejected int // mail ports of which the host said by an ICMP message that they are shut
}

// add takes in a port. The check's own counts only while it is shut: one that
// takes another connection later was no closed door.
func (a *Neighbours) add(d *Port, own uint16) {
	a.asked = a.asked || d.followUp
	switch {
	case d.Port == WebPort:
		if a.Web == nil || d.State < a.Web.State {
			a.Web = d
		}
	case !d.mail():
	case d.aside():
		if d.Port == ExchangePort {
			a.Mx = d
		} else if own != SparePort && (a.spare == nil || d.State < a.spare.State) {
			a.spare = d
		}
	case d.State == PortOpen:
		if d.Port == ExchangePort {
			a.Mx = d
		}
		if d.Port != own {
			a.Open = append(a.Open, d.Place)
		}
	case d.State == PortRefused:
		a.Refused++
		a.Rejected += Truth(d.rejected)
		a.SaidNo = append(a.SaidNo, d.Place)
		a.Slowest = max(a.Slowest, d.Time)
	default:
		a.Silent++
	}
}

// Which chooses among ports.
type Which struct {
	name string
	of   func(*Port) bool
}

// Choices among the ports of other hosts.
var (
	AnyMail    = Which{"any", func(*Port) bool { return true }}
	ForSending = Which{"sending", func(d *Port) bool { return d.Protocol == stage.SMTP }}
	AtExchange = Which{"exchange", func(d *Port) bool { return d.Port == ExchangePort }}
)

// OthersAnswer reports whether mail ports of other hosts take connections from
// here: those of the run or, where none does, those of other providers. of chooses
// the ports.
func (c *Case) OthersAnswer(k *Exam, which Which) Answer {
	for _, d := range c.Ports.openedAt(which) {
		if d.host != k.Host() && !k.dialled(d.addresses) {
			return Yes
		}
	}
	said := Unknown
	for _, d := range c.Ports.strangers {
		switch {
		case !which.of(d):
		case d.State == PortOpen:
			return Yes
		default:
			said = No
		}
	}
	return said
}

// openedAt are the chosen mail ports that took a connection: of each set of addresses
// the first, and one of another host. Whoever looks for one that isn't his own needs
// no more.
func (p *ports) openedAt(which Which) []*Port {
	if few, ok := p.few[which.name]; ok {
		return few
	}
	var few []*Port
	hosts := make(map[string][]string) // by addresses
	for _, d := range p.opened {
		key := strings.Join(d.addresses, " ")
		in := hosts[key]
		if !which.of(d) || len(in) == 2 || len(in) == 1 && in[0] == d.host {
			continue
		}
		hosts[key] = append(in, d.host)
		few = append(few, d)
	}
	p.few[which.name] = few
	return few
}

// dialled reports whether the check dialled one of these addresses.
func (k *Exam) dialled(addresses []string) bool {
	return slices.ContainsFunc(k.Connect.Attempts, func(a stage.Attempt) bool { return slices.Contains(addresses, IPOf(a.Address)) })
}

// Place is a port of a host.
type Place struct {
	Host string
	Port uint16
}

// placeOf is where a check was made.
func placeOf(c stage.Check) Place { return Place{c.Endpoint.Host, c.Endpoint.Port} }

// Name names a place: "port 587 of smtp.example.net".
func (p Place) Name() prose.Value {
	return say.PortsOf(prose.Figure(int(p.Port)), prose.Data(p.Host))
}

// Names names several places.
func Names(places []Place) []prose.Value {
	var out []prose.Value
	for _, p := range places {
		out = append(out, p.Name())
	}
	return out
}

// PlaceName names where a check was made.
func (k *Exam) PlaceName() prose.Value { return placeOf(k.Check).Name() }

// PlaceName names where a certificate was shown.
func (v view) PlaceName() prose.Value { return placeOf(v.Check).Name() }
