package diagnose

import (
	"fmt"
	"slices"

	"maildoctor/probe/stage"
)

// nodeInquiries look whether what failed fails again, and at the other addresses of
// the host.
var nodeInquiries = []inquiry{
	{
		id:     stage.AskAgain,
		raise:  raiseAgain,
		ask:    func(c stage.Check) string { return "Is it the same at " + portOf(c) + " a second time?" },
		answer: answerAgain,
	},
	{
		id:    stage.AskOtherAddress,
		raise: raiseOtherAddress,
		ask: func(c stage.Check) string {
			return "Is it the same at " + portOf(c) + " of the address " + c.Manner.Address + "?"
		},
		answer: answerOtherAddress,
	},
}

// maxAddresses is how many other addresses of a host are tried.
const maxAddresses = 4

// maxAgain is how many checks are repeated.
const maxAgain = 8

// unlike are the faults that one machine behind a name may have and another may not,
// and that a second try may not meet: those that say nothing of this client.
var unlike = map[stage.Stage][]stage.Fault{
	stage.Handshake: {stage.HandshakeTimeout, stage.HandshakeClosed, stage.HandshakeReset, stage.TLSProtocol, stage.BadCertificate},
	stage.Greeting:  {stage.Silent, stage.Stalled, stage.Closed, stage.Reset, stage.Malformed, stage.WrongProtocol},
	stage.Upgrade:   {stage.Closed, stage.Reset},
}

// refusing are further faults by which one machine may differ from another. A
// second try at the same one would only be in its way.
var refusing = map[stage.Stage][]stage.Fault{
	stage.Handshake: {stage.TLSAlert, stage.TLSVersion, stage.PlaintextAnswer},
	stage.Greeting:  {stage.Rejected, stage.TemporarilyOut, stage.Bye},
	stage.Upgrade:   {stage.NotOffered, stage.Rejected, stage.TemporarilyOut, stage.Bye},
}

// raiseAgain repeats what failed, up to the stage in question.
func raiseAgain(c *Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		r := k.Failed()
		if r == nil || !slices.Contains(unlike[r.Stage], r.Fault) || len(checks) == maxAgain {
			continue
		}
		if f, ok := k.upTo(r.Stage, ipOf(k.connect.Address), "again"); ok {
			checks = append(checks, f)
		}
	}
	return checks
}

// raiseOtherAddress tries the other addresses of the host that took a connection.
func raiseOtherAddress(c *Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		r := k.Failed()
		if r == nil || !slices.Contains(unlike[r.Stage], r.Fault) && !slices.Contains(refusing[r.Stage], r.Fault) {
			continue
		}
		for _, ip := range k.otherAddresses() {
			if f, ok := k.upTo(r.Stage, ip, "at-"+ip); ok {
				checks = append(checks, f)
			}
		}
	}
	return checks
}

// otherAddresses are those that took a connection and that the dialogue was not
// held with: at most maxAddresses, and of each family one at least.
func (k *Check) otherAddresses() []string {
	used := ipOf(k.connect.Address)
	if used == "" {
		return nil // a stream of a version that didn't tell
	}
	var all, first []string
	var seen [2]bool
	for _, a := range k.connect.Attempts {
		ip := ipOf(a.Address)
		if a.Outcome != stage.DialConnected || ip == "" || ip == used || slices.Contains(all, ip) {
			continue
		}
		all = append(all, ip)
		if family := truth(ipv6(a.Address)); !seen[family] {
			seen[family] = true
			first = append(first, ip)
		}
	}
	for _, ip := range all {
		if len(first) < maxAddresses {
			first = appendNew(first, ip)
		}
	}
	return first
}

// upTo returns a follow-up that repeats k at an address, as far as one stage; ok is
// false where it would go too far.
func (k *Check) upTo(s stage.Stage, ip, word string) (f stage.Check, ok bool) {
	kind := stage.KindTLS
	if s == stage.Greeting && k.Check.Endpoint.Security != stage.TLS {
		kind = stage.KindGreeting
	}
	f = k.after(kind, word)
	f.Manner.Address = ip
	return f, kind == stage.KindGreeting || k.Check.Endpoint.Security != stage.None
}

// goal is the stage that a follow-up of these questions was to pass.
func goal(c *stage.CheckRecord) stage.Stage {
	order := c.Check.Order()
	return order[len(order)-1]
}

func answerAgain(c *stage.CheckRecord) string {
	switch went(c, goal(c)) {
	case yes:
		return "No: a second try went well."
	case no:
		return "Yes: " + short(describe(newCheck(c, 0, nil), c.Failed())) + "."
	}
	return answerAny(c)
}

func answerOtherAddress(c *stage.CheckRecord) string {
	switch went(c, goal(c)) {
	case yes:
		return fmt.Sprintf("No: at %s it goes well.", c.Check.Manner.Address)
	case no:
		return "Yes: " + short(describe(newCheck(c, 0, nil), c.Failed())) + "."
	}
	return answerAny(c)
}
