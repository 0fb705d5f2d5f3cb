package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// Evidence is an observation that supports a finding.
type Evidence struct {
	Check string      `json:"check"` // its id
	Stage stage.Stage `json:"stage"`
	Said  prose.Value `json:"said"`
}

// maxEvidence bounds one line of evidence, in bytes. There is room for a certificate
// and its root, with their digests.
const maxEvidence = 500

// Text returns the evidence in one line.
func (e Evidence) Text(l *prose.Language) string { return l.Text(e.Brief()) }

// Brief returns the same as a value.
func (e Evidence) Brief() prose.Value { return prose.Brief(e.Said, maxEvidence) }

// Finding is a cause held to be true here. The same cause on several checks is one
// finding.
type Finding struct {
	Cause      cause.ID         `json:"cause"`
	Severity   cause.Severity   `json:"severity"`
	Confidence cause.Confidence `json:"confidence"`

	// SuppressedBy is the cause that this one follows from: the root cause at the
	// end of the chain. It is empty for an independent finding.
	SuppressedBy cause.ID `json:"suppressed_by,omitempty"`

	Who       cause.Who        `json:"who"`
	Stage     stage.Stage      `json:"stage"`          // the earliest stage that shows it
	Required  bool             `json:"required"`       // it concerns an endpoint that is not optional
	Protocols []stage.Protocol `json:"protocols"`      // of the checks, each once, in plan order
	Args      prose.Args       `json:"args,omitempty"` // for the slots of the page, by their names
	Checks    []string         `json:"checks"`         // ids, in plan order
	Evidence  []Evidence       `json:"evidence"`
	Actions   []cause.Action   `json:"-"` // what to do, in order, without what the run has refuted
}

// Diagnosis is the result of a run.
type Diagnosis struct {
	// Findings are in order: the leading one first, suppressed ones last.
	Findings []Finding

	// Ways are the ways round failed checks that were seen to work, in plan order,
	// followed by the checks that only need waiting.
	Ways []chart.Way

	// Questions are the open ones: follow-ups that would tell causes apart and that
	// no check of the record has answered.
	Questions []stage.Question
}

// Leading returns the finding that a report begins with; nil if there is none.
func (d *Diagnosis) Leading() *Finding {
	if len(d.Findings) == 0 || d.Findings[0].SuppressedBy != "" {
		return nil
	}
	return &d.Findings[0]
}

// NothingLearnt reports whether the run says nothing about the mail service, good or
// bad, because this machine could reach nothing.
func (d *Diagnosis) NothingLearnt() bool {
	return len(d.Findings) > 0 && d.Findings[0].Cause == cause.NoNetworkRoute
}

// Unserved reports whether a provider has no server for mail programs, so that there
// was nothing to examine.
func (d *Diagnosis) Unserved() bool {
	return slices.ContainsFunc(d.Findings, func(f Finding) bool {
		return f.Cause == cause.ProviderHasNoIMAP && len(f.Checks) == 0
	})
}
