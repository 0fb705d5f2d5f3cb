package stage

import (
	"cmp"
	"slices"
	"sync"
)

// Fold turns a stream into a record. The relative order of events of different checks
// does not matter. Stages without a result get one: those after a failed stage are
// blocked by it, and those that never ended were interrupted or ran out of time.
func Fold(s *Stream) *Record {
	f := NewFolder(s.Header)
	for i := range s.Events {
		f.Add(&s.Events[i])
	}
	rec := f.Record(s.End)
	rec.Unknown, rec.Broken = s.Unknown, s.Broken
	return rec
}

// Folder folds a stream as it arrives. It keeps the events of a check until the check
// is closed, and only their outcome from then on.
type Folder struct {
	header  Header
	checks  map[string]*folding
	ordered []Check            // follow-ups, in the order of their creation
	again   map[string][]Check // further tries, by the check that they repeat
	sources []Event
	before  []Source // those of them that were queried before there was a plan
	merged  []Event
	last    Millis // time of the latest event
	mute    bool   // transcripts are dropped
	same    *sharer
	plan    *sync.Map // see [Record.OfPlan]
}

// folding is what is known of one check: its events or, once it is closed, their
// outcome.
type folding struct {
	events   []*Event   // except lines
	lines    []saidLine // of the transcript
	begun    begun      // the stage that started last
	closed   bool
	came     outcome
	contacts []Contact
	logins   Logins
	shared   []Event // events that add parents
}

// saidLine is a transcript line and its position among the check's events. Stored this
// way, lines take a third of the memory of events, which matters with thousands of
// them.
type saidLine struct {
	seq  int
	line Line
}

// begun says which stage started, and when.
type begun struct {
	stage Stage
	at    Millis
	seq   int
}

// NewFolder returns a Folder for the stream that begins with this header.
func NewFolder(h Header) *Folder {
	return &Folder{header: h, checks: make(map[string]*folding), again: make(map[string][]Check), same: newSharer(len(h.Plan.Checks)), plan: new(sync.Map)}
}

// WithoutTranscripts makes f drop all transcript lines, for callers that don't show
// them. No conclusion is drawn from them.
func (f *Folder) WithoutTranscripts() *Folder {
	f.mute = true
	return f
}

// Add adds one event, which must not be modified afterwards.
func (f *Folder) Add(e *Event) {
	f.last = max(f.last, e.At)
	switch e.Type {
	case EventStart: // a result tells the same and more, if there is one
		if k := f.of(e.Check); e.Seq >= k.begun.seq {
			k.begun = begun{e.Stage, e.At, e.Seq}
		}
		return
	case EventLine:
		if k := f.of(e.Check); !f.mute && !k.closed {
			k.lines = append(k.lines, saidLine{e.Seq, *e.Line})
		}
		return
	case EventSource:
		f.sources = append(f.sources, *e)
		if e.Check == "" {
			f.before = append(f.before, *e.Source)
		}
		return
	case EventMerged:
		f.merged = append(f.merged, *e)
		return
	case EventConcluded:
		return
	}
	k := f.of(e.Check)
	switch e.Type {
	case EventShared:
		k.shared = append(k.shared, *e)
	case EventCheck:
		f.order(*e.Ordered)
	default:
		k.events = append(k.events, e)
	}
}

// order adds a follow-up or a further try.
func (f *Folder) order(c Check) {
	if !c.Repeats() || len(c.Parents) == 0 {
		f.ordered = append(f.ordered, c)
		return
	}
	f.again[c.Parents[0]] = append(f.again[c.Parents[0]], c)
}

func (f *Folder) of(id string) *folding {
	k := f.checks[id]
	if k == nil {
		k = new(folding)
		f.checks[id] = k
	}
	return k
}

// Close says that c has ended. No further event of it may follow, except those that add
// parents.
func (f *Folder) Close(c Check) {
	k := f.of(c.ID)
	bySequence(k.events)
	k.came = cameTo(c, k, End{})
	for i := range k.came.results {
		if r := &k.came.results[i]; r.Facts != nil {
			r.Facts = f.same.same(r.Facts)
		}
	}
	k.contacts, k.logins = count(k.events)
	k.events, k.lines, k.closed = nil, nil, true
}

// Check returns what is known of a check so far.
func (f *Folder) Check(c Check) CheckRecord {
	return f.fold(c, f.of(c.ID), End{State: Complete, Time: f.last})
}

// Part returns what is known of some checks so far, as a separate record.
func (f *Folder) Part(checks []Check, end End) *Record {
	rec := &Record{Header: f.header, Sources: slices.Clip(f.before), Checks: make([]CheckRecord, 0, len(checks)), End: end}
	for _, c := range checks {
		if !c.Kind.Trial() {
			rec.Checks = append(rec.Checks, f.tried(c, end))
			continue
		}
		rec.Trials = append(rec.Trials, f.fold(c, f.of(c.ID), end))
		for _, e := range f.sources {
			if e.Check == c.ID {
				rec.Trialled = append(rec.Trialled, e.source())
			}
		}
	}
	return rec.indexed(f.plan)
}

// fold combines the events of one check, or uses their outcome if the check is closed.
func (f *Folder) fold(c Check, k *folding, end End) CheckRecord {
	o := k.came
	if !k.closed {
		bySequence(k.events)
		o = cameTo(c, k, end)
	}
	return CheckRecord{Check: c, Results: o.results, Transcript: o.transcript, Time: o.time, Done: o.done}
}

func inSequence(events []Event) {
	slices.SortStableFunc(events, func(a, b Event) int { return cmp.Compare(a.Seq, b.Seq) })
}

// bySequence sorts events by Seq.
func bySequence(events []*Event) {
	slices.SortStableFunc(events, func(a, b *Event) int { return cmp.Compare(a.Seq, b.Seq) })
}

// Record returns the record of the run. A nil end means that the run was interrupted.
func (f *Folder) Record(end *End) *Record {
	rec := &Record{Header: f.header, End: End{State: WasInterrupted, Time: f.last}}
	if end != nil {
		rec.End = *end
	}
	known := make(map[Contact]bool)
	rec.take(f.sources, f.trials(), known)
	plan := f.header.Plan.Checks
	followUps := inOrder(f.ordered, plan)
	rec.Checks = make([]CheckRecord, 0, len(plan)+len(followUps))
	groups := merge(plan, f.merged)
	for i := range plan {
		c := plan[i]
		c.Group = groups.of(c.Group)
		f.enter(rec, c, known)
	}
	for _, c := range followUps {
		c.Parents = f.of(c.ID).parents(c.Parents)
		f.enter(rec, c, known)
	}
	return rec.indexed(f.plan)
}

// trials returns the ids of the trials.
func (f *Folder) trials() map[string]bool {
	all := make(map[string]bool)
	for i := range f.ordered {
		if f.ordered[i].Kind.Trial() {
			all[f.ordered[i].ID] = true
		}
	}
	return all
}

// take adds the sources that were queried, and the hosts contacted for them.
func (r *Record) take(sources []Event, trials map[string]bool, known map[Contact]bool) {
	slices.SortStableFunc(sources, func(a, b Event) int { return cmp.Or(cmp.Compare(a.Check, b.Check), cmp.Compare(a.Seq, b.Seq)) })
	for _, e := range sources {
		s := e.source()
		if trials[e.Check] {
			r.Trialled = append(r.Trialled, s)
		} else {
			r.Sources = append(r.Sources, s)
		}
		r.meet(s.Contacts, known)
	}
}

// source returns the source of an [EventSource], with the check that queried it.
func (e *Event) source() Source {
	s := *e.Source
	s.Check = e.Check
	return s
}

// enter adds a check to a record, with its contacts and logins.
func (f *Folder) enter(rec *Record, c Check, known map[Contact]bool) {
	k, list := f.of(c.ID), &rec.Checks
	switch {
	case c.Kind == KindProgram:
		list = &rec.Programs
	case c.Kind.Trial():
		list = &rec.Trials
	}
	*list = append(*list, f.tried(c, rec.End))
	f.tally(rec, k, known)
	for _, t := range f.again[c.ID] {
		f.tally(rec, f.of(t.ID), known)
	}
}

// tally adds the contacts and logins of a check to a record.
func (f *Folder) tally(rec *Record, k *folding, known map[Contact]bool) {
	contacts, logins := k.contacts, k.logins
	if !k.closed {
		contacts, logins = count(k.events)
	}
	rec.Logins.Tried += logins.Tried
	rec.Logins.Failed += logins.Failed
	rec.Logins.Wrong += logins.Wrong
	rec.meet(contacts, known)
}

// meet adds contacts that the record doesn't have yet.
func (r *Record) meet(contacts []Contact, known map[Contact]bool) {
	for _, c := range contacts {
		if !known[c] {
			known[c] = true
			r.Contacts = append(r.Contacts, c)
		}
	}
}

// inOrder sorts follow-ups by round, then by the position of their first parent in the
// plan, then by id.
func inOrder(followUps, plan []Check) []Check {
	place := make(map[string]int, len(plan))
	for i := range plan {
		place[plan[i].ID] = i
	}
	parent := func(c Check) int {
		if len(c.Parents) > 0 {
			return place[c.Parents[0]]
		}
		return len(plan)
	}
	out := slices.Clone(followUps)
	slices.SortFunc(out, func(a, b Check) int {
		return cmp.Or(cmp.Compare(a.Round, b.Round), cmp.Compare(parent(a), parent(b)), cmp.Compare(a.ID, b.ID))
	})
	return slices.CompactFunc(out, func(a, b Check) bool { return a.ID == b.ID })
}

// count returns a check's contacts, without duplicates, and its logins.
func count(events []*Event) (contacts []Contact, logins Logins) {
	for _, e := range events {
		switch e.Type {
		case EventLogin:
			logins.add(e.Login)
		case EventContact:
			contacts = append(contacts, *e.Contact)
		}
	}
	return each(contacts), logins
}

// add counts a login.
func (l *Logins) add(a *LoginAttempt) {
	if a.Wrong {
		l.Wrong++
		return
	}
	l.Tried++
	if !a.Accepted {
		l.Failed++
	}
}

// few is the number of contacts up to which a linear search is faster than a map.
const few = 16

// each removes duplicate contacts in place.
func each(contacts []Contact) []Contact {
	if len(contacts) <= few {
		out := contacts[:0]
		for _, c := range contacts {
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
		return out
	}
	known := make(map[Contact]bool, len(contacts))
	return slices.DeleteFunc(contacts, func(c Contact) bool {
		repeat := known[c]
		known[c] = true
		return repeat
	})
}
