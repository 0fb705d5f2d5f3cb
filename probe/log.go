package probe

import (
	"errors"
	"slices"
	"sync"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/stage"
)

// log numbers and timestamps the events of a run, folds them, and passes them to the
// sinks one at a time.
type log struct {
	mu     sync.Mutex
	start  time.Time // includes a monotonic clock reading
	header stage.Header
	folder *stage.Folder
	seq    map[string]int
	sinks  []Sink
	errs   []error // the first error of each sink
	lines  bool    // somebody wants the lines of transcripts
}

func newLog(h stage.Header, opt Options) *log {
	h = *stage.Cleaned(&h)
	l := &log{
		start: time.Now(), header: h, folder: stage.NewFolder(h),
		seq: make(map[string]int), sinks: opt.Sinks, errs: make([]error, len(opt.Sinks)),
	}
	if !opt.Transcripts {
		l.folder.WithoutTranscripts()
	}
	l.lines = opt.Transcripts || slices.ContainsFunc(opt.Sinks, func(s Sink) bool { _, without := s.(LinelessSink); return !without })
	l.each(func(s Sink) error { return s.Header(h) })
	if opt.Earlier != nil {
		l.start = l.start.Add(-l.start.Sub(h.Started))
	}
	for i := range opt.Sources {
		l.event(stage.Event{Type: stage.EventSource, Source: &opt.Sources[i]})
	}
	return l
}

// each calls f for every sink and keeps the sink's first error.
func (l *log) each(f func(Sink) error) {
	for i, s := range l.sinks {
		l.failed(i, f(s))
	}
}

// failed keeps the first error of a sink.
func (l *log) failed(sink int, err error) {
	if err != nil && l.errs[sink] == nil {
		l.errs[sink] = err
	}
}

// since returns the time since the start.
func (l *log) since() stage.Millis { return stage.Ms(time.Since(l.start)) }

// event numbers, timestamps and passes on an event, made safe to show and within the
// bounds of [stage.Event.Bounded]. Sinks therefore see exactly what a reader of the
// saved run will.
func (l *log) event(seen stage.Event) {
	seen = seen.Bounded()
	e := stage.Cleaned(&seen)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq[e.Check]++
	e.Seq, e.At = l.seq[e.Check], l.since()
	if e.Line != nil {
		e.Line.At = e.At
	}
	l.folder.Add(e)
	for i, s := range l.sinks { // not by each, whose closure would keep a copy of every event
		l.failed(i, s.Event(*e))
	}
}

// takes passes on an event of an earlier run as it is.
func (l *log) takes(e stage.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq[e.Check] = max(l.seq[e.Check], e.Seq)
	l.folder.Add(&e)
	for i, s := range l.sinks {
		l.failed(i, s.Event(e))
	}
}

// closed records that a check has ended, so that only its outcome is kept.
func (l *log) closed(c stage.Check) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.folder.Close(c)
}

// concluded records that nothing more will come of a group of checks of the plan. To the
// follow-ups, other checks may still be added as parents.
func (l *log) concluded(checks []string) {
	l.event(stage.Event{Type: stage.EventConcluded, Check: checks[0]})
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range checks {
		delete(l.seq, id)
	}
}

// check returns what is known of a check so far.
func (l *log) check(c stage.Check) stage.CheckRecord {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.folder.Check(c)
}

// part returns what is known of some checks so far, as a separate record.
func (l *log) part(checks []stage.Check) *stage.Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.folder.Part(checks, stage.End{State: stage.Complete, Time: l.since()})
}

// group passes the record and diagnosis of a group to the sinks that want it.
func (l *log) group(rec *stage.Record, d diagnose.Diagnosis) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.each(func(s Sink) error {
		if g, ok := s.(GroupSink); ok {
			return g.Group(rec, d)
		}
		return nil
	})
}

// tellsGroups reports whether any sink is a [GroupSink].
func (l *log) tellsGroups() bool {
	for _, s := range l.sinks {
		if _, ok := s.(GroupSink); ok {
			return true
		}
	}
	return false
}

// end closes the stream and returns the record of the run.
func (l *log) end(state stage.EndState) (*stage.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	end := stage.End{State: state, Time: l.since()}
	l.each(func(s Sink) error { return s.End(end) })
	return l.folder.Record(&end), errors.Join(l.errs...)
}

// keeper is a sink that stores the stream.
type keeper struct{ stream stage.Stream }

func (k *keeper) Header(h stage.Header) error {
	k.stream.Header, k.stream.Events = h, make([]stage.Event, 0, 48)
	return nil
}

func (k *keeper) Event(e stage.Event) error {
	k.stream.Events = append(k.stream.Events, e)
	return nil
}

func (k *keeper) End(e stage.End) error {
	k.stream.End = &e
	return nil
}
