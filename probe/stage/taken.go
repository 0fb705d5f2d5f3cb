package stage

import (
	"slices"
	"time"
)

// Taken is what a run takes over from an earlier run of the same plan that ended before
// all was examined: what belongs to groups that had ended ([EventConcluded]). Checks of
// other groups are made anew.
//
// The stream is read twice, because what an event is worth may be known only at its end:
// [Taken.See] every event, then [Taken.Settle], then [Taken.Keep] them.
type Taken struct {
	Header Header          // of the earlier run
	Checks map[string]bool // the plan's checks that are taken over, by id; set by Settle
	Groups map[string]int  // the group of each check of the plan, by id; set by Settle

	// Events calls take for each event that is taken over, in the order of the stream. The
	// error is the one with which reading failed, or take's.
	Events func(take func(Event) error) error

	// Wronged are the plan's checks, by id, at whose accounts a wrong password was tried
	// on purpose ([KindWrongPassword]); set by Settle. That happens once in a run.
	Wronged map[string]bool

	ordered   map[string]*Check // follow-ups and further tries, with all their parents
	merged    []Event
	concluded []string
	wrong     []string // the trials that sent one
}

// NewTaken returns a Taken for the stream that begins with this header. Its Events is to
// be set.
func NewTaken(h Header) *Taken {
	return &Taken{Header: h, ordered: make(map[string]*Check)}
}

// Resumes returns the header of the run that goes on with the earlier one: it began when
// that did. now is when it goes on.
func (t *Taken) Resumes(h Header, now time.Time) Header {
	h.Started = t.Header.Started
	h.Resumed = append(slices.Clone(t.Header.Resumed), Resumed{At: now.UTC().Truncate(time.Second), Taken: len(t.Checks)})
	return h
}

// See notes what an event says about groups.
func (t *Taken) See(e *Event) {
	switch e.Type {
	case EventCheck:
		c := *e.Ordered
		c.Parents = slices.Clone(c.Parents)
		t.ordered[c.ID] = &c
	case EventShared:
		if c := t.ordered[e.Check]; c != nil {
			for _, p := range e.Parents {
				if !slices.Contains(c.Parents, p) {
					c.Parents = append(c.Parents, p)
				}
			}
		}
	case EventMerged:
		t.merged = append(t.merged, *e)
	case EventConcluded:
		t.concluded = append(t.concluded, e.Check)
	case EventLogin:
		if e.Login.Wrong {
			t.wrong = append(t.wrong, e.Check)
		}
	}
}

// Settle decides what is taken over.
func (t *Taken) Settle() {
	merged := merge(t.Header.Plan.Checks, t.merged)
	t.Groups = make(map[string]int, len(t.Header.Plan.Checks))
	for _, c := range t.Header.Plan.Checks {
		t.Groups[c.ID] = merged.of(c.Group)
	}
	ended := make(map[int]bool)
	for _, id := range t.concluded {
		if g, ok := t.Groups[id]; ok {
			ended[g] = true
		}
	}
	t.Wronged = make(map[string]bool)
	for _, id := range t.wrong {
		if c := t.ordered[id]; c != nil {
			for _, p := range c.Parents {
				t.Wronged[p] = true
			}
		}
	}
	t.Checks = make(map[string]bool)
	for id, g := range t.Groups {
		if ended[g] {
			t.Checks[id] = true
		}
	}
	for id, c := range t.ordered {
		c.Parents = slices.DeleteFunc(c.Parents, func(p string) bool { return !t.Checks[p] })
		if len(c.Parents) == 0 {
			delete(t.ordered, id)
		}
	}
}

// Keep returns an event as it is taken over; ok is false if it isn't. A follow-up keeps
// the parents that are taken over.
func (t *Taken) Keep(e Event) (kept Event, ok bool) {
	switch e.Type {
	case EventShared:
		return e, false // see its check
	case EventCheck:
		c := t.ordered[e.Check]
		e.Ordered = c
		return e, c != nil
	case EventSource:
		return e, e.Check == "" || t.ordered[e.Check] != nil
	}
	return e, t.Checks[e.Check] || t.ordered[e.Check] != nil
}
