package diagnose_test

import (
	"testing"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/stage"
)

// ruleCase is a run, and what must and must not come of it.
type ruleCase struct {
	name    string
	run     *run
	leading diagnose.CauseID // "" where it is not the matter
	want    map[diagnose.CauseID]diagnose.Confidence
	not     []diagnose.CauseID
}

type sure = map[diagnose.CauseID]diagnose.Confidence

const (
	proven   = diagnose.Proven
	likely   = diagnose.Likely
	possible = diagnose.Possible
)

func checkCases(t *testing.T, cases []ruleCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := c.run.diagnose(t)
			if l := d.Leading(); c.leading != "" && (l == nil || l.Cause != c.leading) {
				t.Errorf("leading is %+v, want %s", l, c.leading)
			}
			for id, want := range c.want {
				if f := find(d, id); f == nil {
					t.Errorf("%s does not hold", id)
				} else if f.Confidence != want {
					t.Errorf("%s is %s, want %s", id, f.Confidence, want)
				}
			}
			for _, id := range c.not {
				if f := find(d, id); f != nil {
					t.Errorf("%s must not hold: %+v", id, f)
				}
			}
		})
	}
}

const imap = "imap-993 imap.example.net tls"

func offlineRun(f stage.Fault) *run {
	return newRun().with(func(r *stage.Record) { r.Header.System.LinkUp = false }).
		add(imap, looked(f)).add("smtp-587 smtp.example.net starttls", looked(f))
}

func unreached() step { return dialled(stage.NetworkUnreachable, stage.DialNetworkUnreachable) }

func TestNetworkRules(t *testing.T) {
	slow, lost := stage.Ms(350*time.Millisecond), 3
	quick, few := stage.Ms(40*time.Millisecond), 2
	six := func(o stage.DialOutcome) *stage.ConnectFacts {
		return &stage.ConnectFacts{Attempts: []stage.Attempt{
			{Address: "[2001:db8::1]:993", Outcome: o}, {Address: "198.51.100.1:993", Outcome: stage.DialConnected},
		}}
	}
	haveIPv6 := func(r *stage.Record) { r.Header.System.Addresses = []string{"2001:db8::23"} }
	localIPv6 := func(r *stage.Record) { r.Header.System.Addresses = []string{"fe80::1", "fd00::1", "192.168.1.2"} }
	checkCases(t, []ruleCase{
		{"offline", offlineRun(stage.DNSUnreached), diagnose.NoNetworkRoute, sure{diagnose.NoNetworkRoute: proven}, nil},
		{"offline, servfail of a local resolver", offlineRun(stage.ServFail), diagnose.NoNetworkRoute, sure{diagnose.NoNetworkRoute: proven}, nil},
		{"link up, resolver unreachable", newRun().add(imap, looked(stage.DNSUnreached)), diagnose.DNSResolverBroken, sure{diagnose.DNSResolverBroken: proven}, []diagnose.CauseID{diagnose.NoNetworkRoute}},
		{"offline and one answered", offlineRun(stage.DNSUnreached).add("pop3-995 localhost tls"), diagnose.DNSResolverBroken, nil, []diagnose.CauseID{diagnose.NoNetworkRoute}},
		{"link up, no route at all", newRun().add(imap, unreached()).add("smtp-465 smtp.example.net tls", unreached()), diagnose.NoNetworkRoute, sure{diagnose.NoNetworkRoute: likely}, nil},
		{"no route to one, the other refuses", newRun().add(imap, unreached()).add("smtp-465 smtp.example.net tls", dialled(stage.Refused, stage.DialRefused)), "", sure{diagnose.NoNetworkRoute: possible}, nil},

		{"prohibited", newRun().add(imap, dialled(stage.Prohibited, stage.DialProhibited)), diagnose.LocalFirewallOrAppPermission, sure{diagnose.LocalFirewallOrAppPermission: proven}, nil},
		{"refused is no local firewall", newRun().add(imap, dialled(stage.Refused, stage.DialRefused)), diagnose.ServiceNotListening, sure{diagnose.ServiceNotListening: likely}, []diagnose.CauseID{diagnose.LocalFirewallOrAppPermission, diagnose.PortFiltered}},

		{"dead IPv6", newRun().with(haveIPv6).add(imap, pass(stage.Connect, six(stage.DialTimeout))), diagnose.IPv6BrokenPath, sure{diagnose.IPv6BrokenPath: likely}, nil},
		{"IPv6 works", newRun().with(haveIPv6).add(imap, pass(stage.Connect, six(stage.DialConnected))), "", nil, []diagnose.CauseID{diagnose.IPv6BrokenPath}},
		{"IPv6 given up for IPv4", newRun().with(haveIPv6).add(imap, pass(stage.Connect, six(stage.DialInterrupted))), "", nil, []diagnose.CauseID{diagnose.IPv6BrokenPath}},
		{"a machine without IPv6", newRun().with(localIPv6).add(imap, pass(stage.Connect, six(stage.DialNetworkUnreachable))), "", nil, []diagnose.CauseID{diagnose.IPv6BrokenPath}},
		{"IPv6 alone and no way there", newRun().add(imap, fail(stage.Connect, stage.NetworkUnreachable, &stage.ConnectFacts{Attempts: []stage.Attempt{{Address: "[2001:db8::1]:993", Outcome: stage.DialNetworkUnreachable}}})), diagnose.IPv6BrokenPath, sure{diagnose.IPv6BrokenPath: likely}, []diagnose.CauseID{diagnose.NoNetworkRoute}},

		{"slow", newRun().add(imap, pass(stage.Connect, &stage.ConnectFacts{RoundTrip: &slow})), diagnose.SlowPath, sure{diagnose.SlowPath: proven}, nil},
		{"lossy", newRun().add(imap, pass(stage.Connect, &stage.ConnectFacts{RoundTrip: &quick, Retransmits: &lost})), diagnose.SlowPath, sure{diagnose.SlowPath: proven}, nil},
		{"quick", newRun().add(imap, pass(stage.Connect, &stage.ConnectFacts{RoundTrip: &quick, Retransmits: &few})), "", nil, []diagnose.CauseID{diagnose.SlowPath}},
	})
}

func TestReachRules(t *testing.T) {
	other := stage.Subject{Domain: "example.org", Profile: &stage.Profile{ID: "other", Name: "Other"}}
	two := newRun().with(func(r *stage.Record) { r.Header.Plan.Subjects = append(r.Header.Plan.Subjects, other) }).add(imap, timeout())
	two.check(stage.Check{ID: "imap-other", Kind: stage.KindEndpoint, Subject: 1, Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.org", Port: 993, Security: stage.TLS}}, timeout())
	all := sure{diagnose.ServerUnreachable: possible, diagnose.ClientIPBannedByServer: possible}
	checkCases(t, []ruleCase{
		{"a sibling connects", newRun().add("smtp-587 smtp.example.net starttls", timeout()).add("smtp-465 smtp.example.net tls"), diagnose.PortFiltered, sure{diagnose.PortFiltered: likely}, []diagnose.CauseID{diagnose.ServerUnreachable, diagnose.ClientIPBannedByServer, diagnose.MailPortsBlockedOnThisNetwork}},
		{"other hosts connect", newRun().add("smtp-587 smtp.example.net starttls", timeout()).add(imap), diagnose.PortFiltered, sure{diagnose.PortFiltered: possible, diagnose.ServerUnreachable: possible, diagnose.ClientIPBannedByServer: possible}, []diagnose.CauseID{diagnose.MailPortsBlockedOnThisNetwork}},
		{"no host connects", newRun().add("smtp-587 smtp.example.net starttls", timeout()).add(imap, timeout()), diagnose.ServerUnreachable, all, []diagnose.CauseID{diagnose.PortFiltered}},
		{"unrelated providers are silent", two, diagnose.MailPortsBlockedOnThisNetwork, sure{diagnose.MailPortsBlockedOnThisNetwork: likely, diagnose.ServerUnreachable: possible}, nil},
		{"the network says unreachable", newRun().add("smtp-587 smtp.example.net starttls", dialled(stage.HostUnreachable, stage.DialHostUnreachable)).add(imap), diagnose.ServerUnreachable, sure{diagnose.ServerUnreachable: likely}, nil},
		{"port 25, noted", newRun().note("port-25-filtered", "Port 25 is filtered.").add("smtp-25 smtp.example.net starttls-if-offered", timeout()), diagnose.ISPPort25Filtered, sure{diagnose.ISPPort25Filtered: likely}, nil},
		{"port 25, nothing known", newRun().add("smtp-25 smtp.example.net starttls", timeout()), "", sure{diagnose.ISPPort25Filtered: possible, diagnose.ServerUnreachable: possible}, nil},
		{"port 587 is not port 25", newRun().note("port-25-filtered", "Port 25 is filtered.").add("smtp-587 smtp.example.net starttls", timeout()), "", nil, []diagnose.CauseID{diagnose.ISPPort25Filtered}},
	})
}

func TestDNSRules(t *testing.T) {
	slow := &stage.ResolveFacts{Host: "imap.example.net", Lookups: []stage.Lookup{
		{Server: "192.168.1.1:53", Type: "A", Outcome: stage.LookupTimeout}, {Server: "192.0.2.53:53", Type: "A", Outcome: stage.LookupAnswer},
	}}
	checkCases(t, []ruleCase{
		{"NXDOMAIN", newRun().add(imap, looked(stage.NameNotFound, "A nxdomain 192.0.2.53:53")), diagnose.HostnameTypoNXDomain, sure{diagnose.HostnameTypoNXDomain: proven}, []diagnose.CauseID{diagnose.HostHasNoAddressRecord}},
		{"NXDOMAIN of a catalogued name", newRun().builtin().add(imap, looked(stage.NameNotFound, "A nxdomain 192.0.2.53:53")), "", sure{diagnose.HostnameTypoNXDomain: likely}, nil},
		{"no such host, and no more known", newRun().add(imap, looked(stage.NameNotFound)), diagnose.HostnameTypoNXDomain, sure{diagnose.HostnameTypoNXDomain: likely, diagnose.HostHasNoAddressRecord: possible}, nil},
		{"disputed", newRun().add(imap, looked(stage.NameNotFound, "A nxdomain 192.0.2.53:53", "A answer 192.0.2.54:53")), "", sure{diagnose.HostnameTypoNXDomain: possible}, nil},
		{"no data", newRun().add(imap, looked(stage.NoAddress, "A no-data 192.0.2.53:53")), diagnose.HostHasNoAddressRecord, sure{diagnose.HostHasNoAddressRecord: proven}, []diagnose.CauseID{diagnose.HostnameTypoNXDomain}},
		{"loop", newRun().add(imap, looked(stage.DNSLoop)), diagnose.HostHasNoAddressRecord, sure{diagnose.HostHasNoAddressRecord: likely}, nil},
		{"wrong family", newRun().with(func(r *stage.Record) { r.Header.Options.Family = "6" }).add(imap, looked(stage.AddressFamily)), diagnose.HostHasNoAddressRecord, nil, nil},
		{"bad address", newRun().add(imap, looked(stage.BadAddress)), diagnose.HostHasNoAddressRecord, sure{diagnose.HostHasNoAddressRecord: possible}, nil},
		{"no resolver answers", newRun().add(imap, looked(stage.DNSTimeout, "A timeout 192.0.2.53:53")), diagnose.DNSResolverBroken, sure{diagnose.DNSResolverBroken: proven}, []diagnose.CauseID{diagnose.ResolverSlow, diagnose.HostnameTypoNXDomain}},
		{"one name alone", newRun().add(imap, looked(stage.ServFail, "A servfail 192.0.2.53:53")).add("smtp-465 smtp.example.net tls"), diagnose.DNSResolverBroken, sure{diagnose.DNSResolverBroken: possible}, nil},
		{"lookup failed", newRun().add(imap, looked(stage.LookupFailed)), "", sure{diagnose.DNSResolverBroken: possible, diagnose.HostnameTypoNXDomain: possible}, nil},
		{"one slow resolver", newRun().add(imap, pass(stage.Resolve, slow)), diagnose.ResolverSlow, sure{diagnose.ResolverSlow: proven}, []diagnose.CauseID{diagnose.DNSResolverBroken}},
		{"none slow", newRun().add(imap), "", nil, []diagnose.CauseID{diagnose.ResolverSlow}},
	})
}

func TestGreetingRules(t *testing.T) {
	const plain143 = "imap-143 imap.example.net starttls"
	silent := func() *run { return newRun().add(plain143, fail(stage.Greeting, stage.Silent)) }
	first := func(s string) step {
		return fail(stage.Handshake, stage.PlaintextAnswer, &stage.TLSFacts{FirstBytes: s})
	}
	greet := func(s string) step {
		return fail(stage.Greeting, stage.WrongProtocol, &stage.GreetingFacts{FirstBytes: s})
	}
	line := func(r stage.Reply) step {
		return fail(stage.Greeting, stage.Refusal(r).Fault, &stage.GreetingFacts{Reply: r})
	}
	checkCases(t, []ruleCase{
		{"closed", newRun().add(plain143, fail(stage.Greeting, stage.Closed, &stage.GreetingFacts{})), diagnose.ConnectionResetAfterAccept, sure{diagnose.ConnectionResetAfterAccept: proven}, []diagnose.CauseID{diagnose.AcceptNoGreeting}},
		{"silent", silent(), "", sure{diagnose.AcceptNoGreeting: possible, diagnose.ImplicitTLSPortSpokenPlain: possible}, []diagnose.CauseID{diagnose.ConnectionResetAfterAccept}},
		{"silent on 993", newRun().add("imap-993 imap.example.net starttls", fail(stage.Greeting, stage.Silent)), diagnose.ImplicitTLSPortSpokenPlain, sure{diagnose.ImplicitTLSPortSpokenPlain: likely}, nil},
		{"silent, TLS answers", silent().followUp(t, "imap-143/tls"), diagnose.ImplicitTLSPortSpokenPlain, sure{diagnose.ImplicitTLSPortSpokenPlain: proven}, []diagnose.CauseID{diagnose.AcceptNoGreeting}},
		{"silent, TLS with a bad certificate", silent().followUp(t, "imap-143/tls", certificate(stage.CertExpired)), diagnose.ImplicitTLSPortSpokenPlain, sure{diagnose.ImplicitTLSPortSpokenPlain: proven}, nil},
		{"silent, TLS silent too", silent().followUp(t, "imap-143/tls", fail(stage.Handshake, stage.HandshakeTimeout)), diagnose.AcceptNoGreeting, sure{diagnose.AcceptNoGreeting: proven}, []diagnose.CauseID{diagnose.ImplicitTLSPortSpokenPlain}},
		{"silent under TLS", newRun().add(imap, fail(stage.Greeting, stage.Silent)), diagnose.AcceptNoGreeting, sure{diagnose.AcceptNoGreeting: likely}, []diagnose.CauseID{diagnose.ImplicitTLSPortSpokenPlain}},
		{"a TLS alert in clear", newRun().add(plain143, greet(`\x15\x03\x01`)), diagnose.ImplicitTLSPortSpokenPlain, sure{diagnose.ImplicitTLSPortSpokenPlain: proven}, []diagnose.CauseID{diagnose.WrongProtocolOnPort}},
		{"a greeting in clear", newRun().add("imap-143 imap.example.net tls", first("* OK ")), diagnose.TLSSpokenToPlaintextPort, sure{diagnose.TLSSpokenToPlaintextPort: proven}, []diagnose.CauseID{diagnose.WrongProtocolOnPort}},
		{"another greeting in clear", newRun().add(imap, first("+OK D")), diagnose.WrongProtocolOnPort, sure{diagnose.WrongProtocolOnPort: proven}, []diagnose.CauseID{diagnose.TLSSpokenToPlaintextPort, diagnose.CaptivePortal}},
		{"a web page", newRun().add(imap, first("HTTP/")), diagnose.WrongProtocolOnPort, sure{diagnose.WrongProtocolOnPort: likely, diagnose.CaptivePortal: possible}, nil},
		{"POP3 where IMAP was expected", newRun().add(plain143, greet("+OK ready")), diagnose.WrongProtocolOnPort, sure{diagnose.WrongProtocolOnPort: proven}, []diagnose.CauseID{diagnose.CaptivePortal}},
		{"block list", newRun().add("smtp-587 smtp.example.net starttls", line(smtpReply(554, "5.7.1", "554 5.7.1 Client host blocked using zen.example"))), diagnose.GreetingRefusedByPolicy, sure{diagnose.GreetingRefusedByPolicy: likely}, []diagnose.CauseID{diagnose.ServerBusyGreeting}},
		{"too many connections", newRun().add("smtp-587 smtp.example.net starttls", line(smtpReply(421, "4.7.0", "421 4.7.0 too many connections from you"))), diagnose.ServerBusyGreeting, sure{diagnose.ServerBusyGreeting: likely}, []diagnose.CauseID{diagnose.GreetingRefusedByPolicy}},
		{"BYE without a word", newRun().add(plain143, fail(stage.Greeting, stage.Bye, &stage.GreetingFacts{Reply: stage.Reply{Status: "BYE", Lines: []string{"* BYE bye"}}})), "", sure{diagnose.GreetingRefusedByPolicy: possible, diagnose.ServerBusyGreeting: possible}, nil},
		{"HELO refused", newRun().add("smtp-465 smtp.example.net tls", fail(stage.Capabilities, stage.Rejected, &stage.CapabilityFacts{HelloRefused: &stage.Reply{Command: "EHLO", Code: 504, Lines: []string{"504 need fully-qualified hostname"}}})), diagnose.SMTPHELORejected, sure{diagnose.SMTPHELORejected: proven}, nil},
		{"hello put off", newRun().add("smtp-465 smtp.example.net tls", fail(stage.Capabilities, stage.TemporarilyOut, &stage.CapabilityFacts{HelloRefused: &stage.Reply{Command: "EHLO", Code: 421, Lines: []string{"421 closing"}}})), diagnose.ServerBusyGreeting, nil, []diagnose.CauseID{diagnose.SMTPHELORejected}},
	})
}
