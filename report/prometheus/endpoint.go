package prometheus

import (
	"net/netip"
	"strconv"

	"maildoctor/probe/stage"
	"maildoctor/report"
)

// endpointLabels are the labels of every metric of an endpoint.
var endpointLabels = []string{"check", "name", "protocol", "host", "port", "security"}

// endpoint is a check of the plan, and what came of it.
type endpoint struct {
	*stage.CheckRecord
	report.Outcome
	name string
}

// endpoints returns the checks of the plan, in its order.
func endpoints(r *report.Report) []endpoint {
	checks := make(map[string]*stage.CheckRecord, len(r.Checks))
	for i := range r.Checks {
		checks[r.Checks[i].Check.ID] = &r.Checks[i]
	}
	var out []endpoint
	for _, o := range r.Outcomes {
		c, ok := checks[o.Check]
		if !ok {
			continue
		}
		e := endpoint{CheckRecord: c, Outcome: o}
		if s := c.Check.Subject; s >= 0 && s < len(r.Subjects) {
			e.name = r.Subjects[s].Label
		}
		out = append(out, e)
	}
	return out
}

// labels returns the values of [endpointLabels].
func (e *endpoint) labels() []string {
	at := e.Tested.Endpoint
	return []string{e.Outcome.Check, e.name, string(at.Protocol), at.Host, strconv.Itoa(int(at.Port)), string(at.Security)}
}

// families returns for each address family that was tried whether it answered.
func (e *endpoint) families() map[string]bool {
	facts := stage.FactsOf[*stage.ConnectFacts](e.CheckRecord)
	if facts == nil {
		return nil
	}
	out := make(map[string]bool)
	for _, a := range facts.Attempts {
		at, err := netip.ParseAddrPort(a.Address)
		if err != nil || a.Outcome == stage.DialInterrupted {
			continue
		}
		family := "ipv6"
		if at.Addr().Unmap().Is4() {
			family = "ipv4"
		}
		out[family] = out[family] || a.Outcome == stage.DialConnected
	}
	return out
}

// loginOutcome is what came of a login.
type loginOutcome string

const (
	loginAccepted loginOutcome = "accepted"
	loginRefused  loginOutcome = "refused" // the server said no
	loginFailed   loginOutcome = "failed"  // no answer, or one that leaves it open
)

var loginOutcomes = []loginOutcome{loginAccepted, loginRefused, loginFailed}

// login returns what came of the login; empty if none was tried.
func (e *endpoint) login() loginOutcome {
	r := e.Result(stage.Login)
	switch {
	case r == nil || r.Status == stage.Skip:
		return ""
	case r.Status != stage.Fail:
		return loginAccepted
	case r.Fault == stage.Rejected:
		return loginRefused
	}
	return loginFailed
}

// sizeLimit returns the largest message that an SMTP server takes in bytes, as it says
// after a login or else before it; 0 if it names no limit (RFC 1870 4).
func (e *endpoint) sizeLimit() int64 {
	if f := stage.FactsOf[*stage.SubmitFacts](e.CheckRecord); f != nil && f.SizeLimit != nil {
		return *f.SizeLimit
	}
	if f := stage.FactsOf[*stage.CapabilityFacts](e.CheckRecord); f != nil && f.Size != nil {
		return *f.Size
	}
	return 0
}
