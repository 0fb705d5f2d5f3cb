package stage

import "slices"

// Silence is a stage in progress in which nothing has been received so far.
type Silence struct {
	Check string // Check.ID
	Stage Stage
	For   Millis
}

// Fault returns the fault that the stage fails with if nothing is received.
func (s Silence) Fault() Fault {
	if s.Stage == Handshake {
		return HandshakeTimeout
	}
	return Silent
}

// Supposing returns the record as it would be if these stages ended now without having
// received anything. It serves only to decide which follow-ups to start while waiting;
// no conclusion may be drawn from it.
func (r *Record) Supposing(silent []Silence) *Record {
	out := (&Record{Header: r.Header, Checks: slices.Clone(r.Checks), End: r.End}).indexed(r.plan)
	for _, s := range silent {
		if c := out.Check(s.Check); c != nil {
			c.Results = s.ended(c.Results)
		}
	}
	return out
}

// ended returns the results of a check whose stage ended without a response.
func (s Silence) ended(results []Result) []Result {
	out := slices.Clone(results)
	at := slices.IndexFunc(out, func(r Result) bool { return r.Stage == s.Stage })
	for i := range out {
		switch {
		case at < 0 || i < at:
		case i == at:
			out[i] = Result{Stage: s.Stage, Status: Fail, Fault: s.Fault(), Time: s.For}
		default:
			out[i] = Result{Stage: out[i].Stage, Status: Skip, Reason: Blocked, BlockedBy: s.Stage}
		}
	}
	return out
}
