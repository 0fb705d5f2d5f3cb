package chart

import (
	"strings"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// WayKind says what a way round consists of.
type WayKind string

const (
	OtherEndpoint WayKind = "endpoint" // another port, encryption or server, for the same protocol
	OtherProtocol WayKind = "protocol" // the other protocol for receiving
	Later         WayKind = "wait"     // the same settings, after a while
)

// Way is a way round a check that failed, or that ended where a password would be
// readable: what this run has seen working in its place, or that it is a matter of time.
type Way struct {
	Kind     WayKind
	Round    string         // Check.ID of what failed
	Was      stage.Endpoint // its settings
	Optional bool           // it isn't required
	Shown    string         // Check.ID of what shows the way; empty for Later
	Planned  bool           // that is a check of the plan, and no follow-up
	Endpoint stage.Endpoint // the settings that work; zero for Later
	After    time.Duration  // Later: how long to wait; 0 where nobody can say

	Named       bool // the provider's settings have it, so that he stands by it
	Certificate bool // the server's name is one that stands in the certificate of what failed
	LoggedIn    bool // it took the login
	// Unvouched is set where no password was sent there since nobody but that
	// certificate names the server.
	Unvouched bool
	// Works is set where every stage was passed that was asked for. Where nobody
	// stands by the way but the run itself, the login is one of them.
	Works bool
}

// SamePort reports whether only the encryption differs.
func (w Way) SamePort() bool {
	return w.Endpoint.Port == w.Was.Port && w.SameHost() && w.Endpoint.Protocol == w.Was.Protocol
}

// SameHost reports whether the server's name stays as it is.
func (w Way) SameHost() bool { return strings.EqualFold(w.Endpoint.Host, w.Was.Host) }

// Replaces reports whether people are told to use a way in the place of what failed.
// Where only the encryption of a port is wrong, the cause's own page says it better.
func (w Way) Replaces() bool { return w.Kind == OtherEndpoint && w.Works && !w.SamePort() }

// Ways returns the best way round each check of the plan that failed, or had no
// encryption, of each kind that the run itself shows, in the plan's order.
func (c *Case) Ways() []Way {
	var all []Way
	for _, k := range c.Checks {
		if EndingOf(c.Record, k.CheckRecord) != Broke && !k.bare() {
			continue
		}
		for _, find := range []func(*Exam) (Way, bool){c.otherEndpoint, c.otherProtocol} {
			if w, ok := find(k); ok {
				all = append(all, w)
			}
		}
	}
	return all
}

// Later returns, for each check that failed and for which it suffices to wait, that way
// round. waits says how long, by Check.ID.
func (c *Case) Later(waits map[string]time.Duration) []Way {
	var all []Way
	for _, k := range c.Checks {
		after, ok := waits[k.Check.ID]
		if ok && EndingOf(c.Record, k.CheckRecord) == Broke {
			all = append(all, Way{Kind: Later, Round: k.Check.ID, Was: k.Check.Endpoint, Optional: k.Check.Optional, After: after})
		}
	}
	return all
}

// otherEndpoint finds the settings of the same protocol that are to be named before
// all others, among those that follow-ups have tried at the same host, or under the
// name in its certificate, and those of the plan.
func (c *Case) otherEndpoint(k *Exam) (best Way, ok bool) {
	take := func(w Way) {
		if !ok || w.before(best) {
			best, ok = w, true
		}
	}
	for _, f := range c.FollowUps[k.Check.ID] {
		e := f.Check.Endpoint
		examined := f.Check.Kind == stage.KindEndpoint || f.Check.Kind == stage.KindTLS
		atHost := strings.EqualFold(e.Host, k.Check.Endpoint.Host) || f.Check.Question == stage.AskCertificateName || f.Check.Question == stage.AskPublished
		if !examined || !Usual(f.Check.Manner) || e.Protocol != k.Check.Endpoint.Protocol || !atHost {
			continue
		}
		if e != k.Check.Endpoint && e.Security != stage.None && f.Failed() == nil && Reached(f) {
			take(c.wayBy(OtherEndpoint, k, f))
		}
	}
	s, p := c.serving(), subjectProtocol{k.Check.Subject, k.Check.Endpoint.Protocol}
	for _, o := range []*Exam{s.atHost[subjectHost{p, k.Host()}], s.best[p]} {
		if o != nil && o != k {
			take(c.wayBy(OtherEndpoint, k, o.CheckRecord))
		}
	}
	return best, ok
}

// bare reports whether the server offers no encryption where the settings would go
// without, so that nobody is to send a password there, or no login either.
func (k *Exam) bare() bool {
	r := k.Result(stage.Upgrade)
	return r != nil && r.Status == stage.Warn && r.Fault == stage.NotOffered || k.BareOfLogins()
}

// otherProtocol finds a check of the plan that receives by another protocol.
func (c *Case) otherProtocol(k *Exam) (Way, bool) {
	p := k.Check.Endpoint.Protocol
	if !p.Receives() || k.Failed() == nil {
		return Way{}, false
	}
	var first *Exam
	for _, q := range otherProtocols(p) {
		if o := c.serving().first[subjectProtocol{k.Check.Subject, q}]; o != nil && (first == nil || o.Index < first.Index) {
			first = o
		}
	}
	if first == nil || !inPlaceOf(k, first) {
		return Way{}, false
	}
	return c.wayBy(OtherProtocol, k, first.CheckRecord), true
}

// inPlaceOf reports whether people may be told to receive by the protocol of o where k
// failed. At the login or behind it that is a matter of the account, and says nothing
// against IMAP where the same account was let in by it. POP3 is no way round then: set up
// anew, it takes the mail off the server.
func inPlaceOf(k, o *Exam) bool {
	f := k.Failed()
	before := f == nil || f.Stage.Rank() < stage.Login.Rank()
	return before || o != nil && o.Check.Endpoint.Protocol == stage.IMAP && loggedIn(o.CheckRecord)
}

// serves reports whether a check of the plan passed all that was asked for, under
// encryption.
func (c *Case) serves(o *Exam) bool {
	return EndingOf(c.Record, o.CheckRecord) == Worked && o.Encrypted()
}

// wayBy is the way that a check shows.
func (c *Case) wayBy(kind WayKind, k *Exam, by *stage.CheckRecord) Way {
	w := Way{
		Kind: kind, Round: k.Check.ID, Was: k.Check.Endpoint, Optional: k.Check.Optional,
		Shown: by.Check.ID, Planned: !by.Check.FollowUp(), Endpoint: by.Check.Endpoint,
	}
	w.Named, w.LoggedIn, w.Works = c.named(by), loggedIn(by), c.shown(by)
	login := by.Result(stage.Login)
	w.Certificate = by.Check.Question == stage.AskCertificateName
	w.Unvouched = login != nil && login.Reason == stage.UnvouchedHost
	return w
}

// before orders ways: those that work, then encryption from the first byte (RFC
// 8314 3.3), then those at the same server, then what the provider names.
func (w Way) before(o Way) bool {
	atOnce := func(w Way) bool { return w.Endpoint.Security == stage.TLS }
	for _, is := range []func(Way) bool{func(w Way) bool { return w.Works }, atOnce, Way.SameHost, func(w Way) bool { return w.Named }} {
		if is(w) != is(o) {
			return is(w)
		}
	}
	return false
}

// Usual reports whether a check connects as a mail program does.
func Usual(m stage.Manner) bool {
	return m.Address == "" && len(m.Resolvers) == 0 && m.MaxSegment == 0 && m.Hello == stage.HelloUsual && !m.Insist && m.Mechanism == ""
}

// WayRound names another port of the same host that works for the same account
// and protocol, and its encryption; nothing where this run has found none.
func (c *Case) WayRound(k *Exam) prose.Value {
	w, ok := c.otherEndpoint(k)
	port := prose.Figure(int(w.Endpoint.Port))
	switch {
	case !ok || !w.SameHost() || w.SamePort():
		return prose.Value{}
	case w.Endpoint.Security == stage.TLS:
		return say.PortWithTLS(port)
	}
	return say.PortWithStartTLS(port)
}
