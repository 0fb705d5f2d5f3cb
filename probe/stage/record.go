package stage

import "sync"

// Record is a run, put in order: what rules and reports are made from.
type Record struct {
	Header   Header
	Sources  []Source      // asked before there was a plan, in the order in which they were
	Checks   []CheckRecord // the plan's in its order, then the follow-ups by round
	Programs []CheckRecord // handshakes as other kinds of programs make them, where that was asked for
	Contacts []Contact     // each host and purpose once
	Logins   Logins
	End      End
	Unknown  int // events of a type that this version doesn't know
	Broken   int // lines that could not be read

	index map[string]int // places in Checks by id; nil for a record that wasn't folded
	memo  *sync.Map      // what was found out about the record once; likewise
	plan  *sync.Map      // and about its plan, for all parts of a run
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

// Troubled reports whether a stage failed, or warned, or whether a password would have
// been readable.
func (c *CheckRecord) Troubled() bool {
	for i := range c.Results {
		if r := &c.Results[i]; r.Status == Fail || r.Status == Warn || r.Reason == CleartextNotAllowed {
			return true
		}
	}
	return false
}

// Check finds a check by id; nil where there is none.
func (r *Record) Check(id string) *CheckRecord {
	if i, ok := r.index[id]; ok {
		return &r.Checks[i]
	}
	if len(r.index) == len(r.Checks) {
		return nil
	}
	for i := range r.Checks {
		if r.Checks[i].Check.ID == id {
			return &r.Checks[i]
		}
	}
	return nil
}

// Once returns what find finds out about the record, and calls it once for each key:
// readers that go through all checks for each check would take for ever. The keys are
// of types of the readers' own, as for contexts.
func (r *Record) Once(key any, find func() any) any { return once(r.memo, key, find) }

// OfPlan is the same for what follows from the header alone, and is known to all
// records of one run: the groups of a run have a plan in common.
func (r *Record) OfPlan(key any, find func() any) any { return once(r.plan, key, find) }

func once(memo *sync.Map, key any, find func() any) any {
	if memo == nil {
		return find()
	}
	if v, ok := memo.Load(key); ok {
		return v
	}
	v, _ := memo.LoadOrStore(key, find())
	return v
}

// indexed makes [Record.Check], [Record.Once] and [Record.OfPlan] quick.
func (r *Record) indexed(plan *sync.Map) *Record {
	r.plan, r.memo, r.index = plan, new(sync.Map), make(map[string]int, len(r.Checks))
	for i := len(r.Checks) - 1; i >= 0; i-- {
		r.index[r.Checks[i].Check.ID] = i
	}
	return r
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
