package report

import (
	"slices"
	"strconv"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// unit is something that works or does not, and has a name in a sentence:
// "receiving", "receiving with POP", "IMAP".
type unit struct {
	name   string
	state  state
	checks []*stage.CheckRecord
}

// units divides the checks into as few things with a name as tell those that
// work from those that don't.
func units(checks []*stage.CheckRecord, w weighed) []unit {
	var in, out []*stage.CheckRecord
	for _, c := range checks {
		if c.Check.Endpoint.Protocol.Receives() {
			in = append(in, c)
		} else {
			out = append(out, c)
		}
	}
	sending := "sending"
	if slices.ContainsFunc(out, senderUntested) {
		sending = "the login for sending"
	}
	return append(divide(in, w, "receiving"), divide(out, w, sending)...)
}

func divide(checks []*stage.CheckRecord, w weighed, name string) []unit {
	if len(checks) == 0 {
		return nil
	}
	if s := w.states[checks[0].Check.ID]; all(checks, w, s) {
		return []unit{{name, s, checks}}
	}
	byProtocol, byPort := make(map[stage.Protocol]int), make(map[stage.Endpoint]int)
	for _, c := range checks {
		e := c.Check.Endpoint
		byProtocol[e.Protocol]++
		byPort[stage.Endpoint{Protocol: e.Protocol, Port: e.Port}]++
	}
	var out []unit
	for _, c := range checks {
		e := c.Check.Endpoint
		s := w.states[c.Check.ID]
		label := protocolWords[e.Protocol]
		if byProtocol[e.Protocol] > 1 {
			label += " on port " + strconv.Itoa(int(e.Port))
		}
		if byPort[stage.Endpoint{Protocol: e.Protocol, Port: e.Port}] > 1 {
			label += " of " + e.Host // two servers, and one port
		}
		// An optional protocol that fails is not receiving that fails.
		if s == worked || !c.Check.Optional {
			label = name + " with " + label
		}
		out = append(out, unit{label, s, []*stage.CheckRecord{c}})
	}
	return out
}

// mixed says which units work, which do not, and which stayed untested. An
// optional endpoint that failed is left to the sentence of its cause.
func mixed(u []unit, d diagnose.Diagnosis) []string {
	by := func(s state) (names []string, checks []*stage.CheckRecord) {
		for _, x := range u {
			if x.state == s && !(s == failed && x.explained(d)) {
				names = append(names, x.name)
				checks = append(checks, x.checks...)
			}
		}
		return names, checks
	}
	good, _ := by(worked)
	bad, _ := by(failed)
	open, openChecks := by(unknown)
	var out []string
	if len(good) > 0 {
		out = append(out, say(wordsSomeWork, "units", capital(listed(good)), "work", either(len(good), "works", "work")))
	}
	switch {
	case len(bad) == 0:
	case len(good) > 0:
		out = append(out, say(wordsOthersDoNot, "units", capital(listed(bad)), "do", either(len(bad), "does", "do")))
	case len(bad) == 2:
		out = append(out, say(wordsNeither, "a", bad[0], "b", bad[1]))
	default:
		out = append(out, say(wordsNoneWorks, "units", capital(listed(bad)), "do", either(len(bad), "does", "do")))
	}
	if len(open) > 0 {
		out = append(out, unfinished(open, openChecks))
	}
	return out
}

// explained reports whether a unit is a single optional endpoint that the
// sentence of the leading cause itself says does not work.
func (u unit) explained(d diagnose.Diagnosis) bool {
	if len(u.checks) != 1 || !u.checks[0].Check.Optional || len(d.Findings) == 0 {
		return false
	}
	f := d.Findings[0]
	return f.Cause == cause.ProtocolNotProvided && f.SuppressedBy == "" && slices.Equal(f.Checks, []string{u.checks[0].Check.ID}) && pageSentence(f) != ""
}

// unfinished says how far the checks came that were not finished.
func unfinished(names []string, checks []*stage.CheckRecord) string {
	was := either(len(names), "was", "were")
	var at []stage.Stage
	for _, c := range checks {
		for _, r := range c.Results {
			if r.Status != stage.Skip || r.Reason == stage.NotApplicable {
				continue
			}
			if r.Reason != stage.CleartextNotAllowed && r.Reason != stage.LoginBudget {
				return say(wordsUnfinished, "units", capital(listed(names)), "was", was)
			}
			at = append(at, r.Stage)
			break
		}
	}
	if len(slices.Compact(at)) == 1 {
		return say(wordsUpTo, "units", capital(listed(names)), "was", was, "stage", StageWords(at[0]))
	}
	return say(wordsNotTested, "units", capital(listed(names)))
}
