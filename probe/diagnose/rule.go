package diagnose

import (
	"slices"
	"sync"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// Rule is what is known about one cause: where it shows, and what follows from
// it.
type Rule struct {
	Cause cause.ID

	// Needs says what must have been seen: Judge is asked about every result
	// that fits any of them.
	Needs []chart.Need

	// Explains are the causes that follow from this one. On a check where this
	// one is at least likely, they are suppressed.
	Explains []cause.ID

	// Judge looks at one result of one of the plan's own checks. It returns nil
	// where the cause does not hold.
	Judge func(*chart.Case, *chart.Exam, *stage.Result) *Hit
}

// Hit is a rule that holds for one check.
type Hit struct {
	Confidence cause.Confidence
	Severity   cause.Severity // empty: the page's, weighed by the check
	args       []filled       // slots of the page, beside those that every hit fills
	Said       prose.Value    // evidence; empty: what the result tells by itself

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

// with fills a slot; an empty value fills nothing.
func (h *Hit) with(slot cause.Slot, v prose.Value) *Hit {
	if v.Empty() {
		return h
	}
	h.args = fill(h.args, slot, v)
	return h
}

// filled is a slot, and what it holds. There are few for a hit, and many hits.
type filled struct {
	slot  cause.Slot
	value prose.Value
}

// fill fills a slot, or fills it anew.
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

// allRules returns every rule, topic by topic. Within equal findings the order
// here decides which leads.
var allRules = sync.OnceValue(func() []Rule {
	return slices.Concat(
		networkRules, publishedRules, dnsRules, overrideRules, reachRules, greetingRules, startTLSRules,
		certificateRules, trustRules, handshakeRules, alertRules, headerRules,
		bridgeRules, noteRules, authRules, lateNoteRules, mailboxRules, policyRules,
		egressRules, nameRules, anchorRules, standingRules,
	)
})
