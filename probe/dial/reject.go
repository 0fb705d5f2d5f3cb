package dial

import (
	"net/netip"

	"maildoctor/probe/stage"
)

// rejectedError is the error of an attempt that ended with an ICMP message.
type rejectedError struct {
	err  error
	by   netip.Addr // the sender
	why  stage.RejectReason
	here bool // the sender is this machine
}

func (e *rejectedError) Error() string { return e.err.Error() }

func (e *rejectedError) Unwrap() error { return e.err }

// outcome corrects the outcome derived from the error number. This machine's firewall
// and a remote one cause the same error numbers, and a remote one may cause the number
// that stands for a local rule (RFC 4443 3.1, code 1). This machine's own "host
// unreachable" is no rule: nobody answered its address resolution.
func (e *rejectedError) outcome(of stage.DialOutcome) stage.DialOutcome {
	switch forbids := e.why == stage.RejectPort || e.why == stage.RejectProhibited; {
	case e.here && forbids:
		return stage.DialProhibited
	case !e.here && of == stage.DialProhibited:
		return stage.DialHostUnreachable
	}
	return of
}
