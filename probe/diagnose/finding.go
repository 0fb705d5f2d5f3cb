package diagnose

import "maildoctor/probe/stage"

// Severity is how bad a finding is for the user.
type Severity string

const (
	Fail Severity = "fail" // something that was asked for does not work
	Warn Severity = "warn" // it works, and something is not as it should be
	Info Severity = "info" // worth knowing
)

// Confidence is how sure a finding is.
type Confidence string

const (
	Proven   Confidence = "proven"   // what was seen suffices
	Likely   Confidence = "likely"   // what was seen leans this way
	Possible Confidence = "possible" // one of several that fit
)

// Who can do something about a cause.
type Who string

const (
	You      Who = "you"      // the person at this computer
	Network  Who = "network"  // whoever runs the network here
	Provider Who = "provider" // the mail provider
	Operator Who = "operator" // whoever runs the server
)

// Evidence is something seen that speaks for a finding.
type Evidence struct {
	Check string      `json:"check"` // its id
	Stage stage.Stage `json:"stage"`
	Text  string      `json:"text"` // one line, safe to show
}

// Finding is a cause held to be true here. The same cause on several checks is
// one finding.
type Finding struct {
	Cause      CauseID    `json:"cause"`
	Severity   Severity   `json:"severity"`
	Confidence Confidence `json:"confidence"`

	// SuppressedBy is the cause that this one follows from: the real reason at
	// the end of the chain. Empty for a finding that stands by itself.
	SuppressedBy CauseID `json:"suppressed_by,omitempty"`

	Who       Who               `json:"who"`
	Stage     stage.Stage       `json:"stage"`          // the first at which it showed
	Required  bool              `json:"required"`       // it concerns an endpoint that is not optional
	Protocols []stage.Protocol  `json:"protocols"`      // of the checks, each once, in plan order
	Args      map[string]string `json:"args,omitempty"` // for the slots of the page
	Checks    []string          `json:"checks"`         // ids, in plan order
	Evidence  []Evidence        `json:"evidence"`
}

// Diagnosis is what a run comes to.
type Diagnosis struct {
	// Findings in order: the leading one first, suppressed ones last.
	Findings []Finding

	// Questions are the open ones: follow-ups that would tell causes apart and
	// that no check of the record has answered.
	Questions []stage.Question
}

// Leading returns the finding that a report begins with; nil where there is
// none.
func (d *Diagnosis) Leading() *Finding {
	if len(d.Findings) == 0 || d.Findings[0].SuppressedBy != "" {
		return nil
	}
	return &d.Findings[0]
}

// rank orders confidences, the surest first.
func (c Confidence) rank() int {
	switch c {
	case Proven:
		return 0
	case Likely:
		return 1
	}
	return 2
}

// rank orders severities, the worst first.
func (s Severity) rank() int {
	switch s {
	case Fail:
		return 0
	case Warn:
		return 1
	}
	return 2
}
