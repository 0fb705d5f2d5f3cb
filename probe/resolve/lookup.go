package resolve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"maildoctor/probe/stage"
)

// Lookup resolves host, which is a name or an IP address. The facts are never
// nil; the error, if any, is a *stage.Error with a fault of name resolution.
// When ctx ends first, the error wraps its error and its cause.
//
// seen, which may be nil, gets the outcome of each question to a name server as
// it comes; calls don't overlap, and seen must not call Lookup. They may go on
// after Lookup returned: wait blocks until the last one, which takes at most
// [Options.Timeout]. wait is never nil and must be called, or ctx be ended;
// after either no call of seen follows.
func (r *Resolver) Lookup(ctx context.Context, host string, seen func(stage.Lookup)) (facts *stage.ResolveFacts, wait func(), err error) {
	nothing := func() {}
	if facts, err, ok := r.literal(host); ok {
		return facts, nothing, err
	}
	if err := cmpErr(r.bad, checkName(host)); err != nil {
		return &stage.ResolveFacts{Host: stage.Visible(host), Error: stage.Visible(errors.Unwrap(err).Error())}, nothing, err
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
		return &stage.ResolveFacts{Host: host, Lookups: f.soFar(), Error: stage.Visible(err.Err.Error())}, nothing, err
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

// cmpErr returns the first error that isn't nil.
func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// endedEarly is the error of a lookup whose context ended. A deadline is a
// timeout of name resolution; whose deadline it was, context.Cause tells.
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

// flight is one lookup under way, shared by all who ask for its name.
type flight struct {
	callers int // under Resolver.mu
	cancel  context.CancelFunc

	decided chan struct{} // closed when facts and err are final
	facts   *stage.ResolveFacts
	err     error
	ended   chan struct{} // closed when no further answer will come

	mu      sync.Mutex
	lookups []stage.Lookup
	seen    []*func(stage.Lookup)
}

// join finds the flight for a name or starts one. It lasts until it ends or
// until every caller has left.
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

// leave takes a caller out; the last one ends the flight.
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

// forget makes the next question for the name start anew.
func (r *Resolver) forget(host string, f *flight) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.flights[host] == f {
		delete(r.flights, host)
	}
}

// subscribe hands what has been seen to fn, and then what will be, until the
// returned function is called.
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

func (f *flight) add(l stage.Lookup) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lookups = append(f.lookups, l)
	for _, fn := range f.seen {
		(*fn)(l)
	}
}

// soFar returns the answers that have come, in the order of the questions.
func (f *flight) soFar() []stage.Lookup {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := slices.Clone(f.lookups)
	slices.SortFunc(l, func(a, b stage.Lookup) int { return a.Index - b.Index })
	return l
}

func (f *flight) decide(facts *stage.ResolveFacts, err error) {
	f.facts, f.err = facts, err
	close(f.decided)
}
