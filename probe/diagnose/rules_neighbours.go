package diagnose

import (
	"time"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// answersAt names where the host of a check answers otherwise: at a mail port, at
// 443, or by refusing.
func answersAt(a chart.Neighbours) prose.Value {
	switch {
	case len(a.Open) > 0:
		return a.OpenNames()
	case a.Besides() != nil:
		return a.Besides().Place.Name()
	}
	return a.SaidNoNames()
}

// farAway is by how much two times of connecting have to differ: by less, they
// differ by chance.
const farAway = 5 * time.Millisecond

// refusedNearby reports whether the host's mail ports were refused in less than
// half the time that a packet takes to the host and back: whoever refuses is nearer
// than the host. What a refusal took in all is never less than the packet's time.
func refusedNearby(a chart.Neighbours) bool {
	if a.Web == nil || a.Web.State != chart.PortOpen || a.Refused == 0 || a.Rejected > 0 {
		return false
	}
	return a.Slowest < a.Web.Trip/2 && a.Web.Trip-a.Slowest > farAway
}

// closedToPrograms reports whether several ports for mail programs were dialled,
// and none of them took a connection.
func closedToPrograms(a chart.Neighbours) bool {
	for _, place := range a.Open {
		if a.Mx == nil || place != a.Mx.Place {
			return false
		}
	}
	return a.Refused+a.Silent > 1
}

// onlyExchange reports whether the host takes mail from other servers, and nothing
// else.
func onlyExchange(a chart.Neighbours) bool {
	return a.Mx != nil && a.Mx.State == chart.PortOpen && closedToPrograms(a)
}

// nobodyHome reports whether somebody who looked for each of the host's addresses,
// the last router or this machine, says that nobody has it.
func nobodyHome(k *chart.Exam) bool {
	for _, a := range k.Connect.Attempts {
		r := a.Rejection
		if r == nil || r.Why != stage.RejectHost || a.Time.Duration() < chart.Soon {
			return false
		}
	}
	return len(k.Connect.Attempts) > 0
}
