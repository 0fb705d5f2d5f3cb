package chart

import (
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// RefusedFor returns the check whose refused login is why that of c was not tried:
// another server of the same account and protocol has refused the same name and
// password, and one more refusal might lock the account. It is nil where c's login
// was tried, or left out for another reason.
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
	for i := range rec.Checks { // a stream of before it was told
		if o := &rec.Checks[i]; !o.Check.FollowUp() && refusedAt(o) && sameTicket(rec, c, o) {
			return o
		}
	}
	return nil
}

// refusedAt reports whether a check's login was turned down.
func refusedAt(c *stage.CheckRecord) bool {
	r := c.Result(stage.Login)
	return r != nil && r.Status == stage.Fail && slices.Contains(Refused, r.Fault)
}

// SparedFor returns the login for which that of c was left out, in this run or an
// earlier one; nil where it was tried, was left out for another reason, or nobody
// told.
func SparedFor(c *stage.CheckRecord) *stage.Spared {
	if !spared(c) {
		return nil
	}
	return OrEmpty(stage.FactsOf[*stage.LoginFacts](c)).Spared
}

// spared reports whether a login was left out since one more refusal might lock the
// account.
func spared(c *stage.CheckRecord) bool {
	r := c.Result(stage.Login)
	return r != nil && r.Status == stage.Skip && r.Reason == stage.LoginBudget
}

// sameTicket reports whether two checks log in to one account by one protocol.
func sameTicket(rec *stage.Record, a, b *stage.CheckRecord) bool {
	if a.Check.Endpoint.Protocol != b.Check.Endpoint.Protocol || a.Check.User != b.Check.User {
		return false
	}
	if a.Check.Subject == b.Check.Subject {
		return true
	}
	name := func(c *stage.CheckRecord) string {
		if i := c.Check.Subject; i >= 0 && i < len(rec.Header.Plan.Subjects) {
			return rec.Header.Plan.Subjects[i].User
		}
		return ""
	}
	return name(a) != "" && name(a) == name(b) && strings.EqualFold(a.Check.Endpoint.Host, b.Check.Endpoint.Host)
}

// StandsIn reports whether the login that a check was refused stands for that of one
// that isn't optional.
func (c *Case) StandsIn(k *Exam, s stage.Stage) bool {
	return s == stage.Login && slices.ContainsFunc(c.Checks, func(o *Exam) bool {
		return !o.Check.Optional && RefusedFor(c.Record, o.CheckRecord) == k.CheckRecord
	})
}
