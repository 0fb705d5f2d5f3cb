package cli

import (
	"sync"

	"maildoctor/cmd/internal/console"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/jsonreport"
)

// live writes the endpoints of a run to standard output as soon as their groups have
// ended. It is a [probe.GroupSink]. A reader who is slow delays no probe.
type live struct {
	lines *jsonreport.Lines
	l     *prose.Language
	write sync.WaitGroup

	mu      sync.Mutex
	waiting []ended // groups that have not been written
	writing bool
	err     error // the first one
}

// ended is a group that has ended.
type ended struct {
	rec *stage.Record
	d   diagnose.Diagnosis
}

func newLive(s console.Streams) *live {
	return &live{lines: jsonreport.NewLines(s.Out), l: s.Language}
}

// Header implements [probe.Sink].
func (*live) Header(stage.Header) error { return nil }

// Event implements [probe.Sink].
func (*live) Event(stage.Event) error { return nil }

// End implements [probe.Sink].
func (*live) End(stage.End) error { return nil }

// Group implements [probe.GroupSink]. Write errors are returned by [live.finish].
func (v *live) Group(rec *stage.Record, d diagnose.Diagnosis) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.waiting = append(v.waiting, ended{rec, d})
	if !v.writing {
		v.writing = true
		v.write.Go(v.writeAll)
	}
	return nil
}

// writeAll writes groups until none is waiting.
func (v *live) writeAll() {
	for {
		v.mu.Lock()
		if len(v.waiting) == 0 || v.err != nil {
			v.waiting, v.writing = nil, false
			v.mu.Unlock()
			return
		}
		g := v.waiting[0]
		v.waiting = v.waiting[1:]
		v.mu.Unlock()
		if err := v.lines.Group(report.New(v.l, g.rec, g.d)); err != nil {
			v.mu.Lock()
			v.err = err
			v.mu.Unlock()
		}
	}
}

// finish writes what is left, and the run.
func (v *live) finish(r *report.Report) error {
	v.write.Wait()
	if v.err != nil {
		return v.err
	}
	return v.lines.Run(r)
}
