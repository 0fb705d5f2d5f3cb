package probe

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/stage"
)

// oracle is a resolver with a fixed result after some time.
type oracle struct {
	after     time.Duration
	addresses []string
	fault     stage.Fault
	explains  time.Duration // how long it continues to explain afterwards
}

func (o oracle) Lookup(ctx context.Context, host string, seen func(stage.Lookup)) (*stage.ResolveFacts, func(), error) {
	pause := func(d time.Duration) {
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
	}
	pause(o.after)
	seen(stage.Lookup{Index: 7, Type: "A"})
	wait := func() {
		pause(o.explains)
		if o.explains > 0 && ctx.Err() == nil {
			seen(stage.Lookup{Index: 8, Type: "AAAA"})
		}
	}
	facts := &stage.ResolveFacts{Host: host, Addresses: o.addresses}
	if o.fault != "" {
		return facts, wait, stage.Errorf(o.fault, "no")
	}
	return facts, wait, nil
}

func TestSeveral(t *testing.T) {
	here := func(after time.Duration, address string) Resolver {
		return oracle{after: after, addresses: []string{address}}
	}
	fails := func(after time.Duration, f stage.Fault) Resolver { return oracle{after: after, fault: f} }
	const ms = time.Millisecond
	for _, c := range []struct {
		name  string
		asked several
		want  string // an address or a fault
		took  time.Duration
	}{
		{"the first decides", several{here(20*ms, "192.0.2.1"), here(10*ms, "192.0.2.2")}, "192.0.2.1", 20 * ms},
		{"the first is silent", several{fails(5*time.Second, stage.DNSTimeout), here(10*ms, "192.0.2.2")}, "192.0.2.2", hearOut + 10*ms},
		{"the first is late", several{here(900*ms, "192.0.2.1"), here(10*ms, "192.0.2.2")}, "192.0.2.1", 900 * ms},
		{"addresses before denial", several{fails(10*ms, stage.NameNotFound), here(20*ms, "192.0.2.2")}, "192.0.2.2", 20 * ms},
		{"addresses, and those before it denied", several{fails(10*ms, stage.NameNotFound), here(20*ms, "192.0.2.2"), fails(time.Second, stage.DNSTimeout)}, "192.0.2.2", 20 * ms},
		{"a denial, and silence", several{fails(5*time.Second, stage.DNSTimeout), fails(10*ms, stage.NameNotFound)}, string(stage.NameNotFound), hearOut + 10*ms},
		{"denial before failure", several{fails(10*ms, stage.ServFail), fails(20*ms, stage.NameNotFound)}, string(stage.NameNotFound), 20 * ms},
		{"a failure alone waits for the others", several{fails(10*ms, stage.DNSRefused), here(3*time.Second, "192.0.2.2")}, "192.0.2.2", 3 * time.Second},
		{"silence", several{fails(5*time.Second, stage.DNSTimeout), fails(5*time.Second, stage.DNSTimeout)}, string(stage.DNSTimeout), 5 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			facts, wait, err := c.asked.Lookup(t.Context(), "imap.example.test", func(stage.Lookup) {})
			got := ""
			if e, ok := errors.AsType[*stage.Error](err); ok {
				got = string(e.Fault)
			} else {
				got = facts.Addresses[0]
			}
			if took := time.Since(start); got != c.want || took != c.took {
				t.Errorf("%s: %s after %v, want %s after %v", c.name, got, took, c.want, c.took)
			}
			wait()
		})
	}
}

// Later answers of the others are recorded as well, each with its own index.
func TestSeveralGoOnExplaining(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var numbers []int
		all := several{
			oracle{addresses: []string{"192.0.2.1"}, explains: 2 * time.Second},
			oracle{after: 3 * time.Second, fault: stage.NameNotFound},
		}
		_, wait, err := all.Lookup(t.Context(), "imap.example.test", func(l stage.Lookup) {
			mu.Lock()
			defer mu.Unlock()
			numbers = append(numbers, l.Index)
		})
		mu.Lock()
		if err != nil || len(numbers) != 1 {
			t.Fatalf("%v, and %d words before the decision", err, len(numbers))
		}
		mu.Unlock()
		wait()
		if !slices.Equal(numbers, []int{0, 1, 2}) {
			t.Errorf("words number %v", numbers)
		}
	})
}

// When the run ends, no resolver is waited for.
func TestSeveralEndWithTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, wait, _ := several{oracle{after: time.Hour, fault: stage.DNSTimeout}, oracle{after: time.Hour, fault: stage.DNSTimeout}}.
			Lookup(ctx, "imap.example.test", func(stage.Lookup) {})
		wait()
		if took := time.Since(start); took != time.Second {
			t.Errorf("it took %v", took)
		}
	})
}
