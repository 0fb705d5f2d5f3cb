package diagnose

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// clockSlack is how far a clock may be off before certificates care.
const clockSlack = 10 * time.Minute

// reading is the time by somebody else's clock, in this run.
type reading struct {
	who    string        // whose clock, in words
	own    bool          // of the mail service, or of whoever stands in between: it may be wrong as well
	weight int           // 2 where keeping time is its business
	ahead  time.Duration // of this machine's clock
}

// readings returns what other clocks say: of greetings, of web servers (RFC 9110
// 6.6.1) and of time servers.
func (c *Case) readings() []reading {
	var all []reading
	for _, k := range c.Checks {
		if k.greet.ServerDate == "" {
			continue
		}
		if t, err := time.Parse(time.RFC3339, k.greet.ServerDate); err == nil {
			all = append(all, reading{"the greeting of " + k.host(), true, 1, t.Sub(c.Record.Header.Started)})
		}
	}
	for i := range c.Record.Checks {
		r := &c.Record.Checks[i]
		if q := r.Check.Question; q != stage.AskTime && q != stage.AskPortal {
			continue
		}
		if f := stage.FactsOf[*stage.ClockFacts](r); f != nil && f.Offset != nil {
			all = append(all, reading{"the time server " + f.Server, false, 2, f.Offset.Duration()})
		}
		if f := stage.FactsOf[*stage.FetchFacts](r); f != nil && f.Offset != nil {
			// Whoever gives another page than the empty one is not who was asked.
			stranger := r.Check.URL == c.controls().Portal && f.Status == noContent
			all = append(all, reading{"the web server of " + hostOf(f.URL), !stranger, 1, f.Offset.Duration()})
		}
	}
	return all
}

// hostOf returns the host of a URL.
func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Hostname()
	}
	return address
}

// tally is what other clocks say of a certificate whose time, by this machine's
// clock, is not now.
type tally struct {
	confirm, deny       int  // independent clocks, by weight
	ownConfirm, ownDeny bool // the mail servers' own
	who                 []string
	ahead               time.Duration // of the clock that denies it, the weightiest
}

// weighTime asks every clock about a fault. A clock that is hardly off confirms
// whatever this machine's says.
func (c *Case) weighTime(fault stage.CertFaultID, cert stage.Certificate) tally {
	var t tally
	all := c.readings()
	slices.SortStableFunc(all, func(a, b reading) int { return cmp.Or(truth(a.own)-truth(b.own), b.weight-a.weight) })
	for _, r := range all {
		now := c.Record.Header.Started.Add(r.ahead)
		denies := r.ahead.Abs() >= clockSlack && (fault == stage.CertNotYetValid && !now.Before(cert.NotBefore) ||
			fault != stage.CertNotYetValid && !now.After(cert.NotAfter))
		switch {
		case denies && r.own:
			t.ownDeny = true
		case denies:
			t.deny += r.weight
		case r.own:
			t.ownConfirm = true
		default:
			t.confirm += r.weight
		}
		if denies {
			t.who = appendNew(t.who, r.who)
			if len(t.who) == 1 {
				t.ahead = r.ahead
			}
		}
	}
	return t
}

// wrong says how sure it is that this machine's clock is wrong; told is false
// where no other clock says anything that counts. An empty confidence: it is
// right. Time servers and strangers count for more than the server that is
// looked at, whose own clock may be what is wrong.
func (t tally) wrong() (sure cause.Confidence, told bool) {
	switch {
	case t.deny > 0 && t.confirm > 0, t.confirm > 0 && t.ownDeny, t.deny == 0 && t.ownDeny && t.ownConfirm:
		return cause.Possible, true
	case t.deny > 0 && !t.ownConfirm && t.deny+truth(t.ownDeny) > 1:
		return cause.Proven, true
	case t.deny > 0, t.ownDeny:
		return cause.Likely, true
	case t.confirm > 0:
		return "", true
	}
	return "", false
}

// confirmed reports whether clocks that don't depend on the server agree that
// the certificate's time is not now.
func (t tally) confirmed() bool { return t.confirm > 0 && t.deny == 0 }

// wrongClock: beside any certificate whose time is not now, this machine's clock
// may be what is wrong. Other clocks tell; without them, several certificates
// from different issuers that all begin in the future make it likely.
func wrongClock(c *Case, k *Check, _ *stage.Result) *Hit {
	f, ok := k.dateFault()
	if !ok || f.Depth < 0 || f.Depth >= len(k.tls.Chain) {
		return possible().holds(ok && f.ID != stage.CertIssuerExpired)
	}
	cert := k.tls.Chain[f.Depth]
	if f.ID != stage.CertNotYetValid && c.begunAfter(cert.NotAfter) {
		return nil // whatever the clock says, that day is past
	}
	here := c.Record.Header.Started.UTC().Format(time.RFC3339)
	says := short(stage.Visible(describeCert(k.tls, f))) + "; this computer's clock says " + here
	t := c.weighTime(f.ID, cert)
	switch sure, told := t.wrong(); {
	case told && sure == "":
		return nil
	case told && sure != cause.Possible:
		h := &Hit{Confidence: sure}
		if sure == cause.Proven {
			h.with("several_told", "yes") // the title then says "is"
		}
		return h.with("off", off(t.ahead)).with("told", list(t.who)).says(short(stage.Visible(list(t.who)+" "+gives(t.who)+
			" the time as "+c.Record.Header.Started.Add(t.ahead).UTC().Format(time.RFC3339))) + ", this computer as " + here)
	case f.ID == stage.CertNotYetValid && c.futureIssuers() > 1:
		return likely().says(says)
	case f.ID == stage.CertIssuerExpired:
		return nil // of itself that speaks for the server's chain
	}
	return possible().says(says)
}

func gives(who []string) string {
	if len(who) > 1 {
		return "give"
	}
	return "gives"
}

// dateFault finds the fault that another time would cure, the server's own
// certificate first.
func (k *Check) dateFault() (stage.CertFault, bool) {
	f, ok := k.certFault(stage.CertExpired, stage.CertNotYetValid)
	if !ok {
		f, ok = k.certFault(stage.CertIssuerExpired)
		ok = ok && !f.Warning
	}
	return f, ok
}

// off writes how far this machine's clock is from the right time, by how far
// that is ahead of it: "about 3 years behind".
func off(ahead time.Duration) string {
	const day, year = 24 * time.Hour, 365 * 24 * time.Hour
	unit, name := time.Minute, "minute"
	switch d := ahead.Abs(); {
	case d >= 2*year:
		unit, name = year, "year"
	case d >= 2*day:
		unit, name = day, "day"
	case d >= 2*time.Hour:
		unit, name = time.Hour, "hour"
	}
	n := int64((ahead.Abs() + unit/2) / unit)
	s := "about " + strconv.FormatInt(n, 10) + " " + name
	if n != 1 {
		s += "s"
	}
	if ahead > 0 {
		return s + " behind"
	}
	return s + " ahead"
}

// begunAfter reports whether a certificate that holds in this run begins after t:
// it cannot have been issued before.
func (c *Case) begunAfter(t time.Time) bool {
	return slices.ContainsFunc(c.Checks, func(k *Check) bool {
		leaf, ok := k.leaf()
		return ok && k.tls.Verified && leaf.NotBefore.After(t)
	})
}

// futureIssuers counts the issuers of certificates that are not yet valid.
func (c *Case) futureIssuers() int {
	issuers := make(map[string]bool)
	for _, k := range c.Checks {
		if leaf, ok := k.leaf(); ok && k.has(stage.CertNotYetValid) {
			issuers[leaf.Issuer] = true
		}
	}
	return len(issuers)
}

// inTime judges a certificate whose time, by this machine's clock, is not now.
func inTime(c *Case, k *Check, f stage.CertFault) *Hit {
	h := proven()
	if f.Depth < 0 || f.Depth >= len(k.tls.Chain) {
		return h
	}
	t := c.weighTime(f.ID, k.tls.Chain[f.Depth])
	switch {
	case t.confirmed() && !t.ownDeny:
		h.with("confirmed", "yes")
	case t.deny > 0 && t.confirm > 0:
		h.Confidence = cause.Likely // clocks contradict each other
	}
	return h
}

// bracketed writes an IPv6 address as a URL wants it (RFC 3986 3.2.2).
func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}
