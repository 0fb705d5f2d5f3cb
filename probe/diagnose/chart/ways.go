package chart

import (
	"strings"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// WayKind says in what a way round differs.
type WayKind string

const (
	OtherEndpoint WayKind = "endpoint" // another port, encryption or server, for the same protocol
	OtherProtocol WayKind = "protocol" // the other protocol for receiving
	Later         WayKind = "wait"     // the same settings, after waiting
)

// Way is a way round a check that failed, or that stopped because a password would
// be readable. It is something that this run has seen to work, or it is to wait.
type Way struct {
	Kind     WayKind
	Round    string         // Check.ID of the failed check
	Was      stage.Endpoint // its settings
	Optional bool           // it isn't required
	Shown    string         // Check.ID of the check that shows the way; empty for Later
	Planned  bool           // Shown is a check of the plan, not a follow-up
	Endpoint stage.Endpoint // the settings that work; zero for Later
	After    time.Duration  // Later: how long to wait; 0 where nobody can say

	Named       bool // the provider's settings include it
	Certificate bool // the server's name was found in the failed check's certificate
	LoggedIn    bool // the login was accepted
	// Unvouched is set if no password was sent there because only that certificate
	// names the server.
	Unvouched bool
	// Works is set if every requested stage passed. If only this run supports the
	// way, that must include the login.
	Works bool
}

// SamePort reports whether only the encryption differs.
func (w Way) SamePort() bool {
	return w.Endpoint.Port == w.Was.Port && w.SameHost() && w.Endpoint.Protocol == w.Was.Protocol
}

// SameHost reports whether the host name is unchanged.
func (w Way) SameHost() bool { return strings.EqualFold(w.Endpoint.Host, w.Was.Host) }

// Replaces reports whether people are told to use a way in place of the failed
// settings. If only the encryption of a port is wrong, the cause's own page says it
// better.
func (w Way) Replaces() bool { return w.Kind == OtherEndpoint && w.Works && !w.SamePort() }

// Ways returns the best way round of each kind that the run itself shows. It does so
// for each check of the plan that failed or was not encrypted, in plan order.
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

// Later returns a way round for each failed check that only needs waiting. waits has
// the time to wait, by Check.ID.
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

// otherEndpoint returns the best settings of the same protocol: of those in the
// plan, and of those that follow-ups tried at the same host or at a name in its
// certificate.
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

// bare reports whether the server offers no encryption and the settings use none, so
// that no password, or no login at all, should be sent there.
func (k *Exam) bare() bool {
	r := k.Result(stage.Upgrade)
	return r != nil && r.Status == stage.Warn && r.Fault == stage.NotOffered || k.BareOfLogins()
}

// otherProtocol returns a check of the plan that receives by another protocol.
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

// inPlaceOf reports whether people may be told to receive by the protocol of o after
// k failed. A failure at or after the login concerns the account, and doesn't rule
// out IMAP if the same account logged in by it. It does rule out POP3, which, newly
// set up, takes the mail off the server.
func inPlaceOf(k, o *Exam) bool {
	f := k.Failed()
	before := f == nil || f.Stage.Rank() < stage.Login.Rank()
	return before || o != nil && o.Check.Endpoint.Protocol == stage.IMAP && loggedIn(o.CheckRecord)
}

// serves reports whether a check of the plan passed all requested stages, under
// encryption.
func (c *Case) serves(o *Exam) bool {
	return EndingOf(c.Record, o.CheckRecord) == Worked && o.Encrypted()
}

// wayBy returns the way that a check shows.
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

// before orders ways: those that work first, then encryption from the first byte
// (RFC 8314 3.3), then the same server, then what the provider names.
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

// WayRound describes another port of the same host that works for the same account
// and protocol, and its encryption; nothing if this run found none.
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
