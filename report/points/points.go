// Package points lists what a report has judged, for forms that show one result after
// the other: a [Point] for each endpoint of the plan, and one for each expectation of a
// smoke file. Such a form (JUnit, TAP, annotations, monitoring plugins) fails if and
// only if one of its points does, so that it agrees with the exit code: what a point of
// an endpoint doesn't account for has a point for the whole run.
package points

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// Point is one result.
type Point struct {
	Subject int    // index in Report.Subjects; -1: the run as a whole
	Group   string // the subject's label, or its argument as typed
	Name    string // unique in the group, the same in every run of the same plan
	Check   string // Check.ID; empty: the run as a whole

	// Expectation is nil for an endpoint.
	Expectation *report.Expectation

	State   State
	Verdict report.Verdict // empty for an expectation
	Cause   cause.ID       // empty: none
	Said    string         // in one or two sentences, why it is so
	Action  string         // what to do about it; empty: nothing is known to help
	Time    stage.Millis   // how long it took; zero for an expectation
	Stood   bool           // it was so in the older run, and only news fails; State is at most [Warned]
	Line    int            // in the smoke file, from 1; zero: there is none
}

// State is the outcome of a point.
type State string

const (
	Passed   State = "passed"
	Warned   State = "warned"     // works, but; or an unmet expectation that is worth a warning
	Failed   State = "failed"     // does not work; or any other unmet expectation
	Open     State = "open"       // could not be told
	Unjudged State = "not-judged" // an expectation that this machine can't judge
)

// Fails reports whether a point fails in a form that knows only success and failure.
func (p Point) Fails(strict bool) bool {
	if p.Stood {
		return false
	}
	return p.State == Failed || p.State == Open || strict && p.State == Warned
}

// Symbol names what is wrong by a stable id: the cause or, if there is none, the
// expectation or the verdict.
func (p Point) Symbol() string {
	switch {
	case p.Expectation != nil:
		return string(p.Expectation.ID)
	case p.Cause != "":
		return string(p.Cause)
	}
	return string(p.Verdict)
}

// Of lists the points of a report in plan order, each endpoint followed by its
// expectations. With strict, warnings count as failures.
func Of(r *report.Report, strict bool) []Point {
	l := newLister(r)
	for i := range r.Outcomes {
		l.endpoint(&r.Outcomes[i])
	}
	for i := range r.Expectations {
		if e := &r.Expectations[i]; !l.known[e.Check] {
			l.expectation(e, l.whole())
		}
	}
	if l.unaccounted(strict) {
		l.run(strict)
	}
	l.distinguish()
	return l.all
}

// order ranks the states: the worst first.
var order = []State{Failed, Open, Warned, Unjudged, Passed}

// stand makes the point one that doesn't fail, and says why.
func (p *Point) stand(why string) {
	if p.State == Passed {
		return
	}
	p.Stood = true
	p.Said = strings.TrimSpace(p.Said + " " + OneLine(why))
	if p.State == Failed || p.State == Open {
		p.State = Warned
	}
}

// Worst returns points in order of severity, with endpoints before expectations: what
// doesn't work comes before what isn't as somebody wants it. Those of the same severity
// keep their order.
func Worst(all []Point) []Point {
	out := slices.Clone(all)
	rank := func(p Point) int {
		n := 2 * slices.Index(order, p.State)
		if p.Expectation != nil {
			n++
		}
		return n
	}
	slices.SortStableFunc(out, func(a, b Point) int { return rank(a) - rank(b) })
	return out
}

// Title returns the group and the name, without the group where the name begins with
// it.
func (p Point) Title() string {
	if strings.HasPrefix(p.Name, p.Group) {
		return p.Name
	}
	return p.Group + ": " + p.Name
}

// Counts are the numbers of points by state.
type Counts map[State]int

// Count counts points.
func Count(all []Point) Counts {
	n := make(Counts)
	for _, p := range all {
		n[p.State]++
	}
	return n
}

// Place returns an endpoint as a URL, in the form in which it can be typed.
func Place(e stage.Endpoint) string {
	return stage.Visible(e.Scheme() + "://" + e.Address() + e.Query())
}

// OneLine returns text as one line, safe to show.
func OneLine(s string) string { return strings.Join(strings.Fields(stage.Visible(s)), " ") }
