package report

import (
	"iter"
	"slices"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// Groups returns a report for each group of checks that share a host, an address or an
// account, in the order of the plan: what is known as soon as the group has ended. A
// conclusion may differ from that of the whole run, where what groups have in common is
// taken into account. A run of one group has itself.
func (r *Report) Groups() iter.Seq[*Report] {
	return func(yield func(*Report) bool) {
		if r.groups == nil {
			yield(r)
			return
		}
		r.groups(yield)
	}
}

// groupsOf puts each group of a record into words when it is asked for, so that a run of
// thousands needs memory for one. whole is the report of all.
func groupsOf(whole *Report, rec *stage.Record, by Reader) iter.Seq[*Report] {
	return func(yield func(*Report) bool) {
		parts := rec.Parts()
		if len(parts) < 2 {
			yield(whole)
			return
		}
		for i := range parts {
			part := parts[i].Record()
			part.End.State = stage.Complete // the group's own end, whatever the run's
			if !yield(NewFor(whole.Language, part, diagnose.Diagnose(part), by)) {
				return
			}
		}
	}
}

// Explains returns the conclusion that stands behind the outcome of a check; nil if it
// has no cause.
func (r *Report) Explains(o Outcome) *Explanation {
	if o.Cause == "" {
		return nil
	}
	var other *Explanation // about another check: a refusal there applies here as well
	for i := range r.Findings {
		f := &r.Findings[i]
		switch {
		case f.Cause != o.Cause || f.SuppressedBy != "" || f.Severity == cause.Info:
		case slices.Contains(f.Checks, o.Check):
			return f
		case other == nil:
			other = f
		}
	}
	return other
}

// Counts are the connections of a run by their verdict, and the expectations by what
// came of them.
type Counts struct {
	Works, Warnings, Fails, Unknown int
	Met, Unmet, NotJudged           int
	UnmetWarnings                   int // those of Unmet that are only a warning
}

// Counts counts what is in the report. Every form says the same numbers.
func (r *Report) Counts() Counts {
	var c Counts
	for _, o := range r.Outcomes {
		switch o.Verdict {
		case Works:
			c.Works++
		case WorksWithWarnings:
			c.Warnings++
		case DoesNotWork:
			c.Fails++
		default:
			c.Unknown++
		}
	}
	for _, e := range r.Expectations {
		switch e.Outcome {
		case ExpectationMet:
			c.Met++
		case ExpectationUnmet:
			c.Unmet++
			if e.Severity == stage.ExpectWarn {
				c.UnmetWarnings++
			}
		default:
			c.NotJudged++
		}
	}
	return c
}
