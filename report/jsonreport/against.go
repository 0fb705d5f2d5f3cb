package jsonreport

import (
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/report"
)

// Against is what differs from an older run.
type Against struct {
	Name          string         `json:"name"`
	Started       time.Time      `json:"started"`
	Verdict       report.Verdict `json:"verdict"`
	Summary       string         `json:"summary"`
	Changed       []Difference   `json:"changed"`
	Same          []Difference   `json:"same"`
	Apart         []Difference   `json:"not_comparable"`
	Circumstances []Difference   `json:"circumstances"`
	Causes        []Gone         `json:"gone"`
	News          *NewsObject    `json:"expectations,omitempty"` // absent without a smoke file
}

// NewsObject has the expectations by what had come of them in the older run.
type NewsObject struct {
	New       []ExpectationObject `json:"new"`
	Cured     []ExpectationObject `json:"cured"`
	Remaining []ExpectationObject `json:"remaining"`
}

// Difference is one thing as each of the two runs saw it.
type Difference struct {
	Check string `json:"check,omitempty"`
	What  string `json:"what"`
	Part  string `json:"part,omitempty"`
	Old   Seen   `json:"old"`
	New   Seen   `json:"new"`
}

// Seen is what one run saw.
type Seen struct {
	Sign report.Sign `json:"sign,omitempty"`
	Text string      `json:"text"`
}

// Gone is a cause that the older run has and the newer one doesn't.
type Gone struct {
	Cause      cause.ID         `json:"cause"`
	Confidence cause.Confidence `json:"confidence"`
}

func against(r *report.Report) *Against {
	c := r.Against
	if c == nil {
		return nil
	}
	out := &Against{
		Name: c.Old.Name, Started: c.Old.Started, Verdict: c.Old.Verdict, Summary: strings.Join(c.Summary, " "),
		Changed: differences(c.Changed), Same: differences(c.Same), Apart: differences(c.Apart),
		Circumstances: differences(c.Circumstances), Causes: []Gone{},
	}
	for _, x := range c.Causes {
		out.Causes = append(out.Causes, Gone(x))
	}
	out.News = news(r, c.News)
	return out
}

// news returns what is new of the expectations; nil if the run has none.
func news(r *report.Report, n report.News) *NewsObject {
	if len(r.Expectations) == 0 {
		return nil
	}
	list := func(es []*report.Expectation) []ExpectationObject {
		out := make([]ExpectationObject, 0, len(es))
		for _, e := range es {
			out = append(out, expectationObject(r, e))
		}
		return out
	}
	return &NewsObject{list(n.New), list(n.Cured), list(n.Remaining)}
}

func differences(ds []report.Difference) []Difference {
	out := make([]Difference, 0, len(ds))
	for _, d := range ds {
		out = append(out, Difference{Check: d.Check, What: d.What, Part: string(d.Part), Old: seen(d.Old), New: seen(d.New)})
	}
	return out
}

func seen(s report.Seen) Seen { return Seen{s.Sign, s.Text} }
