package serve

import (
	"context"
	"errors"
	"sync/atomic"
)

// errBusy means that as many probes run and wait as are allowed to.
var errBusy = errors.New("too many probes at a time")

// gate lets a limited number of probes run at a time, and a limited number wait for it.
type gate struct {
	seats   chan struct{}
	queue   int64
	waiting atomic.Int64
}

func newGate(concurrency, queue int) *gate {
	return &gate{seats: make(chan struct{}, concurrency), queue: int64(queue)}
}

// enter waits for a seat. The error is errBusy if too many wait already, or that of ctx.
func (g *gate) enter(ctx context.Context) error {
	select {
	case g.seats <- struct{}{}:
		return nil
	default:
	}
	if g.waiting.Add(1) > g.queue {
		g.waiting.Add(-1)
		return errBusy
	}
	defer g.waiting.Add(-1)
	select {
	case g.seats <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// leave gives the seat to the next.
func (g *gate) leave() { <-g.seats }

// running returns how many have a seat.
func (g *gate) running() int { return len(g.seats) }
