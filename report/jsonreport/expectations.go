package jsonreport

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// Expectations are those of a smoke file.
type Expectations struct {
	Met       int                 `json:"met"`
	Unmet     []ExpectationObject `json:"unmet"`
	NotJudged []ExpectationObject `json:"not_judged"`
}

// ExpectationObject is an expectation that was not seen to be met.
type ExpectationObject struct {
	ID       stage.ExpectationID       `json:"id"`
	Check    string                    `json:"check"` // its id in checks
	Place    string                    `json:"place"` // the endpoint as a URL
	Want     []string                  `json:"want"`
	Expected string                    `json:"expected"`
	Seen     string                    `json:"seen,omitempty"`
	Why      string                    `json:"why,omitempty"` // why it can't be judged
	Severity stage.ExpectationSeverity `json:"severity"`
	File     string                    `json:"file,omitempty"`
	Line     int                       `json:"line,omitempty"`     // where the file expects it
	Endpoint int                       `json:"endpoint,omitempty"` // the line where the file has the endpoint
	Cause    cause.ID                  `json:"cause,omitempty"`    // the finding that explains it
}

// expectationsOf returns the expectations of a run; nil if it was not made of a file and
// has none.
func expectationsOf(r *report.Report) *Expectations {
	if r.File == nil && len(r.Expectations) == 0 {
		return nil
	}
	out := &Expectations{Unmet: []ExpectationObject{}, NotJudged: []ExpectationObject{}}
	for _, e := range r.Expectations {
		o := expectationObject(r, &e)
		switch e.Outcome {
		case report.ExpectationUnmet:
			out.Unmet = append(out.Unmet, o)
		case report.ExpectationNotJudged:
			out.NotJudged = append(out.NotJudged, o)
		default:
			out.Met++
		}
	}
	return out
}

func expectationObject(r *report.Report, e *report.Expectation) ExpectationObject {
	o := ExpectationObject{
		ID: e.ID, Check: e.Check, Place: e.Place, Want: e.Want, Expected: e.Expected, Seen: e.Seen, Why: e.Why,
		Severity: e.Severity, Line: e.Line, Endpoint: e.At, Cause: e.Cause,
	}
	if r.File != nil {
		o.File = r.File.Path
	}
	return o
}
