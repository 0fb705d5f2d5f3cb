package diagnose

import (
	"slices"

	"maildoctor/probe/stage"
)

// rejecter is whose ICMP message ended an attempt to connect.
type rejecter int

const (
	nobodySaid rejecter = iota // no message, or one that tells of no rule
	theHost                    // the address dialled, or a firewall before it that speaks in its name
	onTheWay                   // another machine
)

// rejects reads one attempt. Word that no way leads there is no rule, and neither
// is a router's that it looked for somebody who has the address and found nobody.
func rejects(a stage.Attempt) rejecter {
	r := a.Rejection
	switch {
	case r == nil, r.Why == stage.RejectNetwork, r.Why == stage.RejectHost && a.Time.Duration() >= soon:
		return nobodySaid
	case r.By == ipOf(a.Address):
		return theHost
	}
	return onTheWay
}

// rejectedBy says who rejected every attempt of a connection, and from which
// address. A refusal without a message is the host's own, or was made to look so.
func rejectedBy(attempts []stage.Attempt) (who rejecter, by string) {
	for _, a := range attempts {
		if a.Outcome == stage.DialNetworkUnreachable || a.Outcome == stage.DialInterrupted {
			continue
		}
		w := rejects(a)
		if w == nobodySaid || who != nobodySaid && w != who {
			return nobodySaid, ""
		}
		who, by = w, stage.Visible(a.Rejection.By)
	}
	return who, by
}

// rejectedBy is that of a check. Where this machine itself looked for an address
// and found nobody, that is no rule either.
func (c *Case) rejectedBy(k *Check) (rejecter, string) {
	who, by := rejectedBy(k.connect.Attempts)
	if slices.ContainsFunc(k.connect.Attempts, c.lookedFor) {
		return nobodySaid, ""
	}
	return who, by
}

// lookedFor reports whether this machine looked for an address on its own wire, and
// found nobody who has it.
func (c *Case) lookedFor(a stage.Attempt) bool {
	r := a.Rejection
	return r != nil && r.Why == stage.RejectHost && slices.Contains(c.Record.Header.System.Addresses, r.By)
}

// nobodyHome reports whether somebody who looked for each of the host's addresses,
// the last router or this machine, says that nobody has it.
func nobodyHome(k *Check) bool {
	for _, a := range k.connect.Attempts {
		r := a.Rejection
		if r == nil || r.Why != stage.RejectHost || a.Time.Duration() < soon {
			return false
		}
	}
	return len(k.connect.Attempts) > 0
}
