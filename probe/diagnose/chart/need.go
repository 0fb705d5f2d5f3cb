package chart

import (
	"slices"

	"maildoctor/probe/stage"
)

// Need is a condition on a result.
type Need struct {
	stage  stage.Stage
	faults []stage.Fault // the result failed or warned with one of these; none: any result of a stage that ran
	reason stage.Reason  // the stage was skipped for this reason
}

// Met requires that a stage ended with one of these faults.
func Met(s stage.Stage, faults ...stage.Fault) Need { return Need{stage: s, faults: faults} }

// Seen requires that a stage ran, whatever its outcome.
func Seen(s stage.Stage) Need { return Need{stage: s} }

// Skipped requires that a stage was skipped for this reason.
func Skipped(s stage.Stage, r stage.Reason) Need { return Need{stage: s, reason: r} }

// Fits reports whether a result meets the condition.
func (n Need) Fits(r *stage.Result) bool {
	switch {
	case n.stage != r.Stage:
		return false
	case n.reason != "":
		return r.Status == stage.Skip && r.Reason == n.reason
	case r.Status == stage.Skip:
		return false
	case len(n.faults) == 0:
		return true
	}
	return (r.Status == stage.Fail || r.Status == stage.Warn) && slices.Contains(n.faults, r.Fault)
}
