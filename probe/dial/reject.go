package dial

import (
	"net/netip"

	"maildoctor/probe/stage"
)

// rejectedError is an attempt to connect that ended with an ICMP message.
type rejectedError struct {
	err  error
	by   netip.Addr // who sent it
	why  stage.RejectReason
	here bool // this machine itself did
}

func (e *rejectedError) Error() string { return e.err.Error() }

func (e *rejectedError) Unwrap() error { return e.err }

// outcome corrects what the error number alone says. A firewall of this machine
// that rejects makes the same numbers as one elsewhere, and one elsewhere may make
// that of a rule of this machine (RFC 4443 3.1, code 1). This machine's own word
// that nobody has an address is no rule: nobody answered when it looked.
func (e *rejectedError) outcome(of stage.DialOutcome) stage.DialOutcome {
	switch forbids := e.why == stage.RejectPort || e.why == stage.RejectProhibited; {
	case e.here && forbids:
		return stage.DialProhibited
	case !e.here && of == stage.DialProhibited:
		return stage.DialHostUnreachable
	}
	return of
}
