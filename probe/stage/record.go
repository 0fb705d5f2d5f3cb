package stage

import (
	"slices"
	"sync"
)

// Record is the folded stream of a run. Rules and reports are made from it.
type Record struct {
	Header   Header
	Sources  []Source      // queried before there was a plan, in that order, then those that follow-ups queried
	Checks   []CheckRecord // those of the plan in its order, then the follow-ups by round
	Programs []CheckRecord // handshakes as other mail programs make them, if asked for
	Trials   []CheckRecord // of what the plan's file expects, as far as no check of the plan looks at it
	Trialled []Source      // queried by those trials
	Contacts []Contact     // each host and purpose once
	Logins   Logins
	End      End
	Unknown  int // events of a type that this version doesn't know
	Broken   int // lines that could not be read

	index map[string]int // index into Checks by id; nil for a record that wasn't folded
	memo  *sync.Map      // results computed once from the record; nil likewise
	plan  *sync.Map      // results computed once from the plan, shared by all parts of a run
}

// Logins counts the logins of a run.
type Logins struct {
	Tried  int `json:"tried"`
	Failed int `json:"failed"`
	Wrong  int `json:"wrong,omitempty"` // further ones, with a wrong password on purpose
}

// CheckRecord is one check with its results.
type CheckRecord struct {
	Check      Check
	Results    []Result // one per stage of Check.Order, in that order
	Transcript []Line
	Time       Millis // sum of the stages' times
	Done       bool

	// Tries are all tries in order, if there was more than one. The other members are
	// those of the one that counts: the one that got farthest and, of several, the last.
	Tries []CheckRecord
}

// Result returns the result of a stage, or nil if the check has no such stage.
func (c *CheckRecord) Result(s Stage) *Result {
	for i := range c.Results {
		if c.Results[i].Stage == s {
			return &c.Results[i]
		}
	}
	return nil
}

// Failed returns the result of the stage that failed, or nil if none did.
func (c *CheckRecord) Failed() *Result {
	for i := range c.Results {
		if c.Results[i].Status == Fail {
			return &c.Results[i]
		}
	}
	return nil
}

// Troubled reports whether a stage failed or warned, or a password would have been sent
// in cleartext.
func (c *CheckRecord) Troubled() bool {
	for i := range c.Results {
		if r := &c.Results[i]; r.Status == Fail || r.Status == Warn || r.Reason == CleartextNotAllowed {
			return true
		}
	}
	return false
}

// Asks reports whether a run can raise questions: any stage of any check failed or
// warned, a mail program has settings of its own, which may be others, or sources of
// settings were asked, which may disagree.
func (r *Record) Asks() bool {
	return len(r.before()) > 0 || slices.ContainsFunc(r.Checks, func(c CheckRecord) bool { return r.asks(&c) })
}

func (r *Record) asks(c *CheckRecord) bool {
	if c.Troubled() {
		return true
	}
	subject := r.Subject(c)
	return subject != nil && len(subject.Configured) > 0
}

// Check finds a check by id. It returns nil if there is none.
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

// Once calls find once for each key and returns its result. It spares readers a pass
// over all checks for each check. As with context keys, each reader uses key types of
// its own.
func (r *Record) Once(key any, find func() any) any { return once(r.memo, key, find) }

// OfPlan is like [Record.Once], for what follows from the header alone. All records of
// one run, such as those of its groups, share the results.
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

// indexed prepares the record for [Record.Check], [Record.Once] and [Record.OfPlan].
func (r *Record) indexed(plan *sync.Map) *Record {
	r.plan, r.memo, r.index = plan, new(sync.Map), make(map[string]int, len(r.Checks))
	for i := len(r.Checks) - 1; i >= 0; i-- {
		r.index[r.Checks[i].Check.ID] = i
	}
	return r
}

// before returns the sources that were queried before there was a plan.
func (r *Record) before() []Source {
	n := slices.IndexFunc(r.Sources, func(s Source) bool { return s.Check != "" })
	if n < 0 {
		return r.Sources
	}
	return r.Sources[:n:n]
}

// Subject returns the subject of a check, or nil if the plan has no subject of that
// index.
func (r *Record) Subject(c *CheckRecord) *Subject {
	if i := c.Check.Subject; i >= 0 && i < len(r.Header.Plan.Subjects) {
		return &r.Header.Plan.Subjects[i]
	}
	return nil
}

// FactsOf returns the first facts of type F among the check's results, or nil if there
// are none.
func FactsOf[F Facts](c *CheckRecord) F {
	for i := range c.Results {
		if f, ok := c.Results[i].Facts.(F); ok {
			return f
		}
	}
	var none F
	return none
}
