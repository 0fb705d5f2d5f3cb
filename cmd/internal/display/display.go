// Package display shows the state of each check on a terminal while a run goes on.
package display

import (
	"time"

	"maildoctor/cmd/internal/console"
	"maildoctor/probe/stage"
	"maildoctor/report/term"
)

// Display shows the state of each check on a terminal while a run goes on.
type Display struct {
	events chan func(*term.Progress)
	quit   chan struct{}
	ended  chan struct{}
	start  time.Time // of the run; used by one goroutine
}

// refresh is how often the waiting times are redrawn.
const refresh = 200 * time.Millisecond

// Start starts the display; it returns nil if no terminal can draw it. It never uses
// standard output.
func Start(s console.Streams, opt term.ProgressOptions) *Display {
	if term, _ := s.LookupEnv("TERM"); !s.ErrTerminal || term == "dumb" && !opt.Linear {
		return nil
	}
	p := &Display{
		events: make(chan func(*term.Progress), 64),
		quit:   make(chan struct{}), ended: make(chan struct{}),
	}
	go p.draw(term.NewProgress(s.Err, s.Language, opt))
	return p
}

// draw runs the display in one goroutine.
func (p *Display) draw(t *term.Progress) {
	defer close(p.ended)
	defer t.Close()
	p.start = time.Now()
	tick := time.NewTicker(refresh)
	defer tick.Stop()
	for {
		select {
		case f := <-p.events:
			f(t)
		case <-tick.C:
			t.Tick(time.Since(p.start))
		case <-p.quit:
			return
		}
	}
}

func (p *Display) send(f func(*term.Progress)) error {
	select {
	case p.events <- f:
	case <-p.ended:
	}
	return nil
}

// Header shows the plan.
func (p *Display) Header(h stage.Header) error {
	now := time.Now()
	return p.send(func(t *term.Progress) {
		if len(h.Resumed) > 0 {
			p.start = now.Add(-now.Sub(h.Started))
			t.Resume(now.Sub(h.Started))
		}
		t.Plan(h.Plan)
	})
}

// Lineless implements [probe.LinelessSink]: what is said is not shown.
func (*Display) Lineless() {}

// Event updates a line of the display.
func (p *Display) Event(e stage.Event) error {
	return p.send(func(t *term.Progress) { t.Event(e) })
}

// End does nothing, because Stop ends the display.
func (p *Display) End(stage.End) error { return nil }

// Stop erases the display.
func (p *Display) Stop() {
	if p == nil {
		return
	}
	close(p.quit)
	<-p.ended
}
