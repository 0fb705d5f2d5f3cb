package report

import (
	"slices"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// stood is what the older run had against the account as well: as bad then as it is now.
type stood struct {
	endpoints    map[string]bool // by Check.ID of the newer run
	expectations map[*Expectation]bool
	run          bool // the verdicts, and the settings of mail programs
}

// stand finds what is no worse than in the older run. What the older run doesn't have is
// not among it, nor is an endpoint that has another cause now: a certificate that ran out
// is news where a password was wrong.
func (c *Comparison) stand(old, new *Report) {
	c.stood = stood{make(map[string]bool), make(map[*Expectation]bool), true}
	then, now := outcomesOf(old), outcomesOf(new)
	for _, p := range pairs(old.Checks, new.Checks) {
		if p.old != nil && p.new != nil {
			o, n := then[p.old.Check.ID], now[p.new.Check.ID]
			c.stood.endpoints[p.new.Check.ID] = weight[o.Verdict] >= weight[n.Verdict] && (n.Verdict == Works || o.Cause == n.Cause)
		}
	}
	was := make(map[expectationKey]*Expectation)
	old.keyed(func(k expectationKey, e *Expectation) { was[k] = e })
	new.keyed(func(k expectationKey, e *Expectation) {
		o := was[k]
		c.stood.expectations[e] = o != nil && (o.Outcome == ExpectationUnmet || o.Outcome == e.Outcome) && !e.raisedSince(o)
	})
	for _, v := range [][2]Verdict{{old.Verdict, new.Verdict}, {old.Receiving, new.Receiving}, {old.Sending, new.Sending}} {
		c.stood.run = c.stood.run && (weight[v[0]] >= weight[v[1]] || v[1] == WorksWithWarnings)
	}
	c.stood.run = c.stood.run && c.programsStood(old, new)
}

func outcomesOf(r *Report) map[string]Outcome {
	out := make(map[string]Outcome)
	for _, o := range r.Outcomes {
		out[o.Check] = o
	}
	return out
}

// EndpointStood reports whether only news fails the run, and an endpoint was no better in
// the older run, for the same cause. check is a Check.ID.
func (r *Report) EndpointStood(check string) bool {
	return r.NewsOnly && r.Against != nil && r.Against.stood.endpoints[check]
}

// ExpectationStood reports the same of one of Report.Expectations.
func (r *Report) ExpectationStood(e *Expectation) bool {
	return r.NewsOnly && r.Against != nil && r.Against.stood.expectations[e]
}

// RunStood reports whether only news fails the run, and nothing is: neither an endpoint,
// nor an expectation, nor the whole. A run that ended early has not come to that.
func (r *Report) RunStood(strict bool) bool {
	if !r.NewsOnly || r.Against == nil || r.Ended != stage.Complete || !r.Against.stood.run {
		return false
	}
	for _, o := range r.Outcomes {
		if !r.EndpointStood(o.Check) && o.failsBy(strict) {
			return false
		}
	}
	for i := range r.Expectations {
		if e := &r.Expectations[i]; !r.ExpectationStood(e) && e.failsBy(strict) {
			return false
		}
	}
	return true
}

// StoodText says of one thing that is not in order why it doesn't fail the run: it was no
// better in the older one.
func (r *Report) StoodText() string {
	if r.Against == nil {
		return ""
	}
	return r.Language.Sentence(say.StoodOne(prose.Data(r.Against.Old.Name)))
}

// AgainstText is the summary of the comparison. Where only news fails the run, it says so,
// and how much of what is not in order isn't new.
func (r *Report) AgainstText() []string {
	switch {
	case r.Against == nil:
		return nil
	case !r.NewsOnly || r.Ended != stage.Complete:
		return r.Against.Summary
	}
	return slices.Concat(r.Against.Summary, r.standing())
}

// standing says that only news fails the run, and counts what isn't new.
func (r *Report) standing() []string {
	run := prose.Data(r.Against.Old.Name)
	var stood []prose.Value
	if n := len(r.StoodEndpoints()); n > 0 {
		stood = append(stood, say.StoodConnections(prose.Count(n)))
	}
	if n := len(r.StoodExpectations()); n > 0 {
		stood = append(stood, say.StoodExpectations(prose.Count(n)))
	}
	said := []prose.Value{say.StoodOnly(run)}
	if len(stood) > 0 {
		said = append(said, say.StoodList(run, prose.All(stood...)))
	}
	return sentences(r.Language, said...)
}

// StoodEndpoints returns the endpoints that are not in order and don't fail the run, as
// they were no better in the older one.
func (r *Report) StoodEndpoints() (ids []string) {
	for _, o := range r.Outcomes {
		if o.Verdict != Works && r.EndpointStood(o.Check) {
			ids = append(ids, o.Check)
		}
	}
	return ids
}

// StoodExpectations returns such expectations: unmet, or not judged.
func (r *Report) StoodExpectations() (all []*Expectation) {
	for i := range r.Expectations {
		if e := &r.Expectations[i]; e.Outcome != ExpectationMet && r.ExpectationStood(e) {
			all = append(all, e)
		}
	}
	return all
}

// failsBy reports whether an endpoint makes the run fail; if strict, so does a warning.
func (o *Outcome) failsBy(strict bool) bool {
	switch {
	case o.Verdict == Works:
		return false
	case o.Verdict == WorksWithWarnings || o.Spared:
		return strict
	}
	return true
}
