package diagnose

import (
	"time"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// answersAt names where else the host of a check answers: at a mail port, at 443, or
// by refusing.
func answersAt(a chart.Neighbours) prose.Value {
	switch {
	case len(a.Open) > 0:
		return a.OpenNames()
	case a.Besides() != nil:
		return a.Besides().Place.Name()
	}
	return a.SaidNoNames()
}

// farAway is the least significant difference between two connect times.
const farAway = 5 * time.Millisecond

// refusedNearby reports whether the host's mail ports were refused in less than half
// the round-trip time to the host, so that something nearer refused. A refusal takes
// at least one round trip.
func refusedNearby(a chart.Neighbours) bool {
	if a.Web == nil || a.Web.State != chart.PortOpen || a.Refused == 0 || a.Rejected > 0 {
		return false
	}
	return a.Slowest < a.Web.Trip/2 && a.Web.Trip-a.Slowest > farAway
}

// closedToPrograms reports whether several ports for mail programs were dialled, and
// none of them accepted a connection.
func closedToPrograms(a chart.Neighbours) bool {
	for _, place := range a.Open {
		if a.Mx == nil || place != a.Mx.Place {
			return false
		}
	}
	return a.Refused+a.Silent > 1
}

// onlyExchange reports whether the host accepts mail from other servers, and nothing
// else.
func onlyExchange(a chart.Neighbours) bool {
	return a.Mx != nil && a.Mx.State == chart.PortOpen && closedToPrograms(a)
}

// nobodyHome reports whether the last router or this machine says, for each of the
// host's addresses, that its address search found nobody.
func nobodyHome(k *chart.Exam) bool {
	for _, a := range k.Connect.Attempts {
		r := a.Rejection
		if r == nil || r.Why != stage.RejectHost || a.Time.Duration() < chart.Soon {
			return false
		}
	}
	return len(k.Connect.Attempts) > 0
}
