package resolve

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"maildoctor/probe/stage"
)

// silentDial opens connections that never respond, and counts what is sent.
func silentDial(sent *int) func(context.Context, string, string) (net.Conn, error) {
	var mu sync.Mutex
	return func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			buf := make([]byte, 4096)
			for {
				if _, err := server.Read(buf); err != nil {
					return
				}
				mu.Lock()
				*sent++
				mu.Unlock()
			}
		}()
		return client, nil
	}
}

func TestSilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent int
		r := New(Options{System: system(errNoSuchHost), Servers: []string{"192.0.2.53"}, HostsFile: "/nonexistent", Dial: silentDial(&sent)})
		begin := time.Now()
		facts, _, err := r.Lookup(t.Context(), "mail.example", nil)
		if got := fault(t, err); got != stage.DNSTimeout {
			t.Errorf("fault = %q, want %q", got, stage.DNSTimeout)
		}
		if got := time.Since(begin); got != defaultTimeout {
			t.Errorf("took %v, want %v", got, defaultTimeout)
		}
		if got := facts.Lookups[1].Time.Duration(); got != defaultTimeout {
			t.Errorf("lookup took %v, want %v", got, defaultTimeout)
		}
		synctest.Wait()
		if sent != 4 {
			t.Errorf("%d datagrams sent, want each question twice", sent)
		}
	})
}

func TestExplanationsDontDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent int
		r := New(Options{System: system(nil, "192.0.2.1"), Servers: []string{"192.0.2.53"}, HostsFile: "/nonexistent", Dial: silentDial(&sent)})
		begin := time.Now()
		var seen []stage.Lookup
		facts, wait, err := r.Lookup(t.Context(), "mail.example", func(l stage.Lookup) { seen = append(seen, l) })
		if err != nil || len(facts.Addresses) != 1 {
			t.Fatalf("addresses %v, error %v", facts.Addresses, err)
		}
		if d := time.Since(begin); d != 0 {
			t.Errorf("addresses came after %v, want at once", d)
		}
		waitFor(wait)
		if d := time.Since(begin); d != defaultTimeout {
			t.Errorf("wait ended after %v, want %v", d, defaultTimeout)
		}
		if d := cmp.Diff([]string{"A timeout", "AAAA timeout"}, sortedOutcomes(seen)); d != "" {
			t.Errorf("seen (-want +got):\n%s", d)
		}
	})
}

func sortedOutcomes(l []stage.Lookup) []string {
	o := outcomes(l)
	slices.Sort(o)
	return o
}

// A caller that leaves doesn't affect the others, which get their answer. The last one
// to leave ends the lookup.
func TestSharedLookup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked, ended int
		system := func(ctx context.Context, _ string) ([]netip.Addr, error) {
			asked++
			defer func() { ended++ }()
			select {
			case <-time.After(3 * time.Second):
				return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		var sent int
		r := New(Options{System: system, Servers: []string{"192.0.2.53"}, HostsFile: "/nonexistent", Dial: silentDial(&sent)})
		stopped := errors.New("stopped by hand")
		first, stopFirst := context.WithCancelCause(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			facts, wait, err := r.Lookup(first, "mail.example", func(stage.Lookup) { t.Error("seen after the end") })
			waitFor(wait)
			if !errors.Is(err, context.Canceled) || !errors.Is(err, stopped) || fault(t, err) != stage.LookupFailed {
				t.Errorf("error of the one that left: %v", err)
			}
			if facts == nil || facts.Host != "mail.example" {
				t.Errorf("facts = %v", facts)
			}
		})
		seen := make([]int, 2)
		for i := range seen {
			wg.Go(func() {
				facts, wait, err := r.Lookup(t.Context(), "mail.example", func(stage.Lookup) { seen[i]++ })
				if err != nil || len(facts.Addresses) != 1 {
					t.Errorf("addresses %v, error %v", facts.Addresses, err)
				}
				waitFor(wait)
			})
		}
		time.Sleep(time.Second)
		stopFirst(stopped)
		wg.Wait()
		if asked != 1 {
			t.Errorf("the system was asked %d times, want once", asked)
		}
		if d := cmp.Diff([]int{2, 2}, seen); d != "" {
			t.Errorf("lookups seen (-want +got):\n%s", d)
		}

		// The next caller is alone and leaves: nothing continues.
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, _, err := r.Lookup(ctx, "mail.example", nil)
		if !errors.Is(err, context.DeadlineExceeded) || fault(t, err) != stage.DNSTimeout {
			t.Errorf("error at the deadline: %v", err)
		}
		synctest.Wait()
		if asked != 2 || ended != 2 {
			t.Errorf("asked %d, ended %d, want 2 and 2", asked, ended)
		}
	})
}

// answeringDial opens connections to a server that knows no name.
func answeringDial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	go func() {
		defer server.Close()
		buf := make([]byte, 4096)
		n, err := server.Read(buf)
		if err != nil {
			return
		}
		buf[2], buf[3] = 0x80, dns.RcodeNameError
		server.Write(buf[:n])
	}()
	return client, nil
}

// A late caller sees the earlier answers.
func TestJoinedLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(context.Context, string) ([]netip.Addr, error) {
			time.Sleep(3 * time.Second)
			return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil
		}
		r := New(Options{System: slow, Servers: []string{"192.0.2.53"}, HostsFile: "/nonexistent", Dial: answeringDial})
		var wg sync.WaitGroup
		for i := range 2 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Second)
				var seen []stage.Lookup
				_, wait, err := r.Lookup(t.Context(), "mail.example", func(l stage.Lookup) { seen = append(seen, l) })
				waitFor(wait)
				if d := cmp.Diff([]string{"A nxdomain", "AAAA nxdomain"}, sortedOutcomes(seen)); d != "" || err != nil {
					t.Errorf("caller %d: error %v, seen (-want +got):\n%s", i, err, d)
				}
			})
		}
		wg.Wait()
	})
}

// A caller may cancel its context instead of waiting, which ends the queries.
func TestContextEndsExplanations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent int
		r := New(Options{System: system(nil, "192.0.2.1"), Servers: []string{"192.0.2.53"}, HostsFile: "/nonexistent", Dial: silentDial(&sent)})
		ctx, cancel := context.WithCancel(t.Context())
		if _, _, err := r.Lookup(ctx, "mail.example", func(stage.Lookup) { t.Error("seen after the end") }); err != nil {
			t.Fatal(err)
		}
		cancel()
		synctest.Wait()
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.flights) != 0 {
			t.Error("the lookup goes on")
		}
	})
}

// A cancelled query is not recorded as an answer.
func TestCutOff(t *testing.T) {
	var sent int
	r := New(Options{System: system(errNoSuchHost), Servers: []string{"192.0.2.53"}, HostsFile: absent(t), Dial: silentDial(&sent)})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := &flight{decided: make(chan struct{}), ended: make(chan struct{})}
	r.fly(ctx, "mail.example", f)
	if len(f.lookups) != 0 {
		t.Errorf("answers of a lookup that was cut off: %+v", f.lookups)
	}
}
