package resolve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"maildoctor/probe/stage"
)

// Lookup resolves host, which is a name or an IP address. The facts are never nil. The
// error, if any, is a *stage.Error with a fault of name resolution. If ctx ends first,
// the error wraps its error and its cause.
//
// seen, if not nil, is called with the outcome of each query to a name server. Calls
// don't overlap, and seen must not call Lookup. Calls may continue after Lookup has
// returned: wait blocks until the last one, for at most [Options.Timeout]. The caller must
// call it or cancel ctx; afterwards seen is not called any more. wait is nil if there
// will be no more calls.
func (r *Resolver) Lookup(ctx context.Context, host string, seen func(stage.Lookup)) (facts *stage.ResolveFacts, wait func(), err error) {
	if facts, err, ok := r.literal(host); ok {
		return facts, nil, err
	}
	if err := cmpErr(r.bad, checkName(host)); err != nil {
		return &stage.ResolveFacts{Host: stage.Visible(host), Error: stage.Visible(errors.Unwrap(err).Error())}, nil, err
	}
	f := r.join(ctx, host)
	stopSeeing := f.subscribe(seen)
	leave := sync.OnceFunc(func() { stopSeeing(); r.leave(host, f) })
	stop := context.AfterFunc(ctx, leave)
	select {
	case <-f.decided:
	case <-ctx.Done():
		leave()
		err := endedEarly(ctx)
		return &stage.ResolveFacts{Host: host, Lookups: f.soFar(), Error: stage.Visible(err.Err.Error())}, nil, err
	}
	if f.over() {
		stop()
		leave()
		return clone(f.facts), nil, f.err
	}
	wait = func() {
		select {
		case <-f.ended:
		case <-ctx.Done():
		}
		stop()
		leave()
	}
	return clone(f.facts), wait, f.err
}

// cmpErr returns the first non-nil error.
func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// endedEarly returns the error of a lookup whose context has ended. A deadline is
// reported as a timeout of name resolution; context.Cause tells whose deadline it was.
func endedEarly(ctx context.Context) *stage.Error {
	err := ctx.Err()
	if cause := context.Cause(ctx); !errors.Is(cause, err) {
		err = fmt.Errorf("%w: %w", err, cause)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &stage.Error{Fault: stage.DNSTimeout, Err: err}
	}
	return &stage.Error{Fault: stage.LookupFailed, Err: err}
}

func clone(f *stage.ResolveFacts) *stage.ResolveFacts {
	c := *f
	c.Addresses = slices.Clone(f.Addresses)
	c.NotDialled = slices.Clone(f.NotDialled)
	c.Lookups = slices.Clone(f.Lookups)
	return &c
}

// flight is a lookup in progress, shared by all callers for the same name.
type flight struct {
	callers int // guarded by Resolver.mu
	cancel  context.CancelFunc

	decided chan struct{} // closed when facts and err are final
	facts   *stage.ResolveFacts
	err     error
	ended   chan struct{} // closed when no further answer will come

	asked sync.WaitGroup // queries that have not ended

	mu       sync.Mutex
	left     int // queries that have not ended
	lookups  []stage.Lookup
	seen     []*func(stage.Lookup)
	answered func() // called when left is zero; nil: nobody wants to know
	isOver   bool   // ended is closed
}

// join returns the flight for a name, and starts one if there is none. A flight lasts
// until it is done or all callers have left.
func (r *Resolver) join(ctx context.Context, host string) *flight {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.flights[host]; f != nil {
		f.callers++
		return f
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &flight{callers: 1, cancel: cancel, decided: make(chan struct{}), ended: make(chan struct{})}
	r.flights[host] = f
	go func() {
		r.fly(ctx, host, f)
		r.forget(host, f)
		cancel()
	}()
	return f
}

// leave removes a caller. The last one to leave ends the flight.
func (r *Resolver) leave(host string, f *flight) {
	r.mu.Lock()
	f.callers--
	last := f.callers == 0
	r.mu.Unlock()
	if last {
		r.forget(host, f)
		f.cancel()
	}
}

// forget makes the next lookup of the name start afresh.
func (r *Resolver) forget(host string, f *flight) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.flights[host] == f {
		delete(r.flights, host)
	}
}

// subscribe calls fn for the answers seen so far and for later ones, until stop is
// called.
func (f *flight) subscribe(fn func(stage.Lookup)) (stop func()) {
	if fn == nil {
		return func() {}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range f.lookups {
		fn(l)
	}
	f.seen = append(f.seen, &fn)
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.seen = slices.DeleteFunc(f.seen, func(p *func(stage.Lookup)) bool { return p == &fn })
	}
}

// add records that a query has ended. Its answer counts unless the lookup was cut off.
func (f *flight) add(l stage.Lookup, counts bool) {
	f.mu.Lock()
	if counts {
		f.lookups = append(f.lookups, l)
		for _, fn := range f.seen {
			(*fn)(l)
		}
	}
	f.left--
	var then func()
	if f.left == 0 {
		then = f.answered
	}
	f.mu.Unlock()
	if then != nil {
		then()
	}
}

// whenAnswered calls fn when all queries have ended; at once, if they have.
func (f *flight) whenAnswered(fn func()) {
	f.mu.Lock()
	f.answered = fn
	now := f.left == 0
	f.mu.Unlock()
	if now {
		fn()
	}
}

// soFar returns the answers received so far, in the order of the queries.
func (f *flight) soFar() []stage.Lookup {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := slices.Clone(f.lookups)
	slices.SortFunc(l, func(a, b stage.Lookup) int { return a.Index - b.Index })
	return l
}

// decide settles the outcome.
func (f *flight) decide(facts *stage.ResolveFacts, err error) {
	f.facts, f.err = facts, err
	f.mu.Lock()
	if f.left == 0 {
		f.endLocked() // before decided, so that no caller waits for answers in vain
	}
	f.mu.Unlock()
	close(f.decided)
}

// end records that no further answer will come.
func (f *flight) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.endLocked()
}

func (f *flight) endLocked() {
	if !f.isOver {
		f.isOver = true
		close(f.ended)
	}
}

// over reports whether no further answer will come.
func (f *flight) over() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.isOver
}
