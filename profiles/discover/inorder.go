package discover

import (
	"context"
	"time"

	"maildoctor/probe/stage"
)

// patience is how long a place may keep us waiting before the next one is asked as well.
const patience = time.Second

// asking asks at one of several places.
type asking func(context.Context) answer

// first asks about one domain after the other: see [inOrder].
func (q *question) first(ctx context.Context, ask func(ctx context.Context, domain string) answer) answer {
	var all []asking
	for _, d := range q.about() {
		all = append(all, func(ctx context.Context) answer { return ask(ctx, d) })
	}
	return inOrder(ctx, all...)
}

// inOrder asks at one place after the other, and returns the answer of the first, in
// their order, that has settings. A slow place keeps nobody from being asked: it is
// waited for, but beside the next. Where none has settings, the answer is the one that
// says most: a fault before nothing.
func inOrder(ctx context.Context, all ...asking) answer { return newQueue(all).run(ctx, false) }

// whoeverIsFirst is inOrder for places that say the same, so that a slow one isn't
// waited for once another has settings.
func whoeverIsFirst(ctx context.Context, all ...asking) answer { return newQueue(all).run(ctx, true) }

// queue holds places to ask.
type queue struct {
	all     []asking
	started int
	said    []*answer // in the order of all; nil: nothing yet
	come    chan reply
}

type reply struct {
	from int
	said answer
}

func newQueue(all []asking) *queue {
	return &queue{all: all, said: make([]*answer, len(all)), come: make(chan reply, len(all))}
}

// run asks, until an answer is certain or the time is over.
func (w *queue) run(ctx context.Context, alike bool) answer {
	next := time.NewTicker(patience)
	defer next.Stop()
	w.start(ctx)
	for w.waiting() {
		select {
		case r := <-w.come:
			w.said[r.from] = &r.said
			if alike && r.said.settings != nil {
				return r.said
			}
			if w.idle() {
				w.start(ctx)
				next.Reset(patience)
			}
		case <-next.C:
			w.start(ctx)
		case <-ctx.Done():
			return w.best(failed(ctx.Err()))
		}
	}
	return w.best(absent)
}

// start asks at the next place, if there is one and nobody has settings yet.
func (w *queue) start(ctx context.Context) {
	if w.started == len(w.all) || w.best(absent).settings != nil {
		return
	}
	at := w.started
	w.started++
	go func() { w.come <- reply{at, w.all[at](ctx)} }()
}

// idle reports whether all that were asked have answered.
func (w *queue) idle() bool {
	for _, a := range w.said[:w.started] {
		if a == nil {
			return false
		}
	}
	return true
}

// waiting reports whether an answer may still come that counts: of a place before the
// first that has settings.
func (w *queue) waiting() bool {
	for _, a := range w.said {
		switch {
		case a == nil:
			return true
		case a.settings != nil:
			return false
		}
	}
	return false
}

// best returns the first answer with settings, else the first that says something. Where
// a place hasn't answered, it is none.
func (w *queue) best(none answer) answer {
	worst := absent
	for _, a := range w.said {
		if a == nil {
			a = &none
		}
		if a.settings != nil {
			return *a
		}
		if worst.outcome == stage.SourceAbsent {
			worst = *a
		}
	}
	return worst
}
