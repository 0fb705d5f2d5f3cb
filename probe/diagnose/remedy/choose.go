package remedy

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
)

// Run is what actions are compared with.
type Run struct {
	c        *chart.Case
	replaced map[string]bool // checks for which other settings work, which are listed as an action of their own
	told     map[string]bool // those, and the checks beside which another protocol works
	blind    bool            // nothing could be reached, so that nothing has been refuted
}

// New returns what the actions of a run are compared with. blind is set for a run
// that says nothing about the mail service.
func New(c *chart.Case, ways []chart.Way, blind bool) *Run {
	r := &Run{c: c, replaced: make(map[string]bool), told: make(map[string]bool), blind: blind}
	for _, w := range ways {
		if w.Replaces() {
			r.replaced[w.Round] = true
		}
		if w.Replaces() || w.Kind == chart.OtherProtocol && w.Works && !w.Optional {
			r.told[w.Round] = true
		}
	}
	return r
}

// Choose returns those of a page's actions that apply to a finding about these
// checks, in order. Among several wordings of an action it chooses the one that was
// seen working, or else the first that was not refuted. If other settings work, it
// leaves out further settings to try.
func (r *Run) Choose(checks []*chart.Exam, actions []cause.Action) []cause.Action {
	var proven, others []cause.Action
	fell := false // the latest action was refuted, in all its wordings
	for len(actions) > 0 {
		a, said, n := r.wording(checks, actions)
		actions = actions[n:]
		if a.Else && !fell {
			continue
		}
		fell = said == chart.No
		switch known := slices.ContainsFunc(slices.Concat(proven, others), a.Same); {
		case known, fell, r.idle(checks, a):
		case said == chart.Yes && typesIn(a):
			a.Kind = cause.UseProven
			proven = append(proven, a)
		default:
			others = append(others, a)
		}
	}
	return append(proven, others...)
}

// wording chooses among the n wordings of the first action, and returns what the run
// has seen of the best one.
func (r *Run) wording(checks []*chart.Exam, actions []cause.Action) (best cause.Action, said chart.Answer, n int) {
	best, said, n = actions[0], r.judge(checks, actions[0]), 1
	for _, a := range actions[1:] {
		if !a.Same(best) {
			break
		}
		n++
		if now := r.judge(checks, a); said == chart.No || said == chart.Unknown && now == chart.Yes {
			best, said = a, now
		}
	}
	return best, said, n
}

// idle reports whether an action says what to type in although that is said already.
func (r *Run) idle(checks []*chart.Exam, a cause.Action) bool {
	all := func(of map[string]bool) bool {
		return len(checks) > 0 && !slices.ContainsFunc(checks, func(k *chart.Exam) bool { return !of[k.Check.ID] })
	}
	return typesIn(a) && (all(r.replaced) || a.Kind == cause.UseProven && all(r.told))
}

// typesIn reports whether an action says what to type into a mail program.
func typesIn(a cause.Action) bool {
	return a.Who == cause.You && (a.Kind == cause.ChangeSettings || a.Kind == cause.UseProven)
}

// judge compares an action with the run. No: something that it advises was tried at
// one of the servers and failed. Yes: all of it was seen working at all of them, or
// its page says so.
func (r *Run) judge(checks []*chart.Exam, a cause.Action) chart.Answer {
	if a.Kind == cause.UseProven {
		return chart.Yes
	}
	works := len(checks) > 0 && len(a.Advises) > 0
	for _, advice := range a.Advises {
		for _, k := range checks {
			switch r.seen(k, advice) {
			case chart.No:
				return chart.No
			case chart.Unknown:
				works = false
			}
		}
	}
	if works {
		return chart.Yes
	}
	return chart.Unknown
}
