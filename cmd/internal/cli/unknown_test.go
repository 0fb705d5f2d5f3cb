package cli

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/profiles"
	"maildoctor/profiles/discover"
)

// Unknown domains are asked for several at a time, each once, and never too many.
func TestUnknownDomainsAreAskedTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const domains = 3 * askedAtOnce
		var asking, most, calls atomic.Int32
		s := &search{asked: make(map[string]func() *discover.Result)}
		unknown := make(map[int]profiles.Match)
		for i := range 2 * domains { // two addresses in each
			domain := fmt.Sprintf("host%d.example", i%domains)
			unknown[i] = profiles.Match{Domain: domain, Address: fmt.Sprintf("user%d@%s", i, domain)}
			s.asked[domain] = sync.OnceValue(func() *discover.Result {
				calls.Add(1)
				most.Store(max(most.Load(), asking.Add(1)))
				time.Sleep(time.Second)
				asking.Add(-1)
				return &discover.Result{Domain: domain, Address: unknown[i%domains].Address}
			})
		}
		start := time.Now()
		s.ahead(t.Context(), unknown)
		if took := time.Since(start); took != 3*time.Second || most.Load() != askedAtOnce {
			t.Errorf("took %v, %d at a time", took, most.Load())
		}
		if calls.Load() != domains {
			t.Errorf("asked %d times", calls.Load())
		}
	})
}
