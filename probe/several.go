package probe

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"maildoctor/probe/stage"
)

// several asks resolvers at the same time. The first in the list that found
// addresses decides; where none did, the one whose word says most.
type several []Resolver

// hearOut is how long the others are waited for once one of them has said how the
// name stands: one that is blocked here costs no more.
const hearOut = time.Second

// said is what one of them found.
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

// hear waits for what the resolvers say, and returns the word that decides.
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

// decided reports whether nobody can change the outcome any more: one has found
// addresses, and all before it in the list have been heard.
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

// weightiest returns the word that says most, of those the first in the list.
func weightiest(all []said) said {
	return slices.MinFunc(all, func(a, b said) int {
		if d := a.rank() - b.rank(); d != 0 {
			return d
		}
		return a.place - b.place
	})
}

// telling are the faults of a lookup, those first that say something of the name
// and not of the server.
var telling = []stage.Fault{
	stage.NameNotFound, stage.NoAddress, stage.AddressFamily, stage.BadAddress, stage.DNSLoop,
	stage.ServFail, stage.DNSRefused, stage.DNSTimeout, stage.DNSUnreached,
}

// conclusive is the first rank that says nothing of the name.
var conclusive = slices.Index(telling, stage.ServFail)

// rank orders what was found, what says most first.
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
