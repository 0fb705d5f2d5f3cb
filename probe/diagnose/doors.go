package diagnose

import (
	"slices"
	"strings"
	"time"

	"maildoctor/probe/stage"
)

// webPort is the port that nearly every network lets through, and that tells a
// host that is gone from one of which mail alone is out of reach.
const webPort = 443

// sparePort is where many servers take mail for sending besides the usual ports,
// which networks that close those tend to forget.
const sparePort = 2525

// exchangePort is where servers take mail from other servers (RFC 5321 4.5.4.2).
const exchangePort = 25

// doorState is how a port took a connection.
type doorState int

const (
	doorOpen    doorState = iota + 1
	doorRefused           // somebody said no: the host, or a filter in its name
	doorSilent            // no answer, or word that the way is closed
)

// door is a port that was dialled, by the plan or by a follow-up.
type door struct {
	host      string
	port      uint16
	protocol  stage.Protocol // empty: the web
	state     doorState
	time      time.Duration // the longest of its attempts
	trip      time.Duration // of a connection: the kernel's figure or, without one, time
	addresses []string
	place     string
	followUp  bool
	rejected  bool // the host said no by an ICMP message: a firewall's word, not that of a port where nobody listens
}

// mail reports whether mail is expected there.
func (d *door) mail() bool { return d.protocol != "" && d.port != webPort }

// aside reports whether the port tells that the host is there, and nothing of the
// ports that mail programs use: networks treat it in its own way.
func (d *door) aside() bool { return d.port == sparePort || d.port == exchangePort && d.followUp }

// doors are all ports that a run dialled, and what those of strangers came to.
type doors struct {
	by        map[string][]*door // by host, and by address
	opened    []*door            // mail ports that took a connection
	strangers []*door            // of other providers
	webDead   bool               // a host of the run takes no connection at 443
	alive     bool               // a host of the run takes one, there or at a mail port that a follow-up found
	portal    *stage.CheckRecord // the page that is known to be empty; nil where it wasn't fetched
	proxies   []*stage.CheckRecord
}

// newDoors looks through a record. What was dialled under an address of our own
// choice, or on the word of other name servers, belongs to no host.
func newDoors(rec *stage.Record) *doors {
	all := &doors{by: make(map[string][]*door)}
	own := make(map[string]bool)
	for i := range rec.Checks {
		k := &rec.Checks[i]
		q := k.Check.Question
		switch q {
		case stage.AskPortal:
			all.portal = k
		case stage.AskProxy:
			all.proxies = append(all.proxies, k)
		}
		d := doorOf(k)
		if d == nil || k.Check.Manner.Address != "" || k.Check.Manner.Resolvers != nil || q == stage.AskNearName {
			continue
		}
		if q == stage.AskOtherProvider {
			all.strangers = append(all.strangers, d)
			continue
		}
		all.webDead = all.webDead || d.port == webPort && d.state != doorOpen
		all.alive = all.alive || d.followUp && d.state == doorOpen
		if d.state == doorOpen && d.mail() && !(d.port == exchangePort && d.followUp) {
			all.opened = append(all.opened, d)
		}
		all.by[d.host] = append(all.by[d.host], d)
		for _, a := range d.addresses {
			own[a] = true
			all.by[a] = append(all.by[a], d)
		}
	}
	// A name server that leads every name to one place makes no stranger of it.
	all.strangers = slices.DeleteFunc(all.strangers, func(d *door) bool {
		return slices.ContainsFunc(d.addresses, func(a string) bool { return own[a] })
	})
	return all
}

// doorOf says how a check's port took the connection; nil where that isn't known.
func doorOf(k *stage.CheckRecord) *door {
	e := k.Check.Endpoint
	d := &door{host: strings.ToLower(e.Host), port: e.Port, protocol: e.Protocol, followUp: k.Check.FollowUp()}
	d.place = stage.Visible((&Check{CheckRecord: k}).place())
	r := k.Result(stage.Connect)
	if r == nil {
		return nil
	}
	facts := orEmpty(stage.FactsOf[*stage.ConnectFacts](k))
	attempts := facts.Attempts
	who, _ := rejectedBy(attempts)
	switch {
	case r.Status == stage.Pass, r.Status == stage.Warn:
		d.state = doorOpen
	case r.Status != stage.Fail:
		return nil
	case who == onTheWay:
		d.state = doorSilent
	case who == theHost:
		d.state, d.rejected = doorRefused, true
	case r.Fault == stage.Refused, r.Fault == stage.Reset:
		d.state = doorRefused
	case slices.Contains(unanswered, r.Fault):
		d.state = doorSilent
	default:
		return nil
	}
	for _, a := range attempts {
		if d.state == doorOpen && a.Outcome != stage.DialConnected {
			continue
		}
		d.time = max(d.time, a.Time.Duration())
		if ip := ipOf(a.Address); ip != "" {
			d.addresses = appendNew(d.addresses, ip)
		}
	}
	if d.trip = d.time; facts.RoundTrip != nil {
		d.trip = facts.RoundTrip.Duration()
	}
	return d
}

// around is what the other ports of a check's host came to, and its own.
type around struct {
	asked   bool          // follow-ups looked round
	open    []string      // mail ports that took a connection
	saidNo  []string      // mail ports that refused it
	refused int           // how many those are
	silent  int           // mail ports that gave no answer
	slowest time.Duration // of those that refused
	web     *door         // port 443; nil where it wasn't dialled, or nothing came of that
	spare   *door         // port 2525 likewise
	mx      *door         // port 25, where a follow-up dialled it

	rejected int // mail ports of which the host said by an ICMP message that they are shut
}

// around looks at the ports of the same host, or of the same address under
// another name.
func (c *Case) around(k *Check) around {
	var a around
	seen := make(map[*door]bool)
	look := func(key string) {
		for _, d := range c.doors.by[key] {
			if !seen[d] {
				seen[d] = true
				a.add(d, k.Check.Endpoint.Port)
			}
		}
	}
	look(k.host())
	for _, t := range k.connect.Attempts {
		look(ipOf(t.Address))
	}
	return a
}

// add takes in a port. The check's own counts only while it is shut: one that
// takes another connection later was no closed door.
func (a *around) add(d *door, own uint16) {
	a.asked = a.asked || d.followUp
	switch {
	case d.port == webPort:
		if a.web == nil || d.state < a.web.state {
			a.web = d
		}
	case !d.mail():
	case d.aside():
		if d.port == exchangePort {
			a.mx = d
		} else if own != sparePort && (a.spare == nil || d.state < a.spare.state) {
			a.spare = d
		}
	case d.state == doorOpen:
		if d.port == exchangePort {
			a.mx = d
		}
		if d.port != own {
			a.open = appendNew(a.open, d.place)
		}
	case d.state == doorRefused:
		a.refused++
		a.rejected += truth(d.rejected)
		a.saidNo = appendNew(a.saidNo, d.place)
		a.slowest = max(a.slowest, d.time)
	default:
		a.silent++
	}
}

// closedToPrograms reports whether several ports for mail programs were dialled,
// and none of them took a connection.
func (a around) closedToPrograms() bool {
	for _, place := range a.open {
		if a.mx == nil || place != a.mx.place {
			return false
		}
	}
	return a.refused+a.silent > 1
}

// onlyExchange reports whether the host takes mail from other servers, and nothing
// else.
func (a around) onlyExchange() bool {
	return a.mx != nil && a.mx.state == doorOpen && a.closedToPrograms()
}

// othersAnswer reports whether mail ports of other hosts take connections from
// here: those of the run or, where none does, those of other providers. of chooses
// the ports.
func (c *Case) othersAnswer(k *Check, of func(*door) bool) answer {
	for _, d := range c.doors.opened {
		if d.host != k.host() && of(d) && !k.dialled(d.addresses) {
			return yes
		}
	}
	said := unknown
	for _, d := range c.doors.strangers {
		switch {
		case !of(d):
		case d.state == doorOpen:
			return yes
		default:
			said = no
		}
	}
	return said
}

// dialled reports whether the check dialled one of these addresses.
func (k *Check) dialled(addresses []string) bool {
	return slices.ContainsFunc(k.connect.Attempts, func(a stage.Attempt) bool { return slices.Contains(addresses, ipOf(a.Address)) })
}

// anyMail and forSending choose ports.
func anyMail(*door) bool      { return true }
func forSending(d *door) bool { return d.protocol == stage.SMTP }
