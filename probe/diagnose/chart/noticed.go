package chart

import (
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// noticed is what rules want to know of the run as a whole, each found out when it
// is first asked for.
type noticed struct {
	wayOut    once[wayOutOf]
	refused   once[bool] // everywhere
	readings  once[[]reading]
	begun     once[time.Time] // the latest beginning of a certificate that holds
	issuers   once[int]       // of certificates that are not yet valid
	sending   once[sending]
	links     once[map[string][]link] // by subject
	shown     once[map[string][]view] // certificates, by host
	banners   once[map[string][]*Exam]
	nextDoor  once[[]*Exam]
	published once[map[string][]*Exam]
	standIns  once[map[*stage.CheckRecord]bool]
	serving   once[serving]
	settings  map[stage.Endpoint]Answer // what was seen of them
	encrypts  map[stage.Endpoint]bool
}

// once holds a value from when it is first wanted.
type once[T any] struct {
	known bool
	value T
}

func (o *once[T]) get(find func() T) T {
	if !o.known {
		o.value, o.known = find(), true
	}
	return o.value
}

func (c *Case) notice() *noticed {
	if c.noticed == nil {
		c.noticed = &noticed{settings: make(map[stage.Endpoint]Answer), encrypts: make(map[stage.Endpoint]bool)}
	}
	return c.noticed
}

// wayOutOf is what [WayOutBlocked] comes to.
type wayOutOf struct {
	sure cause.Confidence
	here bool
}

// compared is with how many others of its kind a check is compared, where any that
// differs from it will do: to look through all of them for each would take for ever.
const compared = 64

// sending is what the ports for sending came to, of whatever host.
type sending struct {
	Receives  bool // a port for receiving took a connection
	Answered  bool // a port for sending did, or was refused
	Places    int  // ports for sending at which nobody answered
	Providers int  // whose they are
}

// Sending looks at all ports for sending, the spare one left out.
func (c *Case) Sending() sending {
	return c.notice().sending.get(func() (s sending) {
		places, providers := make(map[string]bool), make(map[string]bool)
		for _, o := range c.Checks {
			switch {
			case o.Check.Endpoint.Protocol != stage.SMTP:
				s.Receives = s.Receives || o.Passed(stage.Connect)
			case o.Check.Endpoint.Port == SparePort:
			case o.Passed(stage.Connect), o.Fault(stage.Connect) == stage.Refused:
				s.Answered = true
			case o.Fault(stage.Connect) != "":
				places[strings.ToLower(o.Check.Endpoint.Address())] = true
				providers[o.Owner()] = true
			}
		}
		s.Places, s.Providers = len(places), len(providers)
		return s
	})
}

// GreetsAlike finds a check of another provider, at another host and address, whose
// server greets by the same name.
func (c *Case) GreetsAlike(k *Exam) *Exam {
	banners := c.notice().banners.get(func() map[string][]*Exam {
		all := make(map[string][]*Exam)
		seen := make(map[[4]string]bool)
		for _, o := range c.Checks {
			name := o.Banner()
			if kind := [4]string{name, o.Owner(), o.Host(), o.Reached()}; name != "" && !seen[kind] && len(all[name]) < compared {
				seen[kind] = true
				all[name] = append(all[name], o)
			}
		}
		return all
	})
	for _, o := range banners[k.Banner()] {
		if o.Owner() != k.Owner() && o.Host() != k.Host() && apart(k, o) {
			return o
		}
	}
	return nil
}

// LostNextDoor finds a check of another provider, at another address, that was taken
// next door as well and came to nothing.
func (c *Case) LostNextDoor(k *Exam) *Exam {
	lost := c.notice().nextDoor.get(func() (all []*Exam) {
		seen := make(map[[2]string]bool)
		for _, o := range c.Checks {
			f := o.Failed()
			if f == nil || f.Stage != stage.Greeting && f.Stage != stage.Handshake || !o.TakenNextDoor() {
				continue
			}
			if kind := [2]string{o.Owner(), o.Reached()}; !seen[kind] && len(all) < compared {
				seen[kind] = true
				all = append(all, o)
			}
		}
		return all
	})
	for _, o := range lost {
		if o.Owner() != k.Owner() && apart(k, o) {
			return o
		}
	}
	return nil
}

// apart reports whether two checks spoke to different addresses.
func apart(a, b *Exam) bool {
	x, y := a.Reached(), b.Reached()
	return x != "" && y != "" && x != y
}
