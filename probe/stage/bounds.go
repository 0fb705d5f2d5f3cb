package stage

import (
	"fmt"
	"reflect"
)

// MaxList is the most entries that a list in facts, or in a name server's answer, may
// have. No well-meaning server sends more. [Event.Bounded] drops entries beyond it, and
// a saved run that has more is refused.
const MaxList = 1000

// maxOfCheck is the most events of one type that a check may have, for types of which
// it has few: attempts, lookups, contacts, stage starts and results.
const maxOfCheck = 1000

// mostFollowUps is the most follow-ups that a run of this many checks may have,
// including handshakes made as other mail programs.
func mostFollowUps(checks int) int { return 1000 + 10*checks }

// Bounded returns the event with lists of at most [MaxList] entries.
func (e Event) Bounded() Event {
	switch {
	case e.Result != nil && e.Result.Facts != nil && longList(reflect.ValueOf(e.Result.Facts)):
		r := *e.Result
		r.Facts = shortened(reflect.ValueOf(r.Facts)).Interface().(Facts)
		e.Result = &r
	case e.Lookup != nil && longList(reflect.ValueOf(e.Lookup)):
		e.Lookup = shortened(reflect.ValueOf(e.Lookup)).Interface().(*Lookup)
	}
	return e
}

// longList reports whether a value holds a list of more than [MaxList] entries. A
// []byte doesn't count as a list.
func longList(v reflect.Value) bool { return inspectionOf(v.Type()).long(v) }

func (in *inspection) long(v reflect.Value) bool {
	switch in.kind {
	case reflect.Pointer:
		return !v.IsNil() && in.inside != nil && in.inside.long(v.Elem())
	case reflect.Interface:
		return !v.IsNil() && longList(v.Elem())
	case reflect.Struct:
		for _, f := range in.fields { // lists hold text, or what holds it
			if f.long(v.Field(f.index)) {
				return true
			}
		}
	case reflect.Slice:
		if in.inside == nil {
			return false
		}
		if v.Len() > MaxList {
			return true
		}
		for i := range v.Len() {
			if in.inside.long(v.Index(i)) {
				return true
			}
		}
	}
	return false
}

// shortened returns a copy of v whose lists have at most [MaxList] entries.
func shortened(v reflect.Value) reflect.Value {
	c := copied(v)
	shorten(c)
	return c
}

func shorten(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			shorten(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				shorten(v.Field(i))
			}
		}
	case reflect.Slice:
		if flat(v.Type().Elem().Kind()) {
			return
		}
		if v.Len() > MaxList {
			v.Set(v.Slice(0, MaxList))
		}
		for i := range v.Len() {
			shorten(v.Index(i))
		}
	}
}

// tally counts the events and checks of a stream whose number is limited.
type tally struct {
	mute      bool // lines of transcripts are not kept
	events    int
	names     map[string]string // repeated strings, each kept once
	ids       map[string]bool   // checks that have events
	checks    int               // of the plan
	followUps int
	tries     int // further ones
	sources   int
	of        map[ofCheck]int
}

// ofCheck identifies the events of one type of one check.
type ofCheck struct {
	check string
	kind  EventType
}

// admit counts an event. It returns an error if the stream has more events, or the
// event longer lists, than any run produces. size is the length of the event's line in
// bytes.
func (t *tally) admit(e *Event, size int) error {
	t.events++
	if most := t.checks*(1+MaxRepeats) + mostFollowUps(t.checks); e.Check != "" && !t.ids[e.Check] {
		if len(t.ids) == most {
			return fmt.Errorf("events of more than %d checks, which no run of %d connections has", most, t.checks)
		}
		if t.ids == nil {
			t.ids = make(map[string]bool)
		}
		t.ids[e.Check] = true
	}
	switch e.Type {
	case EventCheck:
		if e.Ordered.Repeats() {
			if t.tries++; t.tries > t.checks*MaxRepeats {
				return fmt.Errorf("more than %d further tries, which no run of %d connections has", t.checks*MaxRepeats, t.checks)
			}
		} else if t.followUps++; t.followUps > mostFollowUps(t.checks) {
			return fmt.Errorf("more than %d follow-ups, which no run of %d connections has", mostFollowUps(t.checks), t.checks)
		}
	case EventSource:
		if t.sources++; t.sources > maxOfCheck {
			return fmt.Errorf("more than %d sources of settings, which no run has", maxOfCheck)
		}
	case EventAttempt, EventLookup, EventContact, EventStart, EventResult, EventKernel, EventLogin, EventDone, EventConcluded:
		if t.of == nil {
			t.of = make(map[ofCheck]int)
		}
		k := ofCheck{e.Check, e.Type}
		if t.of[k]++; t.of[k] > maxOfCheck {
			return fmt.Errorf("more than %d events %q of one check, which no run has", maxOfCheck, string(e.Type))
		}
	}
	const leastEntry = 2 // bytes, with its comma
	if size < MaxList*leastEntry {
		return nil
	}
	for _, v := range []any{e.Result, e.Lookup, e.Source} {
		if longList(reflect.ValueOf(v)) {
			return fmt.Errorf("a list of more than %d entries, which no event of a run has", MaxList)
		}
	}
	return nil
}

// maxNames is how many strings are remembered so that each is stored only once.
const maxNames = 4096

// keeps reports whether the event is to be kept. If so, its repeated strings are
// replaced by the stored ones.
func (t *tally) keeps(e *Event) bool {
	if t.mute && e.Type == EventLine {
		return false
	}
	e.Type, e.Check, e.Stage = EventType(t.once(string(e.Type))), t.once(e.Check), Stage(t.once(string(e.Stage)))
	if e.Line != nil {
		e.Line.From, e.Line.Stage = Side(t.once(string(e.Line.From))), Stage(t.once(string(e.Line.Stage)))
	}
	return true
}

func (t *tally) once(s string) string {
	if known, ok := t.names[s]; ok {
		return known
	}
	if t.names == nil {
		t.names = make(map[string]string)
	}
	if len(t.names) < maxNames {
		t.names[s] = s
	}
	return s
}
