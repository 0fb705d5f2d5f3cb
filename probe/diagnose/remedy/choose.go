package remedy

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
)

// Run is what actions are held against.
type Run struct {
	c        *chart.Case
	replaced map[string]bool // checks with other settings that work, which are named as an action of their own
	told     map[string]bool // those, and the ones beside which another protocol works
	blind    bool            // nothing could be reached, so that nothing has been refuted
}

// New returns what the actions of a run are held against. blind is for a run that says
// nothing about the mail service.
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

// Choose returns which of a page's actions are to be named for a finding about these
// checks, in which order. Of several wordings of one action the one stays that names
// what was seen working, or else the first that names nothing refuted. Whoever has
// other settings that work is not told what else might be typed in.
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

// wording chooses between the wordings of the first action, of which there are n, and
// says what the run has seen of the one that is best.
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

// idle reports whether an action says what to type in, where that is said already.
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

// judge holds an action against the run: No where something that it advises was tried
// at one of the servers and failed, Yes where all of it was seen working at all of
// them, or its page says so itself.
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
