package diagnose

import (
	"slices"
	"sync"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// Rule is what is known about one cause: where it shows, and what follows from it.
type Rule struct {
	Cause cause.ID

	// Needs says what must have been seen: Judge is called for every result that
	// fits any of them.
	Needs []chart.Need

	// Explains are the causes that follow from this one. On a check where this
	// one is at least likely, they are suppressed.
	Explains []cause.ID

	// Judge examines one result of one of the plan's own checks. It returns nil if
	// the cause does not hold.
	Judge func(*chart.Case, *chart.Exam, *stage.Result) *Hit
}

// Hit says that a rule holds for one check.
type Hit struct {
	Confidence cause.Confidence
	Severity   cause.Severity // empty: the page's, adjusted to the check
	args       []filled       // slots of the page, besides those that every hit fills
	Said       prose.Value    // evidence; empty: what the result shows by itself

	refusal bool // the server's own words say why the stage failed
	apart   bool // it isn't about the check's own server, so it makes a finding of its own
}

// possible, likely and proven return a hit with no evidence beyond the result.
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

// with fills a slot, unless the value is empty.
func (h *Hit) with(slot cause.Slot, v prose.Value) *Hit {
	if v.Empty() {
		return h
	}
	h.args = fill(h.args, slot, v)
	return h
}

// filled is a slot and its value. A slice suits this: a hit has few of them, but
// there are many hits.
type filled struct {
	slot  cause.Slot
	value prose.Value
}

// fill fills a slot, or replaces its value.
func fill(args []filled, slot cause.Slot, v prose.Value) []filled {
	for i := range args {
		if args[i].slot == slot {
			args[i].value = v
			return args
		}
	}
	return append(args, filled{slot, v})
}

// says sets the evidence.
func (h *Hit) says(v prose.Value) *Hit {
	h.Said = v
	return h
}

// as sets the severity.
func (h *Hit) as(s cause.Severity) *Hit {
	h.Severity = s
	return h
}

// allRules returns every rule, topic by topic. Among equal findings the order here
// decides which one leads.
var allRules = sync.OnceValue(func() []Rule {
	return slices.Concat(
		networkRules, publishedRules, configuredRules, dnsRules, overrideRules, reachRules, greetingRules, startTLSRules,
		certificateRules, trustRules, handshakeRules, alertRules, headerRules,
		bridgeRules, noteRules, authRules, lateNoteRules, mailboxRules, policyRules,
		egressRules, nameRules, anchorRules, standingRules, tryRules,
	)
})
