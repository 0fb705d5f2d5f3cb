package chart

import (
	"slices"

	"maildoctor/probe/stage"
)

// Need is a kind of result.
type Need struct {
	stage  stage.Stage
	faults []stage.Fault // the result failed or warned with one of these; none: any result that was looked at
	reason stage.Reason  // the stage was skipped for this reason
}

// Met says that a stage ended with one of these faults.
func Met(s stage.Stage, faults ...stage.Fault) Need { return Need{stage: s, faults: faults} }

// Seen says that a stage was looked at, whatever came of it.
func Seen(s stage.Stage) Need { return Need{stage: s} }

// Skipped says that a stage was left out for this reason.
func Skipped(s stage.Stage, r stage.Reason) Need { return Need{stage: s, reason: r} }

// Fits reports whether a result is of this kind.
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
