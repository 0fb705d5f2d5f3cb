package cause

// Severity is how bad a finding is for the user.
type Severity string

const (
	Fail Severity = "fail" // something that was requested does not work
	Warn Severity = "warn" // it works, but something is wrong
	Info Severity = "info" // worth knowing
)

// Confidence is how sure a finding is.
type Confidence string

const (
	Proven   Confidence = "proven"   // what was seen is proof
	Likely   Confidence = "likely"   // what was seen makes it likely
	Possible Confidence = "possible" // it is one of several explanations
)

// Who is the party that can do something about a cause.
type Who string

const (
	You      Who = "you"      // the person at this computer
	Network  Who = "network"  // whoever runs the network here
	Provider Who = "provider" // the mail provider
	Operator Who = "operator" // whoever runs the server
)

// Rank orders confidences, the surest first.
func (c Confidence) Rank() int {
	switch c {
	case Proven:
		return 0
	case Likely:
		return 1
	}
	return 2
}

// Rank orders severities, the worst first.
func (s Severity) Rank() int {
	switch s {
	case Fail:
		return 0
	case Warn:
		return 1
	}
	return 2
}
