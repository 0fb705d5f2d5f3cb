package reporttest

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// settings compares the servers to type in with the run: none may have failed, and
// in each direction those that work must come first.
func (c *check) settings(s report.Settings) {
	unproven := make(map[bool]bool) // by direction
	for _, v := range s.Servers {
		receives := v.Protocol.Receives()
		switch {
		case v.Confirmed && unproven[receives]:
			c.errorf("settings of %s: %s works and stands behind one that was not seen working", s.Subject, v.Address())
		case v.Confirmed && !c.works(v.Endpoint):
			c.errorf("settings of %s: %s is said to work, and no check of it does", s.Subject, v.Address())
		case !v.Missing && !v.Unchanged && !s.Untested && !v.Confirmed && c.fails(v.Endpoint):
			c.errorf("settings of %s: %s was tried and fails", s.Subject, v.Address())
		}
		unproven[receives] = unproven[receives] || !v.Confirmed
	}
}

// works reports whether a check of an endpoint failed nowhere.
func (c *check) works(e stage.Endpoint) bool {
	return slices.ContainsFunc(c.rec.Checks, func(k stage.CheckRecord) bool {
		return k.Check.Endpoint == e && k.Failed() == nil && passed(&k, stage.Connect)
	})
}

func (c *check) fails(e stage.Endpoint) bool {
	tried := func(k stage.CheckRecord) bool { return k.Check.Endpoint == e && k.Failed() != nil }
	return slices.ContainsFunc(c.rec.Checks, tried) && !c.works(e)
}

// first compares the first action with what was seen working in place of what
// failed: the same protocol at another port, with another encryption or under the
// name in the certificate, or the other protocol for receiving.
func (c *check) first() {
	for _, k := range c.planned() {
		if k.Failed() == nil || k.Check.Optional || k.Failed().Fault == stage.InternalProblem {
			continue
		}
		for i := range c.rec.Checks {
			o := &c.rec.Checks[i]
			if (c.inPlaceOf(k, o) || receivesInstead(k, o)) && (len(c.r.Actions) == 0 || c.r.Actions[0].Kind != cause.UseProven) {
				c.errorf("%s works in the place of %s, and is not what is advised first", o.Check.ID, k.Check.ID)
			}
		}
	}
}

// inPlaceOf reports whether a check shows, to the end, settings that may replace
// those that failed.
func (c *check) inPlaceOf(k, o *stage.CheckRecord) bool {
	e, was := o.Check.Endpoint, k.Check.Endpoint
	same := !o.Check.FollowUp() && o.Check.Subject == k.Check.Subject ||
		o.Check.FollowUp() && slices.Contains(o.Check.Parents, k.Check.ID) && (strings.EqualFold(e.Host, was.Host) || o.Check.Question == stage.AskCertificateName || o.Check.Question == stage.AskPublished)
	return same && e != was && e.Protocol == was.Protocol && serves(o) && (passed(o, stage.Login) || c.pageHas(o))
}

// serves reports whether a check was made as a mail program would make it, under
// encryption, and failed nowhere.
func serves(o *stage.CheckRecord) bool {
	return usual(o) && o.Check.Kind == stage.KindEndpoint && o.Failed() == nil && passed(o, stage.Handshake) && passed(o, stage.Capabilities)
}

// pageHas reports whether the provider's settings name what a check examined, in a run
// without a password.
func (c *check) pageHas(o *stage.CheckRecord) bool {
	s, login := c.rec.Subject(o), o.Result(stage.Login)
	without := login != nil && slices.Contains([]stage.Reason{stage.NoPassword, stage.NoUser, stage.NotAsked}, login.Reason)
	return without && s != nil && s.Profile != nil && slices.Contains(s.Profile.Endpoints, o.Check.Endpoint)
}

// receivesInstead reports whether a check shows that the same account receives by
// the other protocol: by IMAP whatever the result of POP3, and by POP3 if IMAP did
// not get as far as the login.
func receivesInstead(k, o *stage.CheckRecord) bool {
	a, b := k.Check.Endpoint.Protocol, o.Check.Endpoint.Protocol
	other := a == stage.POP3 && b == stage.IMAP || a == stage.IMAP && b == stage.POP3 && k.Failed().Stage.Rank() < stage.Login.Rank()
	return other && !o.Check.FollowUp() && o.Check.Subject == k.Check.Subject && serves(o) && passed(o, stage.Login)
}
