package stage

import (
	"cmp"
	"slices"
)

// outcome is what the events of one check came to.
type outcome struct {
	results    []Result
	transcript []Line
	time       Millis
	done       bool
}

// cameTo puts the events of one check together.
func cameTo(c Check, k *folding, end End) outcome {
	var o outcome
	events, until := k.events, end.Time
	results := make(map[Stage]Result)
	var attempts []Attempt
	var lookups []Lookup
	var kernel *Kernel
	for _, e := range events {
		switch e.Type {
		case EventResult:
			results[e.Result.Stage] = *e.Result
			if e.Result.Stage == k.begun.stage {
				until = e.At
			}
			o.time += e.Result.Time
		case EventAttempt:
			attempts = append(attempts, *e.Attempt)
		case EventLookup:
			lookups = append(lookups, *e.Lookup)
		case EventKernel:
			kernel = e.Kernel
		case EventDone:
			o.done = true
		}
	}
	o.transcript = transcript(k.lines)
	o.results = complete(c.Order(), results, unfinished(o.done, end))
	o.waited(k.begun, until)
	o.attach(attempts, lookups)
	o.recount(kernel)
	return o
}

// transcript puts lines in order.
func transcript(lines []saidLine) []Line {
	if len(lines) == 0 {
		return nil
	}
	slices.SortStableFunc(lines, func(a, b saidLine) int { return cmp.Compare(a.seq, b.seq) })
	out := make([]Line, len(lines))
	for i := range lines {
		out[i] = lines[i].line
	}
	return out
}

// result returns the result of a stage; nil where the check has no such stage.
func (o *outcome) result(s Stage) *Result {
	for i := range o.results {
		if o.results[i].Stage == s {
			return &o.results[i]
		}
	}
	return nil
}

// waited notes how long a stage had been waited for when it was given up.
func (o *outcome) waited(b begun, until Millis) {
	r := o.result(b.stage)
	if r == nil || r.Status != Skip || r.Reason != Interrupted && r.Reason != OutOfTime || r.Time > 0 || until <= b.at {
		return
	}
	r.Time = until - b.at
	o.time += r.Time
}

// unfinished says why a stage has no result.
func unfinished(done bool, end End) Reason {
	switch {
	case done:
		return NotApplicable
	case end.State == RanOutOfTime:
		return OutOfTime
	default:
		return Interrupted
	}
}

// complete returns a result for every stage of the order.
func complete(order []Stage, results map[Stage]Result, missing Reason) []Result {
	out := make([]Result, 0, len(order))
	var blocked Stage
	for _, s := range order {
		r, ok := results[s]
		switch {
		case ok && blocked == "":
		case blocked != "":
			r = Result{Stage: s, Status: Skip, Reason: Blocked, BlockedBy: blocked}
		default:
			r = Result{Stage: s, Status: Skip, Reason: missing}
		}
		if r.Status == Fail {
			blocked = s
		}
		out = append(out, r)
	}
	return out
}

// attach adds the outcome of each address and each lookup to the facts of the
// stage that it belongs to.
func (o *outcome) attach(attempts []Attempt, lookups []Lookup) {
	slices.SortFunc(attempts, func(a, b Attempt) int { return cmp.Compare(a.Index, b.Index) })
	slices.SortFunc(lookups, func(a, b Lookup) int { return cmp.Compare(a.Index, b.Index) })
	if r := o.result(Connect); r != nil && len(attempts) > 0 {
		f := ConnectFacts{}
		if old, ok := r.Facts.(*ConnectFacts); ok {
			f = *old
		}
		f.Attempts = attempts
		r.Facts = &f
	}
	if r := o.result(Resolve); r != nil && len(lookups) > 0 {
		f := ResolveFacts{}
		if old, ok := r.Facts.(*ResolveFacts); ok {
			f = *old
		}
		f.Lookups = lookups
		r.Facts = &f
	}
}

// recount replaces what the kernel had counted when the connection began by what
// it had counted at its end.
func (o *outcome) recount(k *Kernel) {
	r := o.result(Connect)
	if k == nil || r == nil {
		return
	}
	f := ConnectFacts{}
	if old, ok := r.Facts.(*ConnectFacts); ok {
		f = *old
	}
	f.RoundTrip, f.Retransmits = new(k.RoundTrip), new(k.Retransmits)
	r.Facts = &f
}
