package chart

import (
	"slices"
	"strings"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// WebPort is the port that nearly every network lets through. It distinguishes a
// host that is down from one where only mail is unreachable.
const WebPort = 443

// SparePort is an extra submission port of many servers, which networks that block
// the usual ports tend to forget.
const SparePort = 2525

// ExchangePort is where servers accept mail from other servers (RFC 5321 4.5.4.2).
const ExchangePort = 25

// doorState is how a port responded to a connection attempt.
type doorState int

const (
	PortOpen    doorState = iota + 1
	PortRefused           // the host refused it, or a filter in its name
	PortSilent            // no answer, or a message that there is no route
)

// Port is a port that was dialled, by the plan or by a follow-up.
type Port struct {
	host      string
	Port      uint16
	Protocol  stage.Protocol // empty: HTTPS
	State     doorState
	Time      time.Duration // the longest of its attempts
	Trip      time.Duration // round-trip time of the connection: from the kernel or, without that, Time
	addresses []string
	Place     Place
	followUp  bool
	rejected  bool // the host refused by an ICMP message: a firewall, and not a port where nobody listens
}

// mail reports whether this is a mail port.
func (d *Port) mail() bool { return d.Protocol != "" && d.Port != WebPort }

// aside reports whether the port shows only that the host is up, and says nothing
// about the ports that mail programs use: networks filter it separately.
func (d *Port) aside() bool { return d.Port == SparePort || d.Port == ExchangePort && d.followUp }

// ports holds all ports that a run dialled, including those of unrelated providers.
type ports struct {
	by        map[string][]*Port // by host, and by address
	opened    []*Port            // mail ports that accepted a connection
	few       map[string][]*Port // subsets of opened, by choice
	strangers []*Port            // of other providers
	WebDead   bool               // a host of the run accepts no connection at 443
	Alive     bool               // a host of the run accepts one, there or at a mail port that a follow-up found
	Portal    *stage.CheckRecord // the page that is known to be empty; nil if it wasn't fetched
	Proxies   []*stage.CheckRecord
}

// DoorOf returns how a check's port responded to the connection attempt; nil if that
// isn't known.
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

// Neighbours summarises the other ports of a check's host, and its own.
type Neighbours struct {
	asked   bool          // follow-ups examined the surroundings
	Open    []Place       // mail ports that accepted a connection
	SaidNo  []Place       // mail ports that refused it
	Refused int           // the number of those
	Silent  int           // mail ports that gave no answer
	Slowest time.Duration // the longest time of those that refused
	Web     *Port         // port 443; nil if it wasn't dialled, or if that was inconclusive
	spare   *Port         // port 2525 likewise
	Mx      *Port         // port 25, if a follow-up dialled it

	hood *hood // set if this covers the whole neighbourhood

	Rejected int // mail ports that the host rejected by an ICMP message
}

// add records a port. The check's own port counts only while it is closed: if it
// accepts another connection later, it was never closed.
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

// Which selects some of the ports.
type Which struct {
	name string
	of   func(*Port) bool
}

// Selections among the ports of other hosts.
var (
	AnyMail    = Which{"any", func(*Port) bool { return true }}
	ForSending = Which{"sending", func(d *Port) bool { return d.Protocol == stage.SMTP }}
	AtExchange = Which{"exchange", func(d *Port) bool { return d.Port == ExchangePort }}
)

// OthersAnswer reports whether mail ports of other hosts accept connections from
// here: those of the run or, if none does, those of other providers. which selects
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

// openedAt returns selected mail ports that accepted a connection: for each set of
// addresses the first, and one of another host. That suffices to find one that
// belongs to another host.
func (p *ports) openedAt(which Which) []*Port {
	if few, ok := p.few[which.name]; ok {
		return few
	}
	var few []*Port
	hosts := make(map[string][]string) // by address
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

// placeOf returns where a check was made.
func placeOf(c stage.Check) Place { return Place{c.Endpoint.Host, c.Endpoint.Port} }

// Name puts a place into words: "port 587 of smtp.example.net".
func (p Place) Name() prose.Value {
	return say.PortsOf(prose.Figure(int(p.Port)), prose.Data(p.Host))
}

// Names puts several places into words.
func Names(places []Place) []prose.Value {
	var out []prose.Value
	for _, p := range places {
		out = append(out, p.Name())
	}
	return out
}

// PlaceName puts into words where a check was made.
func (k *Exam) PlaceName() prose.Value { return placeOf(k.Check).Name() }

// PlaceName puts into words where a certificate was presented.
func (v view) PlaceName() prose.Value { return placeOf(v.Check).Name() }
