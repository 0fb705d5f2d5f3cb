package probe

import (
	"errors"
	"sync"
	"time"

	"maildoctor/probe/stage"
)

// log numbers and times the events of a run, keeps them and hands them to the
// sinks, one at a time.
type log struct {
	mu     sync.Mutex
	start  time.Time // with its monotonic clock
	stream stage.Stream
	seq    map[string]int
	sinks  []Sink
	errs   []error // by sink: its first error
	failed bool    // a stage failed, or warned
}

func newLog(h stage.Header, sinks []Sink) *log {
	l := &log{
		start: time.Now(), stream: stage.Stream{Header: h, Events: make([]stage.Event, 0, 64)},
		seq: make(map[string]int), sinks: sinks, errs: make([]error, len(sinks)),
	}
	l.each(func(s Sink) error { return s.Header(h) })
	return l
}

// each calls f for every sink and keeps its first error.
func (l *log) each(f func(Sink) error) {
	for i, s := range l.sinks {
		if err := f(s); err != nil && l.errs[i] == nil {
			l.errs[i] = err
		}
	}
}

// since returns the time since the start.
func (l *log) since() stage.Millis { return stage.Ms(time.Since(l.start)) }

// event numbers, times and hands on an event.
func (l *log) event(e stage.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq[e.Check]++
	e.Seq, e.At = l.seq[e.Check], l.since()
	if e.Line != nil {
		e.Line.At = e.At
	}
	if e.Result != nil && (e.Result.Status == stage.Fail || e.Result.Status == stage.Warn) {
		l.failed = true
	}
	l.stream.Events = append(l.stream.Events, e)
	l.each(func(s Sink) error { return s.Event(e) })
}

// troubled reports whether any stage failed, or warned.
func (l *log) troubled() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}

// ordered says that a follow-up begins.
func (l *log) ordered(c stage.Check) {
	l.event(stage.Event{Type: stage.EventCheck, Check: c.ID, Ordered: &c})
}

// record folds what has happened so far.
func (l *log) record() *stage.Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.stream // its events are read alone, and the lock keeps new ones out
	s.End = &stage.End{State: stage.Complete, Time: l.since()}
	return stage.Fold(&s)
}

// end closes the stream.
func (l *log) end(state stage.EndState) (*stage.Stream, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	end := stage.End{State: state, Time: l.since()}
	l.stream.End = &end
	l.each(func(s Sink) error { return s.End(end) })
	return &l.stream, errors.Join(l.errs...)
}
