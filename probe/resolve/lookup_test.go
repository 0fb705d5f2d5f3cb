package resolve

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"maildoctor/probe/stage"
)

// fault returns the fault of an error, "" for nil.
func fault(t *testing.T, err error) stage.Fault {
	t.Helper()
	if err == nil {
		return ""
	}
	e, ok := errors.AsType[*stage.Error](err)
	if !ok {
		t.Fatalf("error %v is a %T, want a *stage.Error", err, err)
	}
	return e.Fault
}

func outcomes(lookups []stage.Lookup) (out []string) {
	for _, l := range lookups {
		out = append(out, l.Type+" "+string(l.Outcome))
	}
	return out
}

type serverCase struct {
	name      string
	handler   dns.HandlerFunc
	fault     stage.Fault
	addresses []string
	outcomes  []string
	cnames    []string
}

func serverCases(t *testing.T) []serverCase {
	return []serverCase{
		{
			name:      "both families",
			handler:   zone(t, "mail.example. 300 A 192.0.2.1", "mail.example. 60 AAAA 2001:db8::1"),
			addresses: []string{"2001:db8::1", "192.0.2.1"},
			outcomes:  []string{"A answer", "AAAA answer"},
		},
		{
			name:      "one family",
			handler:   zone(t, "mail.example. 300 A 192.0.2.1"),
			addresses: []string{"192.0.2.1"},
			outcomes:  []string{"A answer", "AAAA no-data"},
		},
		{
			name: "aliases left to us",
			handler: zone(t, "mail.example. 300 CNAME a.example.", "a.example. 20 CNAME b.example.",
				"b.example. 100 A 192.0.2.7"),
			addresses: []string{"192.0.2.7"},
			outcomes:  []string{"A answer", "AAAA no-data"},
			cnames:    []string{"a.example", "b.example"},
		},
		{
			name:     "unknown name",
			handler:  zone(t),
			fault:    stage.NameNotFound,
			outcomes: []string{"A nxdomain", "AAAA nxdomain"},
		},
		{
			name:     "no addresses",
			handler:  zone(t, "mail.example. 300 TXT x"),
			fault:    stage.NoAddress,
			outcomes: []string{"A no-data", "AAAA no-data"},
		},
		{
			name:     "alias to nowhere",
			handler:  zone(t, "mail.example. 300 CNAME gone.example."),
			fault:    stage.NameNotFound,
			outcomes: []string{"A nxdomain", "AAAA nxdomain"},
			cnames:   []string{"gone.example"},
		},
		{
			name:     "circle",
			handler:  zone(t, "mail.example. 300 CNAME a.example.", "a.example. 20 CNAME mail.example."),
			fault:    stage.DNSLoop,
			outcomes: []string{"A loop", "AAAA loop"},
			cnames:   []string{"a.example", "mail.example"},
		},
		{name: "servfail", handler: fails(dns.RcodeServerFailure), fault: stage.ServFail, outcomes: []string{"A servfail", "AAAA servfail"}},
		{name: "refused", handler: fails(dns.RcodeRefused), fault: stage.DNSRefused, outcomes: []string{"A refused", "AAAA refused"}},
		{name: "other", handler: fails(dns.RcodeNotAuth), fault: stage.LookupFailed, outcomes: []string{"A other", "AAAA other"}},
		{
			name:     "no server's address",
			handler:  zone(t, "mail.example. 300 A 0.0.0.0", "mail.example. 300 AAAA ::"),
			fault:    stage.BadAddress,
			outcomes: []string{"A answer", "AAAA answer"},
		},
	}
}

func TestLookupByServer(t *testing.T) {
	for _, tt := range serverCases(t) {
		t.Run(tt.name, func(t *testing.T) {
			r := New(Options{Server: serve(t, tt.handler), System: func(context.Context, string) ([]netip.Addr, error) {
				t.Error("the system was asked")
				return nil, nil
			}})
			var seen []stage.Lookup
			facts, wait, err := r.Lookup(t.Context(), "mail.example", func(l stage.Lookup) { seen = append(seen, l) })
			waitFor(wait)
			if got := fault(t, err); got != tt.fault {
				t.Errorf("fault = %q (%v), want %q", got, err, tt.fault)
			}
			if d := cmp.Diff(tt.addresses, facts.Addresses); d != "" && len(facts.Addresses)+len(tt.addresses) > 0 {
				t.Errorf("addresses (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tt.outcomes, outcomes(facts.Lookups)); d != "" {
				t.Errorf("outcomes (-want +got):\n%s", d)
			}
			if len(seen) != 2 {
				t.Errorf("seen %d lookups, want 2", len(seen))
			}
			if d := cmp.Diff(tt.cnames, facts.Lookups[0].CNAMEs); d != "" {
				t.Errorf("aliases (-want +got):\n%s", d)
			}
			if facts.Implementation != "server" {
				t.Errorf("implementation = %q, want server", facts.Implementation)
			}
		})
	}
}

func TestLookupBySystem(t *testing.T) {
	answering := zone(t, "mail.example. 300 A 192.0.2.1")
	for _, tt := range []struct {
		name     string
		system   func(context.Context, string) ([]netip.Addr, error)
		servers  []dns.HandlerFunc
		fault    stage.Fault
		outcomes []string
		less     bool
	}{
		{name: "unknown", system: system(errNoSuchHost), servers: []dns.HandlerFunc{zone(t)}, fault: stage.NameNotFound, outcomes: []string{"A nxdomain", "AAAA nxdomain"}},
		{name: "no data", system: system(errNoSuchHost), servers: []dns.HandlerFunc{zone(t, "mail.example. 1 TXT x")}, fault: stage.NoAddress, outcomes: []string{"A no-data", "AAAA no-data"}},
		{name: "empty answer", system: system(nil), servers: []dns.HandlerFunc{zone(t, "mail.example. 1 TXT x")}, fault: stage.NoAddress, outcomes: []string{"A no-data", "AAAA no-data"}},
		{
			name: "circle", system: system(errNoSuchHost), fault: stage.DNSLoop,
			servers:  []dns.HandlerFunc{zone(t, "mail.example. 1 CNAME mail.example.")},
			outcomes: []string{"A loop", "AAAA loop"},
		},
		{
			name: "the first that knows decides", system: system(errNoSuchHost), fault: stage.NoAddress,
			servers:  []dns.HandlerFunc{fails(dns.RcodeRefused), zone(t, "mail.example. 1 TXT x"), zone(t)},
			outcomes: []string{"A refused", "AAAA refused", "A no-data", "AAAA no-data", "A nxdomain", "AAAA nxdomain"},
		},
		{
			name: "the servers know it, the system does not", system: system(errNoSuchHost), fault: stage.LookupFailed,
			servers: []dns.HandlerFunc{answering}, outcomes: []string{"A answer", "AAAA no-data"},
		},
		{
			name: "the system timed out", system: system(&net.DNSError{Err: "i/o timeout", IsTimeout: true}), fault: stage.DNSTimeout,
			servers: []dns.HandlerFunc{answering}, outcomes: []string{"A answer", "AAAA no-data"},
		},
		{name: "nobody to ask", system: system(errNoSuchHost), fault: stage.LookupFailed, less: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			servers := []string{}
			for _, h := range tt.servers {
				servers = append(servers, serve(t, h))
			}
			r := New(Options{System: tt.system, Servers: servers, HostsFile: absent(t)})
			facts, wait, err := r.Lookup(t.Context(), "mail.example", nil)
			waitFor(wait)
			if got := fault(t, err); got != tt.fault {
				t.Errorf("fault = %q (%v), want %q", got, err, tt.fault)
			}
			if d := cmp.Diff(tt.outcomes, outcomes(facts.Lookups)); d != "" {
				t.Errorf("outcomes (-want +got):\n%s", d)
			}
			if want := tt.less || facts.Implementation == "go" && !cgoResolver; facts.LessKnown != want {
				t.Errorf("less known = %v, want %v", facts.LessKnown, want)
			}
			if facts.Error == "" {
				t.Error("the system's words are missing")
			}
		})
	}
}

func TestUnreachableServer(t *testing.T) {
	refused := errors.New("connection refused")
	r := New(Options{
		System: system(errNoSuchHost), Servers: []string{"192.0.2.53"}, HostsFile: absent(t),
		Dial: func(context.Context, string, string) (net.Conn, error) { return nil, refused },
	})
	facts, _, err := r.Lookup(t.Context(), "mail.example", nil)
	if got := fault(t, err); got != stage.DNSUnreached {
		t.Errorf("fault = %q, want %q", got, stage.DNSUnreached)
	}
	if !facts.LessKnown {
		t.Error("less is known and not said")
	}
	if got := facts.Lookups[0].Server; got != "192.0.2.53:53" {
		t.Errorf("server = %q", got)
	}
}

func TestRefusedNames(t *testing.T) {
	for _, tt := range []struct{ host, words string }{
		{"", "empty"},
		{".", "empty"},
		{"mail..example", "1 to 63"},
		{strings.Repeat("a", 64) + ".example", "1 to 63"},
		{strings.Repeat("abcdefgh.", 29), "at most 253"},
		{"mail example", "' '"},
		{"mail\x00.example", `\x00`},
		{"mäil.example", "'ä'"},
		{"mail.example:993", "':'"},
	} {
		r := New(Options{System: func(context.Context, string) ([]netip.Addr, error) {
			t.Errorf("%q was looked up", tt.host)
			return nil, nil
		}, Dial: noNetwork(t), Servers: []string{"192.0.2.53"}})
		facts, wait, err := r.Lookup(t.Context(), tt.host, nil)
		waitFor(wait)
		if got := fault(t, err); got != stage.NameNotFound || !strings.Contains(err.Error(), tt.words) {
			t.Errorf("%q: error %v, want %s with %q", tt.host, err, stage.NameNotFound, tt.words)
		}
		if facts == nil || !strings.Contains(facts.Error, tt.words) {
			t.Errorf("%q: facts %+v", tt.host, facts)
		}
	}
}

// A name server without EDNS(0) answers the C library, but not Go's resolver: nothing
// is wrong with the name.
func TestLookupWithoutEDNS(t *testing.T) {
	t.Setenv("GODEBUG", "netdns=go")
	answering := zone(t, "mail.example. 300 A 192.0.2.1")
	old := func(w dns.ResponseWriter, m *dns.Msg) {
		if m.IsEdns0() == nil {
			answering(w, m)
			return
		}
		w.WriteMsg(new(dns.Msg).SetRcodeFormatError(m))
	}
	hangs := func(ctx context.Context, _ string) ([]netip.Addr, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	for _, tt := range []struct {
		name    string
		system  func(context.Context, string) ([]netip.Addr, error)
		handler dns.HandlerFunc
		fault   stage.Fault
	}{
		{"fails", system(errNoSuchHost), old, ""},
		{"hangs", hangs, old, ""},
		{"fails all the same", system(errNoSuchHost), answering, stage.LookupFailed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := New(Options{System: tt.system, Servers: []string{serve(t, tt.handler)}, HostsFile: absent(t)})
			facts, wait, err := r.Lookup(t.Context(), "mail.example", nil)
			waitFor(wait)
			if got := fault(t, err); got != tt.fault {
				t.Fatalf("fault = %q (%v), want %q", got, err, tt.fault)
			}
			if plain := facts.Implementation == "plain"; plain != (tt.fault == "") || plain != facts.Lookups[0].Plain {
				t.Errorf("implementation %q, lookups %+v", facts.Implementation, facts.Lookups)
			}
			if tt.fault == "" && (len(facts.Addresses) != 1 || facts.Addresses[0] != "192.0.2.1") {
				t.Errorf("addresses %q", facts.Addresses)
			}
		})
	}
}
