package diagnose_test

import (
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// resolved lets the lookup pass with these facts.
func resolved(f stage.ResolveFacts) step {
	f.Host = "imap.example.net"
	return pass(stage.Resolve, &f)
}

// answered is a name server that gives these addresses.
func answered(addresses ...string) []stage.Lookup {
	return []stage.Lookup{{Server: "192.0.2.53:53", Type: "A", Outcome: stage.LookupAnswer, Addresses: addresses}}
}

// attempts are connection attempts, "198.51.100.1:993 refused".
func attempts(list ...string) *stage.ConnectFacts {
	f := new(stage.ConnectFacts)
	for i, a := range list {
		address, outcome, _ := strings.Cut(a, " ")
		f.Attempts = append(f.Attempts, stage.Attempt{Index: i, Address: address, Outcome: stage.DialOutcome(outcome)})
	}
	return f
}

// leading returns the leading finding of a run.
func leading(t *testing.T, r *run) *diagnose.Finding {
	t.Helper()
	d := r.diagnose(t)
	return d.Leading()
}

func TestAddressesOfItsOwn(t *testing.T) {
	const there, elsewhere = "198.51.100.7", "198.51.100.8"
	own := func(known ...string) step {
		f := stage.ResolveFacts{HostsFile: true, Addresses: []string{there}}
		if known != nil {
			f.Lookups = answered(known...)
		}
		return resolved(f)
	}
	refused := dialled(stage.Refused, stage.DialRefused)
	loopback := resolved(stage.ResolveFacts{Addresses: []string{"127.0.0.1"}, Lookups: answered("127.0.0.1")})
	nowhere := fail(stage.Resolve, stage.BadAddress, &stage.ResolveFacts{Host: "imap.example.net", HostsFile: true, Addresses: []string{"0.0.0.0"}})
	silent := fail(stage.Greeting, stage.Silent)
	checkCases(t, []ruleCase{
		{"hosts file, refused", newRun().add(imap, own(elsewhere), refused), cause.StaleOrOverriddenDNS, sure{cause.StaleOrOverriddenDNS: likely}, nil},
		{"hosts file, silent", newRun().add(imap, own(elsewhere), silent), cause.StaleOrOverriddenDNS, nil, nil},
		{"hosts file, no name server heard", newRun().add(imap, own(), refused), cause.ServiceNotListening, sure{cause.StaleOrOverriddenDNS: possible}, nil},
		{"hosts file, loopback, no name server heard", newRun().add(imap, resolved(stage.ResolveFacts{HostsFile: true, Addresses: []string{"127.0.0.1"}}), refused), cause.StaleOrOverriddenDNS, nil, nil},
		{"hosts file, of the same mind as the DNS", newRun().add(imap, own(there), refused), cause.ServiceNotListening, nil, []cause.ID{cause.StaleOrOverriddenDNS}},
		{"hosts file, other address, works", newRun().add(imap, own(elsewhere)), "", sure{cause.StaleOrOverriddenDNS: likely}, nil},
		{"hosts file, works", newRun().add(imap, own(there)), "", nil, []cause.ID{cause.StaleOrOverriddenDNS}},
		{"hosts file, 0.0.0.0", newRun().add(imap, nowhere), cause.StaleOrOverriddenDNS, nil, []cause.ID{cause.DNSFilterBlocksHost}},
		{"localhost is always there", newRun().add("imap-993 localhost tls", own(), refused), cause.ServiceNotListening, nil, []cause.ID{cause.StaleOrOverriddenDNS}},

		{"127.0.0.1 by DNS", newRun().add(imap, loopback, refused), cause.DNSFilterBlocksHost, sure{cause.DNSFilterBlocksHost: likely}, nil},
		{"127.0.0.1 by DNS, and a server there", newRun().add(imap, loopback), "", nil, []cause.ID{cause.DNSFilterBlocksHost}},
		{"an address typed in", newRun().add("imap-993 127.0.0.1 tls", resolved(stage.ResolveFacts{Literal: true, Addresses: []string{"127.0.0.1"}}), refused), cause.ServiceNotListening, nil, []cause.ID{cause.DNSFilterBlocksHost}},
	})
	d := newRun().add(imap, own(elsewhere)).diagnose(t)
	if f := find(d, cause.StaleOrOverriddenDNS); f.Severity != cause.Info {
		t.Errorf("an override that works is %s, want info", f.Severity)
	}
	d = newRun().add(imap, own(elsewhere), refused).diagnose(t)
	if a := d.Leading().Actions[0]; !strings.HasPrefix(a.Text(prose.English()), "remove the line for imap.example.net from the hosts file") {
		t.Errorf("the first action is %q", a.Text(prose.English()))
	}
	d = newRun().add(imap, own(elsewhere), refused, optional).add("pop3-995 pop.example.net tls").diagnose(t)
	if f := find(d, cause.StaleOrOverriddenDNS); f.Severity != cause.Warn {
		t.Errorf("at an optional endpoint it is %s, want warn", f.Severity)
	}
}

func TestOneAddressOfSeveral(t *testing.T) {
	six := func(r *stage.Record) { r.Header.System.Addresses = []string{"2001:db8::23"} }
	connect := func(list ...string) step { return pass(stage.Connect, attempts(list...)) }
	node := []cause.ID{cause.LBNodeInconsistent}
	checkCases(t, []ruleCase{
		{"one refuses", newRun().add(imap, connect("198.51.100.1:993 refused", "198.51.100.2:993 connected")), cause.LBNodeInconsistent, sure{cause.LBNodeInconsistent: likely}, nil},
		{"one is silent", newRun().add(imap, connect("198.51.100.1:993 timed-out", "198.51.100.2:993 connected")), cause.LBNodeInconsistent, sure{cause.LBNodeInconsistent: possible}, nil},
		{"one given up", newRun().add(imap, connect("198.51.100.1:993 interrupted", "198.51.100.2:993 connected")), "", nil, node},
		{"the other family", newRun().with(six).add(imap, connect("[2001:db8::1]:993 refused", "198.51.100.2:993 connected")), cause.IPv6BrokenPath, nil, node},
		{"one of two IPv6 addresses", newRun().with(six).add(imap, connect("[2001:db8::1]:993 refused", "[2001:db8::2]:993 connected", "198.51.100.2:993 connected")), cause.LBNodeInconsistent, nil, []cause.ID{cause.IPv6BrokenPath}},
		{"none connects", newRun().add(imap, fail(stage.Connect, stage.Refused, attempts("198.51.100.1:993 refused", "198.51.100.2:993 refused"))), cause.ServiceNotListening, nil, node},
	})
	r := newRun().add(imap, connect("198.51.100.1:993 refused", "198.51.100.2:993 refused", "198.51.100.3:993 connected"))
	if got := sentence(t, r); !strings.HasPrefix(got, "imap.example.net has several addresses, and 198.51.100.1 and 198.51.100.2 accept no connections.") {
		t.Error(got)
	}
}

// The words about IPv6 fit how it fails, and whether there are other addresses.
func TestIPv6Words(t *testing.T) {
	six := func(r *stage.Record) { r.Header.System.Addresses = []string{"2001:db8::23"} }
	p, _ := cause.PageOf(cause.IPv6BrokenPath)
	for _, c := range []struct {
		name     string
		connect  step
		waits    bool
		takesOut bool
	}{
		{"silent", pass(stage.Connect, attempts("[2001:db8::1]:993 timed-out", "198.51.100.2:993 connected")), true, true},
		{"no route", pass(stage.Connect, attempts("[2001:db8::1]:993 network-unreachable", "198.51.100.2:993 connected")), false, false},
		{"IPv6 alone", fail(stage.Connect, stage.NetworkUnreachable, attempts("[2001:db8::1]:993 network-unreachable")), false, false},
	} {
		args := newRun().with(six).add(imap, c.connect).diagnose(t).Findings[0].Args
		if got := strings.Contains(p.Sentence(prose.English(), args), "wait for IPv6"); got != c.waits {
			t.Errorf("%s: %q", c.name, p.Sentence(prose.English(), args))
		}
		out := false
		for _, a := range p.Actions(args) {
			out = out || strings.Contains(a.Text(prose.English()), "AAAA")
		}
		if out != c.takesOut {
			t.Errorf("%s: the AAAA record is to be taken out: %v", c.name, out)
		}
	}
}

func TestSignaturesOfAName(t *testing.T) {
	servfail := func(extended string) step {
		return fail(stage.Resolve, stage.ServFail, &stage.ResolveFacts{Host: "imap.example.net", Lookups: []stage.Lookup{
			{Server: "192.0.2.53:53", Type: "A", Outcome: stage.LookupServFail, Extended: extended},
		}})
	}
	p, _ := cause.PageOf(cause.DNSResolverBroken)
	for extended, bogus := range map[string]bool{
		"6 DNSSEC Bogus": true, "9 DNSKEY Missing: no keys": true, "10 RRSIGs Missing": true, "22 No Reachable Authority": false, "1 Unsupported": false, "": false,
	} {
		args := leading(t, newRun().add(imap, servfail(extended))).Args
		first := p.Actions(args)[0]
		if got := strings.Contains(p.Sentence(prose.English(), args), "are not valid"); got != bogus || (first.Who == cause.Operator) != bogus {
			t.Errorf("%q: %q, %+v", extended, p.Sentence(prose.English(), args), first)
		}
	}
}

func TestNobodyTypedTheNameOfACatalogue(t *testing.T) {
	noData := looked(stage.NoAddress, "A no-data 192.0.2.53:53")
	for _, c := range []struct {
		run  *run
		want string
	}{
		{newRun().add(imap, noData), "use the server name from your provider's help page."},
		{newRun().builtin().add(imap, noData), "run the same command on another network,"},
	} {
		if a := leading(t, c.run).Actions[0].Text(prose.English()); !strings.HasPrefix(a, c.want) {
			t.Errorf("%q, want %q", a, c.want)
		}
	}
}
