package chart

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// ClockSlack is how far a clock may be off before it affects certificates.
const ClockSlack = 10 * time.Minute

// reading is the time according to another machine's clock, in this run.
type reading struct {
	who    prose.Value   // whose clock
	own    bool          // of the mail service, or of something in between: it may be wrong as well
	weight int           // 2 if it is a time server
	ahead  time.Duration // how far this machine's clock is ahead of it
}

// readings returns what other clocks say: those in greetings, also of follow-ups, of
// web servers (RFC 9110 6.6.1) and of time servers.
func (c *Case) readings() []reading {
	var all []reading
	for i := range c.Record.Checks {
		r := &c.Record.Checks[i]
		date := OrEmpty(stage.FactsOf[*stage.GreetingFacts](r)).ServerDate
		if t, err := time.Parse(time.RFC3339, date); err == nil {
			all = append(all, reading{say.ClockOfGreeting(prose.Data(strings.ToLower(r.Check.Endpoint.Host))), true, 1, t.Sub(c.Record.Header.Started)})
		}
	}
	for i := range c.Record.Checks {
		r := &c.Record.Checks[i]
		if q := r.Check.Question; q != stage.AskTime && q != stage.AskPortal {
			continue
		}
		if f := stage.FactsOf[*stage.ClockFacts](r); f != nil && f.Offset != nil {
			all = append(all, reading{say.ClockOfServer(prose.Data(f.Server)), false, 2, f.Offset.Duration()})
		}
		if f := stage.FactsOf[*stage.FetchFacts](r); f != nil && f.Offset != nil {
			// A page other than the empty one doesn't come from the server that was
			// asked.
			stranger := r.Check.URL == c.Controls().Portal && f.Status == noContent
			all = append(all, reading{say.ClockOfWeb(prose.Data(HostOf(f.URL))), !stranger, 1, f.Offset.Duration()})
		}
	}
	return all
}

// weightiest returns the readings, the weightiest first. Of many servers' own
// readings it keeps the farthest off on either side, and the nearest.
func (c *Case) weightiest() []reading {
	all := c.readings()
	slices.SortStableFunc(all, func(a, b reading) int { return cmp.Or(Truth(a.own)-Truth(b.own), b.weight-a.weight) })
	first := slices.IndexFunc(all, func(r reading) bool { return r.own })
	if first < 0 || len(all)-first <= compared {
		return all
	}
	own := all[first:]
	by := func(a, b reading) int { return cmp.Compare(a.ahead, b.ahead) }
	near := func(a, b reading) int { return cmp.Compare(a.ahead.Abs(), b.ahead.Abs()) }
	return append(slices.Clone(all[:first+compared]), slices.MinFunc(own, by), slices.MaxFunc(own, by), slices.MinFunc(own, near))
}

// HostOf returns the host of a URL.
func HostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Hostname()
	}
	return address
}

// Tally summarises what other clocks say about a certificate that isn't valid now by
// this machine's clock.
type Tally struct {
	Confirm, Deny       int           // independent clocks, by weight
	OwnConfirm, OwnDeny bool          // the mail servers' own
	Who                 []prose.Value // whose clocks contradict the fault
	Ahead               time.Duration // how far this machine is ahead of the weightiest clock that contradicts the fault
}

// WeighTime compares every clock with a fault. A clock that hardly differs from this
// machine's confirms the fault.
func (c *Case) WeighTime(fault stage.CertFaultID, cert stage.Certificate) Tally {
	var t Tally
	for _, r := range c.notice().readings.get(c.weightiest) {
		now := c.Record.Header.Started.Add(r.ahead)
		denies := r.ahead.Abs() >= ClockSlack && (fault == stage.CertNotYetValid && !now.Before(cert.NotBefore) ||
			fault != stage.CertNotYetValid && !now.After(cert.NotAfter))
		switch {
		case denies && r.own:
			t.OwnDeny = true
		case denies:
			t.Deny += r.weight
		case r.own:
			t.OwnConfirm = true
		default:
			t.Confirm += r.weight
		}
		if denies {
			t.Who = prose.AppendNew(t.Who, r.who)
			if len(t.Who) == 1 {
				t.Ahead = r.ahead
			}
		}
	}
	return t
}

// DateFault returns the fault that would disappear at another time, preferring the
// server's own certificate.
func (k *Exam) DateFault() (stage.CertFault, bool) {
	f, ok := k.CertFault(stage.CertExpired, stage.CertNotYetValid)
	if !ok {
		f, ok = k.CertFault(stage.CertIssuerExpired)
		ok = ok && !f.Warning
	}
	return f, ok
}

// OffBy says how wrong this machine's clock is, given how far it is ahead: "about 3
// years behind".
func OffBy(ahead time.Duration) prose.Value {
	const day, year = 24 * time.Hour, 365 * 24 * time.Hour
	unit, about := time.Minute, say.AboutMinutes
	switch d := ahead.Abs(); {
	case d >= 2*year:
		unit, about = year, say.AboutYears
	case d >= 2*day:
		unit, about = day, say.AboutDays
	case d >= 2*time.Hour:
		unit, about = time.Hour, say.AboutHours
	}
	span := about(prose.Count(int((ahead.Abs() + unit/2) / unit)))
	if ahead > 0 {
		return say.ClockBehind(span)
	}
	return say.ClockAhead(span)
}

// BegunAfter reports whether a valid certificate in this run begins after t. It
// cannot have been issued before that.
func (c *Case) BegunAfter(t time.Time) bool {
	return c.notice().begun.get(func() (latest time.Time) {
		for _, k := range c.Checks {
			if leaf, ok := k.Leaf(); ok && k.TLS.Verified && leaf.NotBefore.After(latest) {
				latest = leaf.NotBefore
			}
		}
		return latest
	}).After(t)
}

// FutureIssuers counts the issuers of certificates that are not yet valid.
func (c *Case) FutureIssuers() int {
	return c.notice().issuers.get(func() int {
		issuers := make(map[string]bool)
		for _, k := range c.Checks {
			if leaf, ok := k.Leaf(); ok && k.Has(stage.CertNotYetValid) {
				issuers[leaf.Issuer] = true
			}
		}
		return len(issuers)
	})
}
