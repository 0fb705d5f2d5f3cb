package report

import (
	"slices"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// part is something that works or does not, with a name for use in a sentence:
// "receiving", "receiving with POP", "IMAP".
type part struct {
	name   prose.Value
	ending chart.Ending
	checks []*stage.CheckRecord
}

// parts divides the checks into the smallest number of named parts that separates
// those that work from those that don't.
func parts(checks []*stage.CheckRecord, w weighed) []part {
	var in, out []*stage.CheckRecord
	for _, c := range checks {
		if c.Check.Endpoint.Protocol.Receives() {
			in = append(in, c)
		} else {
			out = append(out, c)
		}
	}
	return append(divide(in, w, say.UnitReceiving()), divide(out, w, sendingUnit(out))...)
}

func divide(checks []*stage.CheckRecord, w weighed, name prose.Value) []part {
	if len(checks) == 0 {
		return nil
	}
	if s := w.endings[checks[0].Check.ID]; all(checks, w, s) {
		return []part{{name, s, checks}}
	}
	byProtocol, byPort := make(map[stage.Protocol]int), make(map[stage.Endpoint]int)
	for _, c := range checks {
		e := c.Check.Endpoint
		byProtocol[e.Protocol]++
		byPort[stage.Endpoint{Protocol: e.Protocol, Port: e.Port}]++
	}
	var out []part
	for _, c := range checks {
		e := c.Check.Endpoint
		s := w.endings[c.Check.ID]
		var port, host prose.Value
		if byProtocol[e.Protocol] > 1 {
			port = prose.Figure(int(e.Port))
		}
		if byPort[stage.Endpoint{Protocol: e.Protocol, Port: e.Port}] > 1 {
			host = prose.Data(e.Host) // two servers with the same port
		}
		label := say.UnitServer(prose.Data(chart.ProtocolName(e.Protocol)), port, host)
		// Receiving doesn't fail because an optional protocol fails.
		if s == chart.Worked || !c.Check.Optional {
			label = say.UnitWith(name, label)
		}
		out = append(out, part{label, s, []*stage.CheckRecord{c}})
	}
	return out
}

// mixed says which parts work, which do not, and which were not tested. The sentence
// of its cause covers a failed optional endpoint.
func mixed(all []part, d diagnose.Diagnosis) []prose.Value {
	by := func(s chart.Ending) (names []prose.Value, checks []*stage.CheckRecord) {
		for _, x := range all {
			if x.ending == s && !(s == chart.Broke && x.explained(d)) {
				names = append(names, x.name)
				checks = append(checks, x.checks...)
			}
		}
		return names, checks
	}
	good, _ := by(chart.Worked)
	bad, _ := by(chart.Broke)
	open, openChecks := by(chart.Unfinished)
	var out []prose.Value
	if len(good) > 0 {
		out = append(out, say.SomeWork(prose.And(good...)))
	}
	switch {
	case len(bad) == 0:
	case len(good) > 0:
		out = append(out, say.OthersDoNot(prose.And(bad...)))
	case len(bad) == 2:
		out = append(out, say.NeitherWorks(bad[0], bad[1]))
	default:
		out = append(out, say.NoneWorks(prose.And(bad...)))
	}
	if len(open) > 0 {
		out = append(out, unfinished(prose.And(open...), openChecks))
	}
	return out
}

// explained reports whether a part is a single optional endpoint and the sentence of
// the leading cause says that it does not work.
func (p part) explained(d diagnose.Diagnosis) bool {
	if len(p.checks) != 1 || !p.checks[0].Check.Optional || len(d.Findings) == 0 {
		return false
	}
	f := d.Findings[0]
	return f.Cause == cause.ProtocolNotProvided && f.SuppressedBy == "" && slices.Equal(f.Checks, []string{p.checks[0].Check.ID}) && hasSentence(f)
}

// loginsLeftOut are the reasons for leaving out a login that was requested.
var loginsLeftOut = []stage.Reason{stage.CleartextNotAllowed, stage.SettingsNotVerified, stage.LoginBudget, stage.PasswordUnavailable}

// unfinished says how far the unfinished checks got.
func unfinished(parts prose.Value, checks []*stage.CheckRecord) prose.Value {
	var at []stage.Stage
	for _, c := range checks {
		for _, r := range c.Results {
			if r.Status != stage.Skip || r.Reason == stage.NotApplicable {
				continue
			}
			if !slices.Contains(loginsLeftOut, r.Reason) {
				return say.TestedPartly(parts)
			}
			at = append(at, r.Stage)
			break
		}
	}
	if len(slices.Compact(at)) == 1 {
		return say.TestedUpTo(parts, stageName(at[0]))
	}
	return say.NotTested(parts)
}
