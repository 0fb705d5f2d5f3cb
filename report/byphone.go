package report

import (
	"slices"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
)

// maxByPhone limits the changes that are read out: nobody writes down more.
const maxByPhone = 3

// byPhone returns one line to read out to somebody who helps by phone: the cause,
// and the fields with their new values. It is empty if nothing failed, or no cause
// was found.
func byPhone(d diagnose.Diagnosis, w weighed) (said prose.Value) {
	lead := leadingTrouble(d)
	failed := slices.ContainsFunc(w.outcomes, func(o Outcome) bool { return o.Verdict == DoesNotWork })
	if lead == nil || !failed && !w.noNetwork && w.overall() != DoesNotWork {
		return said
	}
	changes := toType(d, w.overall() != DoesNotWork)
	if len(changes) == 0 && w.settingsAreRight() {
		changes = []prose.Value{say.PhoneNothing()}
	}
	return say.Phone(prose.Data(string(lead.Cause)), prose.Then(changes[:min(len(changes), maxByPhone)]...))
}

// leadingTrouble returns the first finding that requires action; nil if there is
// none.
func leadingTrouble(d diagnose.Diagnosis) *diagnose.Finding {
	for i := range d.Findings {
		if f := &d.Findings[i]; f.SuppressedBy == "" && f.Severity != cause.Info {
			return f
		}
	}
	return nil
}

// toType returns the settings that this run has seen working in place of failed
// ones. Optional endpoints are included only if nothing else failed.
func toType(d diagnose.Diagnosis, optional bool) []prose.Value {
	var out []prose.Value
	ways := endpointWays(d)
	for _, v := range d.Ways {
		e := v.Endpoint
		switch {
		case !v.Works || v.Optional && !optional:
		case v.Kind == chart.OtherProtocol && !ways[v.Round].Works:
			out = prose.AppendNew(out, say.PhoneProtocol(prose.Data(chart.ProtocolName(e.Protocol))))
		case v.Kind == chart.OtherEndpoint:
			var host prose.Value
			if !v.SameHost() {
				host = prose.Data(e.Host)
			}
			fields := prose.All(host, say.Port(prose.Figure(int(e.Port))), Security(e.Security))
			out = prose.AppendNew(out, say.PhoneChange(serverWords(e.Protocol), fields))
		}
	}
	return out
}

// settingsAreRight reports whether every connection that failed did so for a reason
// that no setting changes.
func (w weighed) settingsAreRight() bool {
	failed := 0
	for _, o := range w.outcomes {
		if o.Verdict != DoesNotWork {
			continue
		}
		if failed++; o.Confidence == cause.Possible || !slices.Contains(notOfSettings, o.Cause) {
			return false
		}
	}
	return failed > 0
}
