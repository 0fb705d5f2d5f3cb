package probe

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"maildoctor/probe/stage"
)

// several queries resolvers concurrently. The first in the list that found addresses
// decides. If none did, the most conclusive result does.
type several []Resolver

// hearOut is how long the other resolvers are waited for once one has given a
// conclusive result, so that a blocked resolver adds no more than this.
const hearOut = time.Second

// said is the result of one resolver.
type said struct {
	place int
	facts *stage.ResolveFacts
	err   error
}

// Lookup implements [Resolver].
func (s several) Lookup(ctx context.Context, host string, seen func(stage.Lookup)) (*stage.ResolveFacts, func(), error) {
	var mu sync.Mutex
	index := 0
	one := func(l stage.Lookup) {
		mu.Lock()
		defer mu.Unlock()
		l.Index = index
		index++
		seen(l)
	}
	words := make(chan said, len(s))
	var asking sync.WaitGroup
	for i, r := range s {
		asking.Go(func() {
			facts, wait, err := r.Lookup(ctx, host, one)
			words <- said{i, facts, err}
			if wait != nil {
				wait()
			}
		})
	}
	best := s.hear(words)
	return best.facts, asking.Wait, best.err
}

// hear waits for the results of the resolvers, and returns the one that decides.
func (s several) hear(words <-chan said) said {
	all := make([]said, 0, len(s))
	var enough <-chan time.Time
	for len(all) < len(s) && !decided(all) {
		select {
		case w := <-words:
			all = append(all, w)
			if w.rank() < conclusive && enough == nil {
				enough = time.After(hearOut)
			}
		case <-enough:
			return weightiest(all)
		}
	}
	return weightiest(all)
}

// decided reports whether no further result can change the outcome: a resolver has
// found addresses, and all before it in the list have answered.
func decided(all []said) bool {
	heard := make(map[int]error, len(all))
	for _, w := range all {
		heard[w.place] = w.err
	}
	for place := 0; ; place++ {
		err, ok := heard[place]
		if !ok || err == nil {
			return ok
		}
	}
}

// weightiest returns the most conclusive result. If several are equal, the first in the
// list wins.
func weightiest(all []said) said {
	return slices.MinFunc(all, func(a, b said) int {
		if d := a.rank() - b.rank(); d != 0 {
			return d
		}
		return a.place - b.place
	})
}

// telling are the faults of a lookup, most conclusive first: those about the name come
// before those about the server.
var telling = []stage.Fault{
	stage.NameNotFound, stage.NoAddress, stage.AddressFamily, stage.BadAddress, stage.DNSLoop,
	stage.ServFail, stage.DNSRefused, stage.DNSTimeout, stage.DNSUnreached,
}

// conclusive is the first rank that says nothing about the name.
var conclusive = slices.Index(telling, stage.ServFail)

// rank orders results, the most conclusive first.
func (w said) rank() int {
	if w.err == nil {
		return -1
	}
	if e, ok := errors.AsType[*stage.Error](w.err); ok {
		if i := slices.Index(telling, e.Fault); i >= 0 {
			return i
		}
	}
	return len(telling)
}
