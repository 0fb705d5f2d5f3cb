package points

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// lister collects the points of a report. It has indexes, because scanning all checks
// for each of them would be quadratic.
type lister struct {
	r        *report.Report
	all      []Point
	known    map[string]bool                  // checks that have an outcome
	checks   map[string]*stage.CheckRecord    // by Check.ID
	notes    map[string]report.Row            // by Check.ID
	expected map[string][]*report.Expectation // by Check.ID
	findings map[cause.ID][]*report.Explanation
}

func newLister(r *report.Report) *lister {
	l := &lister{
		r: r, known: make(map[string]bool), checks: make(map[string]*stage.CheckRecord), notes: make(map[string]report.Row),
		expected: make(map[string][]*report.Expectation), findings: make(map[cause.ID][]*report.Explanation),
	}
	for _, o := range r.Outcomes {
		l.known[o.Check] = true
	}
	for i := range r.Checks {
		l.checks[r.Checks[i].Check.ID] = &r.Checks[i]
	}
	for _, row := range r.Rows {
		l.notes[row.Check] = row
	}
	for i := range r.Expectations {
		e := &r.Expectations[i]
		l.expected[e.Check] = append(l.expected[e.Check], e)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		l.findings[f.Cause] = append(l.findings[f.Cause], f)
	}
	return l
}

// endpoint adds the points of one endpoint.
func (l *lister) endpoint(o *report.Outcome) {
	p := Point{
		Subject: -1, Name: Place(o.Tested.Endpoint), Check: o.Check, Verdict: o.Verdict, Cause: o.Cause,
		State: stateOf(o), Group: OneLine(l.r.Title),
	}
	if c := l.checks[o.Check]; c != nil {
		p.Time = c.Time
		if i := c.Check.Subject; i >= 0 && i < len(l.r.Subjects) {
			s := &l.r.Subjects[i]
			p.Subject, p.Line, p.Group = i, s.Line, cmp.Or(OneLine(s.Label), OneLine(s.Argument))
		}
	}
	p.Said, p.Action = l.words(o)
	if o.Spared {
		p.Said += " " + l.r.Language.Sentence(say.PointAside())
	}
	if l.r.EndpointStood(o.Check) {
		p.stand(l.r.StoodText())
	}
	l.all = append(l.all, p)
	for _, e := range l.expected[o.Check] {
		l.expectation(e, p)
	}
}

// stateOf returns the state of an endpoint.
func stateOf(o *report.Outcome) State {
	switch {
	case o.Verdict == report.Works:
		return Passed
	case o.Verdict == report.WorksWithWarnings || o.Spared:
		return Warned
	case o.Verdict == report.DoesNotWork:
		return Failed
	}
	return Open
}

// verdicts in words, for an endpoint of which nothing better is known.
var verdicts = map[report.Verdict]prose.Value{
	report.Works: say.PointFine(), report.WorksWithWarnings: say.PointWarning(), report.DoesNotWork: say.PointFails(), report.Unknown: say.PointOpen(),
}

// words returns why an endpoint is as it is, and what to do.
func (l *lister) words(o *report.Outcome) (said, action string) {
	if o.Verdict == report.Works {
		return l.r.Language.Sentence(say.PointFine()), ""
	}
	if said, action = l.explained(o.Cause, o.Check); said != "" {
		return said, action
	}
	said = l.r.Language.Sentence(verdicts[o.Verdict])
	for _, note := range l.r.NotesOf(l.notes[o.Check]) {
		said += " " + OneLine(note)
	}
	return said, ""
}

// explained returns the sentences of a cause and its first action, as far as the run
// has found it. Of several findings, the one that concerns the check counts.
func (l *lister) explained(id cause.ID, check string) (said, action string) {
	all := l.findings[id]
	if id == "" || len(all) == 0 {
		return "", ""
	}
	f := all[0]
	for _, g := range all {
		if slices.Contains(g.Checks, check) {
			f = g
			break
		}
	}
	return OneLine(f.Sentence(l.r.Language)), OneLine(f.Action)
}

// expectation adds the point of an expectation of an endpoint.
func (l *lister) expectation(e *report.Expectation, of Point) {
	p := Point{
		Subject: of.Subject, Group: of.Group, Name: OneLine(cmp.Or(e.Place, of.Name)) + " " + string(e.ID),
		Check: e.Check, Expectation: e, Line: cmp.Or(e.Line, e.At, of.Line),
	}
	switch e.Outcome {
	case report.ExpectationMet:
		p.State, p.Said = Passed, l.r.Language.Sentence(say.PointMet())
	case report.ExpectationNotJudged:
		p.State, p.Said = Unjudged, cmp.Or(OneLine(e.Why), l.r.Language.Sentence(say.PointUnjudged()))
	default:
		p.State, p.Cause = Failed, e.Cause
		if e.Severity == stage.ExpectWarn {
			p.State = Warned
		}
		p.Said = l.compared(e)
		if said, action := l.explained(e.Cause, e.Check); said != "" {
			p.Said, p.Action = p.Said+" "+said, action
		}
	}
	if l.r.ExpectationStood(e) {
		p.stand(l.r.StoodText())
	}
	l.all = append(l.all, p)
}

// compared says what was expected, and what was seen instead.
func (l *lister) compared(e *report.Expectation) string {
	lang := l.r.Language
	parts := []string{lang.Sentence(say.PointUnmet())}
	if wanted := OneLine(e.Expected); wanted != "" {
		parts = append(parts, lang.Title(say.PointExpected())+": "+ended(wanted))
	}
	if seen := OneLine(e.Seen); seen != "" {
		return strings.Join(append(parts, lang.Title(say.PointSeen())+": "+ended(seen)), " ")
	}
	return strings.Join(append(parts, lang.Sentence(say.PointSawNone())), " ")
}

// ended adds a full stop to a value that has none.
func ended(s string) string {
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// unaccounted reports whether the run has an outcome that none of its points shows.
func (l *lister) unaccounted(strict bool) bool {
	if l.r.Ended == stage.Complete && l.r.ExitCode(strict) == 0 {
		return len(l.all) == 0
	}
	return !slices.ContainsFunc(l.all, func(p Point) bool { return p.Fails(strict) || p.State == Unjudged })
}

// whole returns a point for the run, without its outcome.
func (l *lister) whole() Point {
	return Point{Subject: -1, Group: OneLine(l.r.Title), Name: l.r.Language.Text(say.PointRun()), Verdict: l.r.Verdict}
}

// run adds the point for what no endpoint shows: nothing was found to examine, the run
// ended early, or mail programs have other settings.
func (l *lister) run(strict bool) {
	p := l.whole()
	p.State = Failed
	if l.r.Verdict == report.Unknown || l.r.Ended != stage.Complete {
		p.State = Open
	}
	p.Said, p.Time = OneLine(l.r.SummaryText()), l.r.Time
	if p.Said == "" {
		p.Said = l.r.Language.Sentence(verdicts[l.r.Verdict])
	}
	if len(l.r.Actions) > 0 {
		a := l.r.Actions[0]
		p.Action = OneLine(l.r.Language.Title(a.Said()) + " " + a.Command(l.r.Language))
	}
	for _, f := range l.r.Findings {
		if f.SuppressedBy == "" && f.Severity != cause.Info {
			p.Cause = f.Cause
			break
		}
	}
	if l.r.RunStood(strict) {
		p.stand(l.r.StoodText())
	}
	l.all = append(l.all, p)
}

// distinguish makes the names unique in their groups, because programs that read test
// results show only one of several with the same name. The first keeps its name.
func (l *lister) distinguish() {
	type key struct{ group, name string }
	taken := make(map[key]int)
	for i := range l.all {
		p := &l.all[i]
		name := p.Name
		if taken[key{p.Group, name}] > 0 && p.Expectation == nil {
			name = p.Name + " (" + OneLine(p.Check) + ")"
		}
		for taken[key{p.Group, name}] > 0 {
			taken[key{p.Group, p.Name}]++
			name = p.Name + " (" + strconv.Itoa(taken[key{p.Group, p.Name}]) + ")"
		}
		p.Name = name
		taken[key{p.Group, p.Name}]++
	}
}
