package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// Rule is what is known about one cause: where it shows, and what follows from
// it.
type Rule struct {
	Cause cause.ID

	// Needs says what must have been seen: Judge is asked about every result
	// that fits any of them.
	Needs []Need

	// Explains are the causes that follow from this one. On a check where this
	// one is at least likely, they are suppressed.
	Explains []cause.ID

	// Judge looks at one result of one of the plan's own checks. It returns nil
	// where the cause does not hold.
	Judge func(*Case, *Check, *stage.Result) *Hit
}

// Need is a kind of result.
type Need struct {
	Stage  stage.Stage
	Faults []stage.Fault // the result failed or warned with one of these; none: any result that was looked at
	Reason stage.Reason  // the stage was skipped for this reason
}

// met says that a stage ended with one of these faults.
func met(s stage.Stage, faults ...stage.Fault) Need { return Need{Stage: s, Faults: faults} }

// seen says that a stage was looked at, whatever came of it.
func seen(s stage.Stage) Need { return Need{Stage: s} }

// skipped says that a stage was left out for this reason.
func skipped(s stage.Stage, r stage.Reason) Need { return Need{Stage: s, Reason: r} }

// fits reports whether a result is of this kind.
func (n Need) fits(r *stage.Result) bool {
	switch {
	case n.Stage != r.Stage:
		return false
	case n.Reason != "":
		return r.Status == stage.Skip && r.Reason == n.Reason
	case r.Status == stage.Skip:
		return false
	case len(n.Faults) == 0:
		return true
	}
	return (r.Status == stage.Fail || r.Status == stage.Warn) && slices.Contains(n.Faults, r.Fault)
}

// Hit is a rule that holds for one check.
type Hit struct {
	Confidence cause.Confidence
	Severity   cause.Severity    // empty: the page's, weighed by the check
	Args       map[string]string // beside those that every hit has
	Text       string            // evidence; empty: what the result tells by itself

	refusal bool // the server's own words say why the stage failed
}

// possible, likely and proven return a hit with no more to say than the result.
func possible() *Hit { return &Hit{Confidence: cause.Possible} }
func likely() *Hit   { return &Hit{Confidence: cause.Likely} }
func proven() *Hit   { return &Hit{Confidence: cause.Proven} }

// holds returns the hit if ok, else nil.
func (h *Hit) holds(ok bool) *Hit {
	if !ok {
		return nil
	}
	return h
}

// with adds an argument; an empty value adds nothing.
func (h *Hit) with(name, value string) *Hit {
	if value == "" {
		return h
	}
	if h.Args == nil {
		h.Args = make(map[string]string)
	}
	h.Args[name] = value
	return h
}

// says sets the evidence.
func (h *Hit) says(text string) *Hit {
	h.Text = text
	return h
}

// as sets the severity.
func (h *Hit) as(s cause.Severity) *Hit {
	h.Severity = s
	return h
}

// allRules returns every rule, topic by topic. Within equal findings the order
// here decides which leads.
func allRules() []Rule {
	return slices.Concat(
		networkRules, publishedRules, dnsRules, overrideRules, reachRules, greetingRules, startTLSRules,
		certificateRules, trustRules, handshakeRules,
		bridgeRules, noteRules, authRules, lateNoteRules, mailboxRules, policyRules,
		egressRules, nameRules, anchorRules, standingRules,
	)
}
