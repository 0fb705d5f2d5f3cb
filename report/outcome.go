package report

import (
	"slices"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// Outcome is the result of one check of the plan, as a monitor or a pipeline needs
// it for each endpoint.
type Outcome struct {
	Check      string           // Check.ID
	Verdict    Verdict          // on this connection, as far as it was to be tested
	Cause      cause.ID         // the leading one of those that concern it; empty if nothing is wrong
	Confidence cause.Confidence // in the cause
	Tested     Tested

	// Spared is set if the check did not succeed and yet the run has no more than a
	// warning for it: it is optional, and others of its subject and direction count.
	Spared bool
}

// Tested describes the settings that a check has tried.
type Tested struct {
	stage.Endpoint
	Subject string      // the argument that they belong to, as typed
	User    string      // the name to log in with; empty if no login was requested
	UpTo    stage.Stage // the last stage that was requested
}

// outcome judges one check. If its login was left out because the same name and
// password had been refused by another server, that refusal applies here as well,
// with its cause.
func (w weighed) outcome(rec *stage.Record, c *stage.CheckRecord, leading map[string]*diagnose.Finding) (Outcome, chart.Ending) {
	logs := chart.LoginAsked(rec, c)
	o := Outcome{Check: c.Check.ID, Tested: tested(rec, c, logs)}
	s, f := chart.EndingOf(rec, c), leading[c.Check.ID]
	if s == chart.Broke && c.Failed() == nil {
		if refused := chart.RefusedFor(rec, c); refused != nil {
			f = leading[refused.Check.ID]
		}
	}
	if f != nil {
		o.Cause, o.Confidence = f.Cause, f.Confidence
	}
	switch {
	case s == chart.Unfinished, s == chart.Broke && w.noNetwork:
		o.Verdict = Unknown
	case s == chart.Broke:
		o.Verdict = DoesNotWork
	case f != nil, slices.ContainsFunc(c.Results, func(r stage.Result) bool { return r.Status == stage.Warn }):
		o.Verdict = WorksWithWarnings
	default:
		o.Verdict = Works
	}
	return o, s
}

// leadingFindings returns, by Check.ID, the first finding that concerns each check.
// Suppressed findings don't count, and neither does information.
func leadingFindings(d diagnose.Diagnosis) map[string]*diagnose.Finding {
	out := make(map[string]*diagnose.Finding)
	for i := range d.Findings {
		f := &d.Findings[i]
		if f.SuppressedBy != "" || f.Severity == cause.Info {
			continue
		}
		for _, id := range f.Checks {
			if out[id] == nil {
				out[id] = f
			}
		}
	}
	return out
}

func tested(rec *stage.Record, c *stage.CheckRecord, logs bool) Tested {
	t := Tested{Endpoint: c.Check.Endpoint, UpTo: stage.Capabilities}
	s := rec.Subject(c)
	if s != nil {
		t.Subject = s.Argument
	}
	if !logs {
		return t
	}
	if t.User = s.User; c.Check.User != "" {
		t.User = c.Check.User
	}
	if order := c.Check.Order(); len(order) > 0 {
		t.UpTo = order[len(order)-1]
	}
	return t
}

// spared returns the optional checks of one subject that did not succeed and stand
// behind others of the same direction; see [weighed.subject].
func (w weighed) spared(checks []*stage.CheckRecord) []string {
	var out []string
	for _, receives := range []bool{true, false} {
		var behind []string
		counts := false
		for _, c := range checks {
			if c.Check.Endpoint.Protocol.Receives() != receives {
				continue
			}
			worked := w.endings[c.Check.ID] == chart.Worked
			counts = counts || worked || !c.Check.Optional
			if c.Check.Optional && !worked {
				behind = append(behind, c.Check.ID)
			}
		}
		if counts {
			out = append(out, behind...)
		}
	}
	return out
}

// spare marks the outcomes of spared checks. Without a network, no check is.
func (w weighed) spare() {
	if w.noNetwork {
		return
	}
	at := make(map[string]int, len(w.outcomes))
	for i, o := range w.outcomes {
		at[o.Check] = i
	}
	for _, checks := range w.book.ofSubject {
		for _, id := range w.spared(checks) {
			w.outcomes[at[id]].Spared = true
		}
	}
}
