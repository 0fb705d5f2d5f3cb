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
	Stood         *StoodObject   `json:"stood,omitempty"`        // absent unless only news fails the run
}

// NewsObject has the expectations by what had come of them in the older run.
type NewsObject struct {
	New       []ExpectationObject `json:"new"`
	Cured     []ExpectationObject `json:"cured"`
	Remaining []ExpectationObject `json:"remaining"`
}

// StoodObject has what is not in order and doesn't fail the run, because it was no better
// in the older one.
type StoodObject struct {
	Checks       []string            `json:"checks"` // ids
	Expectations []ExpectationObject `json:"expectations"`
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
		Name: c.Old.Name, Started: c.Old.Started, Verdict: c.Old.Verdict, Summary: strings.Join(r.AgainstText(), " "),
		Changed: differences(c.Changed), Same: differences(c.Same), Apart: differences(c.Apart),
		Circumstances: differences(c.Circumstances), Causes: []Gone{},
	}
	for _, x := range c.Causes {
		out.Causes = append(out.Causes, Gone(x))
	}
	out.News, out.Stood = news(r, c.News), stood(r)
	return out
}

// stood returns what doesn't fail the run because it isn't news; nil if the run fails for
// anything.
func stood(r *report.Report) *StoodObject {
	if !r.NewsOnly {
		return nil
	}
	return &StoodObject{orEmpty(r.StoodEndpoints()), listed(r, r.StoodExpectations())}
}

func listed(r *report.Report, es []*report.Expectation) []ExpectationObject {
	out := make([]ExpectationObject, 0, len(es))
	for _, e := range es {
		out = append(out, expectationObject(r, e))
	}
	return out
}

// news returns what is new of the expectations; nil if the run has none.
func news(r *report.Report, n report.News) *NewsObject {
	if len(r.Expectations) == 0 {
		return nil
	}
	return &NewsObject{listed(r, n.New), listed(r, n.Cured), listed(r, n.Remaining)}
}

func differences(ds []report.Difference) []Difference {
	out := make([]Difference, 0, len(ds))
	for _, d := range ds {
		out = append(out, Difference{Check: d.Check, What: d.What, Part: string(d.Part), Old: seen(d.Old), New: seen(d.New)})
	}
	return out
}

func seen(s report.Seen) Seen { return Seen{s.Sign, s.Text} }
