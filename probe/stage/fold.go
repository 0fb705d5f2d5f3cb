package stage

import (
	"cmp"
	"slices"
)

// Record is a run, put in order: what rules and reports are made from.
type Record struct {
	Header   Header
	Checks   []CheckRecord // the plan's in its order, then the follow-ups by round
	Contacts []Contact     // each host and purpose once
	Logins   Logins
	End      End
	Unknown  int // events of a type that this version doesn't know
	Broken   int // lines that could not be read
}

// Logins counts the logins of a run.
type Logins struct {
	Tried  int `json:"tried"`
	Failed int `json:"failed"`
}

// CheckRecord is one check and all that it left behind.
type CheckRecord struct {
	Check      Check
	Results    []Result // one for each stage of Check.Order, in that order
	Transcript []Line
	Time       Millis // sum of the stages' times
	Done       bool
}

// Result returns the result of a stage; nil where the check has no such stage.
func (c *CheckRecord) Result(s Stage) *Result {
	for i := range c.Results {
		if c.Results[i].Stage == s {
			return &c.Results[i]
		}
	}
	return nil
}

// Failed returns the result of the stage that failed; nil where none did.
func (c *CheckRecord) Failed() *Result {
	for i := range c.Results {
		if c.Results[i].Status == Fail {
			return &c.Results[i]
		}
	}
	return nil
}

// Check finds a check by id; nil where there is none.
func (r *Record) Check(id string) *CheckRecord {
	for i := range r.Checks {
		if r.Checks[i].Check.ID == id {
			return &r.Checks[i]
		}
	}
	return nil
}

// Subject returns the subject of a check; nil where the plan has none of that number.
func (r *Record) Subject(c *CheckRecord) *Subject {
	if i := c.Check.Subject; i >= 0 && i < len(r.Header.Plan.Subjects) {
		return &r.Header.Plan.Subjects[i]
	}
	return nil
}

// FactsOf returns the facts that a stage of the check left, nil where it left
// none of that type.
func FactsOf[F Facts](c *CheckRecord) F {
	for i := range c.Results {
		if f, ok := c.Results[i].Facts.(F); ok {
			return f
		}
	}
	var none F
	return none
}

// Fold puts a stream in order. The order in which events of different checks
// come does not matter. What the stream does not tell is filled in: stages
// behind a failed one are blocked by it, and those that never ended were
// interrupted or ran out of time.
func Fold(s *Stream) *Record {
	rec := &Record{Header: s.Header, Unknown: s.Unknown, Broken: s.Broken}
	if s.End != nil {
		rec.End = *s.End
	} else {
		rec.End = End{State: WasInterrupted, Time: lastEvent(s.Events)}
	}
	byCheck := make(map[string][]Event)
	checks := slices.Clone(s.Header.Plan.Checks)
	var ordered []Check
	for _, e := range s.Events {
		byCheck[e.Check] = append(byCheck[e.Check], e)
		if e.Type == EventCheck {
			ordered = append(ordered, *e.Ordered)
		}
	}
	checks = append(checks, inOrder(ordered, checks)...)
	for _, c := range checks {
		events := byCheck[c.ID]
		slices.SortStableFunc(events, func(a, b Event) int { return cmp.Compare(a.Seq, b.Seq) })
		rec.Checks = append(rec.Checks, foldCheck(c, events, rec.End))
		rec.count(events)
	}
	return rec
}

func lastEvent(events []Event) (last Millis) {
	for _, e := range events {
		last = max(last, e.At)
	}
	return last
}

// inOrder sorts follow-ups by round, then as their first parents stand in the
// plan, then by id.
func inOrder(followUps, plan []Check) []Check {
	place := make(map[string]int)
	for i, c := range plan {
		place[c.ID] = i
	}
	parent := func(c Check) int {
		if len(c.Parents) > 0 {
			return place[c.Parents[0]]
		}
		return len(plan)
	}
	slices.SortFunc(followUps, func(a, b Check) int {
		return cmp.Or(cmp.Compare(a.Round, b.Round), cmp.Compare(parent(a), parent(b)), cmp.Compare(a.ID, b.ID))
	})
	return slices.CompactFunc(followUps, func(a, b Check) bool { return a.ID == b.ID })
}

// count adds a check's logins and contacts to the record.
func (r *Record) count(events []Event) {
	for _, e := range events {
		switch e.Type {
		case EventLogin:
			r.Logins.Tried++
			if !e.Login.Accepted {
				r.Logins.Failed++
			}
		case EventContact:
			if !slices.Contains(r.Contacts, *e.Contact) {
				r.Contacts = append(r.Contacts, *e.Contact)
			}
		}
	}
}

// foldCheck puts the events of one check together.
func foldCheck(c Check, events []Event, end End) CheckRecord {
	rec := CheckRecord{Check: c}
	results := make(map[Stage]Result)
	var attempts []Attempt
	var lookups []Lookup
	var kernel *Kernel
	for _, e := range events {
		switch e.Type {
		case EventResult:
			results[e.Result.Stage] = *e.Result
			rec.Time += e.Result.Time
		case EventAttempt:
			attempts = append(attempts, *e.Attempt)
		case EventLookup:
			lookups = append(lookups, *e.Lookup)
		case EventLine:
			rec.Transcript = append(rec.Transcript, *e.Line)
		case EventKernel:
			kernel = e.Kernel
		case EventDone:
			rec.Done = true
		}
	}
	rec.Results = complete(c.Order(), results, unfinished(rec.Done, end))
	rec.attach(attempts, lookups)
	rec.recount(kernel)
	return rec
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
	var out []Result
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
func (c *CheckRecord) attach(attempts []Attempt, lookups []Lookup) {
	slices.SortFunc(attempts, func(a, b Attempt) int { return cmp.Compare(a.Index, b.Index) })
	slices.SortFunc(lookups, func(a, b Lookup) int { return cmp.Compare(a.Index, b.Index) })
	if r := c.Result(Connect); r != nil && len(attempts) > 0 {
		f := ConnectFacts{}
		if old, ok := r.Facts.(*ConnectFacts); ok {
			f = *old
		}
		f.Attempts = attempts
		r.Facts = &f
	}
	if r := c.Result(Resolve); r != nil && len(lookups) > 0 {
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
func (c *CheckRecord) recount(k *Kernel) {
	r := c.Result(Connect)
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
