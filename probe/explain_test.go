package probe_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// slowNames is like names, but answers after decided, and its explanations take even
// longer.
type slowNames struct {
	names
	decided, explained time.Duration
}

func (n slowNames) Lookup(ctx context.Context, host string, seen func(stage.Lookup)) (*stage.ResolveFacts, func(), error) {
	time.Sleep(n.decided)
	facts, _, err := n.names.Lookup(ctx, host, seen)
	return facts, func() {
		select {
		case <-ctx.Done():
		case <-time.After(n.explained):
			seen(stage.Lookup{Server: "192.0.2.53:53", Type: "A", Outcome: stage.LookupTimeout})
		}
	}, err
}

// Name servers that only explain don't prolong a run noticeably, unless the lookup had
// to wait for them anyway: then they are the cause.
func TestExplanationsAreCutShort(t *testing.T) {
	for _, tt := range []struct {
		name               string
		decided, explained time.Duration
		want               time.Duration // duration of the run without its five round trips
		seen               int
	}{
		{"in time", 0, 500 * time.Millisecond, 500 * time.Millisecond, 1},
		{"a silent server that nobody needed", 0, 5 * time.Second, 100*time.Millisecond + time.Second, 0},
		{"a silent server that was waited for", 2 * time.Second, 5 * time.Second, 7 * time.Second, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
				opt := h.options()
				opt.Resolver = slowNames{h.names, tt.decided, tt.explained}
				start := time.Now()
				rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
				if took := time.Since(start); took != tt.want {
					t.Errorf("took %v, want %v", took, tt.want)
				}
				if n := len(stage.FactsOf[*stage.ResolveFacts](&rec.Checks[0]).Lookups); n != tt.seen {
					t.Errorf("%d answers kept, want %d", n, tt.seen)
				}
				synctest.Wait()
			})
		})
	}
}
