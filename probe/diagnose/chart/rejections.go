package chart

import (
	"slices"

	"maildoctor/probe/stage"
)

// rejecter is the sender of the ICMP message that ended an attempt to connect.
type rejecter int

const (
	NobodySaid rejecter = iota // no message, or one that isn't caused by a filter rule
	TheHost                    // the dialled address, or a firewall that sends in its name
	OnTheWay                   // another machine
)

// rejects classifies one attempt. A message that there is no route isn't caused by a
// rule, and neither is a router's message that its address search found nobody.
func rejects(a stage.Attempt) rejecter {
	r := a.Rejection
	switch {
	case r == nil, r.Why == stage.RejectNetwork, r.Why == stage.RejectHost && a.Time.Duration() >= Soon:
		return NobodySaid
	case r.By == IPOf(a.Address):
		return TheHost
	}
	return OnTheWay
}

// rejectedBy returns who rejected every attempt of a connection, and from which
// address. A refusal without a message came from the host, or was made to look so.
func rejectedBy(attempts []stage.Attempt) (who rejecter, by string) {
	for _, a := range attempts {
		if a.Outcome == stage.DialNetworkUnreachable || a.Outcome == stage.DialInterrupted {
			continue
		}
		w := rejects(a)
		if w == NobodySaid || who != NobodySaid && w != who {
			return NobodySaid, ""
		}
		who, by = w, stage.Visible(a.Rejection.By)
	}
	return who, by
}

// RejectedBy returns the same for a check. If this machine's own address search
// found nobody, that isn't a rule either.
func (c *Case) RejectedBy(k *Exam) (rejecter, string) {
	who, by := rejectedBy(k.Connect.Attempts)
	if slices.ContainsFunc(k.Connect.Attempts, c.lookedFor) {
		return NobodySaid, ""
	}
	return who, by
}

// lookedFor reports whether this machine searched for an address on its own link and
// found nobody.
func (c *Case) lookedFor(a stage.Attempt) bool {
	r := a.Rejection
	return r != nil && r.Why == stage.RejectHost && slices.Contains(c.Record.Header.System.Addresses, r.By)
}
