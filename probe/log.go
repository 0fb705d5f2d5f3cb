package probe

import (
	"errors"
	"sync"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/stage"
)

// log numbers and times the events of a run, folds them and hands them to the
// sinks, one at a time.
type log struct {
	mu     sync.Mutex
	start  time.Time // with its monotonic clock
	header stage.Header
	folder *stage.Folder
	seq    map[string]int
	sinks  []Sink
	errs   []error // by sink: its first error
}

func newLog(h stage.Header, opt Options) *log {
	h = stage.Cleaned(h)
	l := &log{
		start: time.Now(), header: h, folder: stage.NewFolder(h),
		seq: make(map[string]int), sinks: opt.Sinks, errs: make([]error, len(opt.Sinks)),
	}
	if !opt.Transcripts {
		l.folder.WithoutTranscripts()
	}
	l.each(func(s Sink) error { return s.Header(h) })
	for i := range opt.Sources {
		l.event(stage.Event{Type: stage.EventSource, Source: &opt.Sources[i]})
	}
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

// event numbers, times and hands on an event, made fit to be shown and no larger than a
// reader takes: whoever looks at the run while it goes on sees what a reader of the
// saved run will.
func (l *log) event(e stage.Event) {
	e = stage.Cleaned(e.Bounded())
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq[e.Check]++
	e.Seq, e.At = l.seq[e.Check], l.since()
	if e.Line != nil {
		e.Line.At = e.At
	}
	l.folder.Add(e)
	l.each(func(s Sink) error { return s.Event(e) })
}

// closed says that a check has ended: its events have come to what they come to.
func (l *log) closed(c stage.Check) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.folder.Close(c)
	if !c.FollowUp() {
		delete(l.seq, c.ID) // of others it may yet be said whom they serve
	}
}

// check returns what is known of a check so far.
func (l *log) check(c stage.Check) stage.CheckRecord {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.folder.Check(c)
}

// part returns what is known of some checks so far, as a record of their own.
func (l *log) part(checks []stage.Check) *stage.Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.folder.Part(checks, stage.End{State: stage.Complete, Time: l.since()})
}

// group tells those sinks that want to know what a group came to.
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

// tellsGroups reports whether any sink wants to know.
func (l *log) tellsGroups() bool {
	for _, s := range l.sinks {
		if _, ok := s.(GroupSink); ok {
			return true
		}
	}
	return false
}

// end closes the stream and returns what the run came to.
func (l *log) end(state stage.EndState) (*stage.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	end := stage.End{State: state, Time: l.since()}
	l.each(func(s Sink) error { return s.End(end) })
	return l.folder.Record(&end), errors.Join(l.errs...)
}

// keeper is a sink that keeps the stream.
type keeper struct{ stream stage.Stream }

func (k *keeper) Header(h stage.Header) error {
	k.stream.Header, k.stream.Events = h, make([]stage.Event, 0, 64)
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
