package probe

import (
	"context"
	"errors"
	"slices"
	"sync"

	"maildoctor/probe/stage"
)

// several asks resolvers at the same time. The first in the list that found
// addresses decides; where none did, the one whose word says most.
type several []Resolver

// said is what one of them found.
type said struct {
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
	all := make([]said, len(s))
	var asking sync.WaitGroup
	for i, r := range s {
		asking.Go(func() {
			facts, wait, err := r.Lookup(ctx, host, one)
			if wait != nil {
				wait()
			}
			all[i] = said{facts, err}
		})
	}
	asking.Wait()
	best := slices.MinFunc(all, func(a, b said) int { return a.rank() - b.rank() })
	return best.facts, func() {}, best.err
}

// telling are the faults of a lookup, those first that say something of the name
// and not of the server.
var telling = []stage.Fault{
	stage.NameNotFound, stage.NoAddress, stage.AddressFamily, stage.BadAddress, stage.DNSLoop,
	stage.ServFail, stage.DNSRefused, stage.DNSTimeout, stage.DNSUnreached,
}

// rank orders what was found, what says most first.
func (s said) rank() int {
	if s.err == nil {
		return -1
	}
	if e, ok := errors.AsType[*stage.Error](s.err); ok {
		if i := slices.Index(telling, e.Fault); i >= 0 {
			return i
		}
	}
	return len(telling)
}
