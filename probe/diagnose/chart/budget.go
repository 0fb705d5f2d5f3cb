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
	for i := range rec.Checks {
		o := &rec.Checks[i]
		r := o.Result(stage.Login)
		if !o.Check.FollowUp() && r != nil && r.Status == stage.Fail && slices.Contains(Refused, r.Fault) && sameTicket(rec, c, o) {
			return o
		}
	}
	return nil
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
