package chart

import (
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// RefusedFor returns the check whose refused login is the reason that the login of c
// was not tried: another server of the same account and protocol has refused the
// same name and password, and one more refusal might lock the account. It returns
// nil if the login of c was tried, or was left out for another reason.
func RefusedFor(rec *stage.Record, c *stage.CheckRecord) *stage.CheckRecord {
	if !spared(c) {
		return nil
	}
	if f := SparedFor(c); f != nil {
		if o := rec.Check(f.Check); o != nil && refusedAt(o) {
			return o
		}
		return nil
	}
	return refusedBefore(rec, c)
}

// refusedBefore returns the same for a stream that doesn't record it: the first
// refused login with the ticket of c.
func refusedBefore(rec *stage.Record, c *stage.CheckRecord) *stage.CheckRecord {
	refused := rec.Once(refusedTickets{}, func() any { return refusedBy(rec) }).(map[ticket]int)
	first := len(rec.Checks)
	for _, t := range tickets(rec, c) {
		if i, ok := refused[t]; ok {
			first = min(first, i)
		}
	}
	if first == len(rec.Checks) {
		return nil
	}
	return &rec.Checks[first]
}

// refusedTickets is the key under which the result of [refusedBy] is kept.
type refusedTickets struct{}

// refusedBy returns, by ticket, the first check of the plan whose login was refused.
func refusedBy(rec *stage.Record) map[ticket]int {
	all := make(map[ticket]int)
	for i := range rec.Checks {
		o := &rec.Checks[i]
		if o.Check.FollowUp() || !refusedAt(o) {
			continue
		}
		for _, t := range tickets(rec, o) {
			if _, ok := all[t]; !ok {
				all[t] = i
			}
		}
	}
	return all
}

// refusedAt reports whether a check's login was refused.
func refusedAt(c *stage.CheckRecord) bool {
	r := c.Result(stage.Login)
	return r != nil && r.Status == stage.Fail && slices.Contains(Refused, r.Fault)
}

// SparedFor returns the login because of which that of c was left out, in this run
// or an earlier one. It returns nil if the login was tried, was left out for another
// reason, or if that was not recorded.
func SparedFor(c *stage.CheckRecord) *stage.Spared {
	if !spared(c) {
		return nil
	}
	return OrEmpty(stage.FactsOf[*stage.LoginFacts](c)).Spared
}

// spared reports whether a login was left out because one more refusal might lock
// the account.
func spared(c *stage.CheckRecord) bool {
	r := c.Result(stage.Login)
	return r != nil && r.Status == stage.Skip && r.Reason == stage.LoginBudget
}

// ticket is shared by two checks that log in to one account by one protocol.
type ticket struct {
	protocol stage.Protocol
	user     string // the endpoint's own user name
	subject  int    // -1: no subject; see the fields below
	name     string // the subject's user
	host     string
}

// tickets returns the tickets of a check.
func tickets(rec *stage.Record, c *stage.CheckRecord) []ticket {
	k := &c.Check
	t := ticket{protocol: k.Endpoint.Protocol, user: k.User, subject: k.Subject}
	all := []ticket{t}
	if k.Subject < 0 || k.Subject >= len(rec.Header.Plan.Subjects) {
		return all
	}
	if name := rec.Header.Plan.Subjects[k.Subject].User; name != "" {
		t.subject, t.name, t.host = -1, name, strings.ToLower(k.Endpoint.Host)
		all = append(all, t)
	}
	return all
}

// StandsIn reports whether the refused login of a check stands in for that of one
// that isn't optional.
func (c *Case) StandsIn(k *Exam, s stage.Stage) bool {
	return s == stage.Login && c.notice().standIns.get(func() map[*stage.CheckRecord]bool {
		all := make(map[*stage.CheckRecord]bool)
		for _, o := range c.Checks {
			if !o.Check.Optional {
				all[RefusedFor(c.Record, o.CheckRecord)] = true
			}
		}
		delete(all, nil)
		return all
	})[k.CheckRecord]
}
