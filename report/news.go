package report

import (
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// News is what came of the expectations of the newer run, by what had come of them in
// the older one. What is met in both, or can't be judged now, is in none of the lists.
//
// One that is unmet in both and was a mere warning then, while it fails now, is New and
// not Remaining: the file asks for more than it did, and New is what fails a run of which
// only news does. The sentence counts it apart from those that were met then.
type News struct {
	New       []*Expectation // unmet now; then met, not judged, not expected or a mere warning
	Cured     []*Expectation // met now, unmet then
	Remaining []*Expectation // unmet in both, and no more than a warning now if it was one then

	raised int // how many of New were unmet then, as warnings
}

// expectationKey is what an expectation is recognised by in another run. The value is
// not part of it, nor is the severity: a stricter expectation is the same one. Of several
// alike, the n-th is compared with the n-th.
type expectationKey struct {
	endpoint stage.Endpoint
	user     string
	id       stage.ExpectationID
	n        int
}

// keyed calls each for every expectation with its key.
func (r *Report) keyed(each func(expectationKey, *Expectation)) {
	checks := make(map[string]*stage.Check)
	for i := range r.Checks {
		checks[r.Checks[i].Check.ID] = &r.Checks[i].Check
	}
	seen := make(map[expectationKey]int)
	for i := range r.Expectations {
		e := &r.Expectations[i]
		k := expectationKey{id: e.ID}
		if c := checks[e.Check]; c != nil {
			k.endpoint, k.user = c.Endpoint, c.User
		}
		n := seen[k]
		seen[k]++
		k.n = n
		each(k, e)
	}
}

// expectations compares what came of the expectations, and returns what changed and what
// remains as differences.
func (c *Comparison) expectations(old, new *Report) (changed, same []Difference) {
	then := make(map[expectationKey]*Expectation)
	old.keyed(func(k expectationKey, e *Expectation) { then[k] = e })
	new.keyed(func(k expectationKey, e *Expectation) {
		o := then[k]
		was := o != nil && o.Outcome == ExpectationUnmet
		switch {
		case e.raisedSince(o):
			c.News.raised++
			c.News.New = append(c.News.New, e)
			changed = append(changed, c.expected(o, e))
		case e.Outcome == ExpectationUnmet && was:
			c.News.Remaining = append(c.News.Remaining, e)
			same = append(same, c.expected(o, e))
		case e.Outcome == ExpectationUnmet:
			c.News.New = append(c.News.New, e)
			changed = append(changed, c.expected(o, e))
		case e.Outcome == ExpectationMet && was:
			c.News.Cured = append(c.News.Cured, e)
			changed = append(changed, c.expected(o, e))
		}
	})
	return changed, same
}

// raisedSince reports whether an expectation was unmet in an older run too, as a mere
// warning there. old is nil if that run didn't have it.
func (e *Expectation) raisedSince(old *Expectation) bool {
	return old != nil && old.Outcome == ExpectationUnmet && e.Outcome == ExpectationUnmet &&
		old.Severity == stage.ExpectWarn && e.Severity != stage.ExpectWarn
}

// expected describes one expectation as each of the runs saw it; old is nil if the older
// one didn't have it.
func (c *Comparison) expected(old, new *Expectation) Difference {
	what := prose.Data(string(new.ID) + " " + new.Place)
	return Difference{Check: new.Check, What: c.l.Text(what), Old: c.outcome(old), New: c.outcome(new), what: what}
}

// outcome says what came of an expectation.
func (c *Comparison) outcome(e *Expectation) Seen {
	switch {
	case e == nil:
		return c.seen(SignNotReached, say.ComparedNotExpected())
	case e.Outcome == ExpectationMet:
		return c.seen(SignPass, say.ComparedMet())
	case e.Outcome == ExpectationNotJudged:
		return c.seen(SignNotReached, say.ComparedNotJudged())
	case e.Severity == stage.ExpectWarn:
		return c.seen(SignWarn, e.said)
	}
	return c.seen(SignFail, e.said)
}

// news counts in one sentence what is new, cured and remains; empty if there is none.
func (c *Comparison) news() prose.Value {
	var parts []prose.Value
	for _, p := range []struct {
		n   int
		say func(n prose.Value) prose.Value
	}{{len(c.News.New) - c.News.raised, say.NewsNew}, {c.News.raised, say.NewsRaised}, {len(c.News.Cured), say.NewsCured}, {len(c.News.Remaining), say.NewsRemain}} {
		if p.n > 0 {
			parts = append(parts, p.say(prose.Count(p.n)))
		}
	}
	if len(parts) == 0 {
		return prose.Value{}
	}
	return say.NewsSince(prose.Data(c.Old.Name), prose.All(parts...))
}
