package chart

import (
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// noticed caches what rules ask about the run as a whole, each computed on first
// use.
type noticed struct {
	wayOut    once[wayOutOf]
	refused   once[bool] // everywhere
	readings  once[[]reading]
	begun     once[time.Time] // the latest start of a valid certificate
	issuers   once[int]       // of certificates that are not yet valid
	sending   once[sending]
	links     once[map[string][]link] // by subject
	shown     once[map[string][]view] // certificates, by host
	banners   once[map[string][]*Exam]
	nextDoor  once[[]*Exam]
	published once[map[string][]*Exam]
	instead   once[map[direction]bool] // servers were found in the place of known ones
	standIns  once[map[*stage.CheckRecord]bool]
	serving   once[serving]
	settings  map[stage.Endpoint]Answer // the outcome of each
	encrypts  map[stage.Endpoint]bool
}

// once holds a value that is computed on first use.
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

// wayOutOf is the result of [WayOutBlocked].
type wayOutOf struct {
	sure cause.Confidence
	here bool
}

// compared limits the number of similar checks that a check is compared with, where
// any one that differs will do: comparing all pairs would take too long.
const compared = 64

// sending summarises the ports for sending of all hosts.
type sending struct {
	Receives  bool // a port for receiving accepted a connection
	Answered  bool // a port for sending accepted or refused one
	Places    int  // number of ports for sending that gave no answer
	Providers int  // number of their providers
}

// Sending summarises all ports for sending except the spare one.
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

// GreetsAlike returns a check of another provider, at another host and address,
// whose server greets with the same name.
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

// LostNextDoor returns a failed check of another provider, at another address, whose
// connection was also accepted next door.
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

// apart reports whether two checks used different addresses.
func apart(a, b *Exam) bool {
	x, y := a.Reached(), b.Reached()
	return x != "" && y != "" && x != y
}
