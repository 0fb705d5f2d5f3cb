package walk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Item is one thing to visit.
type Item struct {
	ID   string // unique among the items, and the same when the walk is gone on with
	Lane string // items of one lane are visited one after the other, with a pause
}

// Options say how to walk. The zero value visits one item at a time.
type Options struct {
	Parallel int           // items at a time; below 1: one
	Pause    time.Duration // between two items of a lane, from the end of the first
	Journal  *Journal      // what is known already, and where results go; nil: none

	// Again reports whether a result from the journal is out of date, so that its item
	// is visited once more. nil: none is.
	Again func(result json.RawMessage) bool

	// Told is called after each item that was visited, with the number of those that are
	// done, those known from the journal included, and of all. One call at a time. nil:
	// nobody is told.
	Told func(done, all int)
}

// Visit visits the items and returns what came of each, by its id. Where a lane has
// several, they are visited in their order. It ends early when ctx does: what isn't
// finished by then is neither in the result nor in the journal.
//
// The error joins those of the journal, and is nil if ctx ended the walk. A result
// that can't be written is returned all the same.
func Visit[T any](ctx context.Context, items []Item, opt Options, visit func(context.Context, Item) T) (map[string]T, error) {
	w := &walk[T]{opt: opt, all: len(items), out: make(map[string]T), visit: visit, free: make(chan struct{}, max(opt.Parallel, 1))}
	if err := w.recall(items); err != nil {
		return nil, err
	}
	var lanes []string
	waiting := make(map[string][]Item)
	for _, i := range items {
		if _, known := w.out[i.ID]; known {
			continue
		}
		if waiting[i.Lane] == nil {
			lanes = append(lanes, i.Lane)
		}
		waiting[i.Lane] = append(waiting[i.Lane], i)
	}
	var ended sync.WaitGroup
	for _, lane := range lanes {
		// A seat is taken here for the lane's first item, so that lanes begin in order.
		if !w.seat(ctx) {
			break
		}
		ended.Go(func() { w.lane(ctx, waiting[lane]) })
	}
	ended.Wait()
	return w.out, w.err
}

// walk is one call of [Visit].
type walk[T any] struct {
	opt   Options
	all   int
	visit func(context.Context, Item) T
	free  chan struct{} // holds a value for each item that is being visited

	mu  sync.Mutex
	out map[string]T
	err error
}

// recall takes from the journal what is known.
func (w *walk[T]) recall(items []Item) error {
	if w.opt.Journal == nil {
		return nil
	}
	for _, i := range items {
		raw, ok := w.opt.Journal.known[i.ID]
		if !ok || w.opt.Again != nil && w.opt.Again(raw) {
			continue
		}
		var result T
		if err := json.Unmarshal(raw, &result); err != nil {
			return fmt.Errorf("%s: the result of %q: %w", w.opt.Journal.name, i.ID, err)
		}
		w.out[i.ID] = result
	}
	return nil
}

// seat waits until another item may be visited; false if ctx ends before.
func (w *walk[T]) seat(ctx context.Context) bool {
	if ctx.Err() != nil {
		return false
	}
	select {
	case w.free <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// lane visits the items of one lane. It has a seat, which it leaves during pauses.
func (w *walk[T]) lane(ctx context.Context, items []Item) {
	for n, i := range items {
		if n > 0 && !(rest(ctx, w.opt.Pause) && w.seat(ctx)) {
			return
		}
		result := w.visit(ctx, i)
		if ctx.Err() == nil {
			w.done(i, result)
		}
		<-w.free
	}
}

// rest waits for the pause; false if ctx ends before.
func rest(ctx context.Context, pause time.Duration) bool {
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// done keeps a result.
func (w *walk[T]) done(i Item, result T) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out[i.ID] = result
	if w.opt.Journal != nil {
		w.err = errors.Join(w.err, w.opt.Journal.append(i.ID, result))
	}
	if w.opt.Told != nil {
		w.opt.Told(len(w.out), w.all)
	}
}
