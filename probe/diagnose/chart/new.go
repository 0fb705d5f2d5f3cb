package chart

import (
	"slices"

	"maildoctor/probe/stage"
)

// New builds the case of a record.
func New(rec *stage.Record) *Case {
	c := &Case{
		Record:     rec,
		FollowUps:  make(map[string][]*stage.CheckRecord),
		tried:      make(map[address][]*stage.CheckRecord),
		Connected:  make(map[string][]Place),
		Unanswered: make(map[string]bool),
		Resolved:   make(map[string]bool),
		Web:        make(map[string]bool),
		dialled:    make(map[string][]Place),
		places:     make(map[placeOfHost]bool),
	}
	unnamed := !ProviderKnown(rec)
	for i := range rec.Checks {
		r := &rec.Checks[i]
		if Usual(r.Check.Manner) {
			c.tried[addressOf(r.Check.Endpoint)] = append(c.tried[addressOf(r.Check.Endpoint)], r)
		}
		if !r.Check.FollowUp() {
			k := NewExam(r, len(c.Checks), rec.Header.Plan.Subjects)
			k.unnamed = unnamed
			c.Checks = append(c.Checks, k)
			continue
		}
		for _, parent := range r.Check.Parents {
			c.FollowUps[parent] = append(c.FollowUps[parent], r)
		}
	}
	c.findAccounts()
	for _, k := range c.Checks {
		c.provoke(k)
		c.note(k)
	}
	c.Ports = newDoors(rec)
	c.Silent = providersUnanswered(c)
	c.Answered = nameServerAnswered(c)
	c.ServedHere = servedHere(c)
	c.Offline, c.OfflineAtFirst = offline(c, true), offline(c, false)
	return c
}

// newDoors collects the ports that a record dialled. Addresses that this program
// chose itself, or that other name servers gave, are not counted as belonging to a
// host.
func newDoors(rec *stage.Record) *ports {
	all := &ports{by: make(map[string][]*Port), few: make(map[string][]*Port)}
	own := make(map[string]bool)
	for i := range rec.Checks {
		k := &rec.Checks[i]
		q := k.Check.Question
		switch q {
		case stage.AskPortal:
			all.Portal = k
		case stage.AskProxy:
			all.Proxies = append(all.Proxies, k)
		}
		d := DoorOf(k)
		if d == nil || k.Check.Manner.Address != "" || k.Check.Manner.Resolvers != nil || q == stage.AskNearName {
			continue
		}
		if q == stage.AskOtherProvider {
			all.strangers = append(all.strangers, d)
			continue
		}
		all.WebDead = all.WebDead || d.Port == WebPort && d.State != PortOpen
		all.Alive = all.Alive || d.followUp && d.State == PortOpen
		if d.State == PortOpen && d.mail() && !(d.Port == ExchangePort && d.followUp) {
			all.opened = append(all.opened, d)
		}
		all.by[d.host] = append(all.by[d.host], d)
		for _, a := range d.addresses {
			own[a] = true
			all.by[a] = append(all.by[a], d)
		}
	}
	// Where a name server resolves every name to one place, that place is no
	// unrelated server.
	all.strangers = slices.DeleteFunc(all.strangers, func(d *Port) bool {
		return slices.ContainsFunc(d.addresses, func(a string) bool { return own[a] })
	})
	return all
}
