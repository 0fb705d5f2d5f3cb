package chart

import (
	"slices"

	"maildoctor/probe/stage"
)

// rejecter is whose ICMP message ended an attempt to connect.
type rejecter int

const (
	NobodySaid rejecter = iota // no message, or one that tells of no rule
	TheHost                    // the address dialled, or a firewall before it that speaks in its name
	OnTheWay                   // another machine
)

// rejects reads one attempt. Word that no way leads there is no rule, and neither
// is a router's that it looked for somebody who has the address and found nobody.
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

// rejectedBy says who rejected every attempt of a connection, and from which
// address. A refusal without a message is the host's own, or was made to look so.
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

// RejectedBy is that of a check. Where this machine itself looked for an address
// and found nobody, that is no rule either.
func (c *Case) RejectedBy(k *Exam) (rejecter, string) {
	who, by := rejectedBy(k.Connect.Attempts)
	if slices.ContainsFunc(k.Connect.Attempts, c.lookedFor) {
		return NobodySaid, ""
	}
	return who, by
}

// lookedFor reports whether this machine looked for an address on its own wire, and
// found nobody who has it.
func (c *Case) lookedFor(a stage.Attempt) bool {
	r := a.Rejection
	return r != nil && r.Why == stage.RejectHost && slices.Contains(c.Record.Header.System.Addresses, r.By)
}
