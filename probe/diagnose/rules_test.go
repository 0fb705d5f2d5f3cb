package diagnose_test

import (
	"testing"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// ruleCase is a run, with findings that it must and must not have.
type ruleCase struct {
	name    string
	run     *run
	leading cause.ID // "" if it doesn't matter
	want    map[cause.ID]cause.Confidence
	not     []cause.ID
}

type sure = map[cause.ID]cause.Confidence

const (
	proven   = cause.Proven
	likely   = cause.Likely
	possible = cause.Possible
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
		{"offline", offlineRun(stage.DNSUnreached), cause.NoNetworkRoute, sure{cause.NoNetworkRoute: proven}, nil},
		{"offline, servfail of a local resolver", offlineRun(stage.ServFail), cause.NoNetworkRoute, sure{cause.NoNetworkRoute: proven}, nil},
		{"link up, resolver unreachable", newRun().add(imap, looked(stage.DNSUnreached)), cause.DNSResolverBroken, sure{cause.DNSResolverBroken: proven}, []cause.ID{cause.NoNetworkRoute}},
		{"offline and one answered", offlineRun(stage.DNSUnreached).add("pop3-995 localhost tls"), cause.DNSResolverBroken, nil, []cause.ID{cause.NoNetworkRoute}},
		{"link up, no route at all", newRun().add(imap, unreached()).add("smtp-465 smtp.example.net tls", unreached()), cause.NoNetworkRoute, sure{cause.NoNetworkRoute: likely}, nil},
		{"no route to one, the other refuses", newRun().add(imap, unreached()).add("smtp-465 smtp.example.net tls", dialled(stage.Refused, stage.DialRefused)), "", sure{cause.NoNetworkRoute: possible}, nil},

		{"prohibited", newRun().add(imap, dialled(stage.Prohibited, stage.DialProhibited)), cause.LocalFirewallOrAppPermission, sure{cause.LocalFirewallOrAppPermission: proven}, nil},
		{"refused is no local firewall", newRun().add(imap, dialled(stage.Refused, stage.DialRefused)), cause.ServiceNotListening, sure{cause.ServiceNotListening: likely}, []cause.ID{cause.LocalFirewallOrAppPermission, cause.PortFiltered}},

		{"dead IPv6", newRun().with(haveIPv6).add(imap, pass(stage.Connect, six(stage.DialTimeout))), cause.IPv6BrokenPath, sure{cause.IPv6BrokenPath: likely}, nil},
		{"IPv6 works", newRun().with(haveIPv6).add(imap, pass(stage.Connect, six(stage.DialConnected))), "", nil, []cause.ID{cause.IPv6BrokenPath}},
		{"IPv6 given up for IPv4", newRun().with(haveIPv6).add(imap, pass(stage.Connect, six(stage.DialInterrupted))), "", nil, []cause.ID{cause.IPv6BrokenPath}},
		{"a machine without IPv6", newRun().with(localIPv6).add(imap, pass(stage.Connect, six(stage.DialNetworkUnreachable))), "", nil, []cause.ID{cause.IPv6BrokenPath}},
		{"IPv6 alone and no way there", newRun().add(imap, fail(stage.Connect, stage.NetworkUnreachable, &stage.ConnectFacts{Attempts: []stage.Attempt{{Address: "[2001:db8::1]:993", Outcome: stage.DialNetworkUnreachable}}})), cause.IPv6BrokenPath, sure{cause.IPv6BrokenPath: likely}, []cause.ID{cause.NoNetworkRoute}},

		{"slow", newRun().add(imap, pass(stage.Connect, &stage.ConnectFacts{RoundTrip: &slow})), cause.SlowPath, sure{cause.SlowPath: proven}, nil},
		{"lossy", newRun().add(imap, pass(stage.Connect, &stage.ConnectFacts{RoundTrip: &quick, Retransmits: &lost})), cause.SlowPath, sure{cause.SlowPath: proven}, nil},
		{"quick", newRun().add(imap, pass(stage.Connect, &stage.ConnectFacts{RoundTrip: &quick, Retransmits: &few})), "", nil, []cause.ID{cause.SlowPath}},
	})
}

func TestReachRules(t *testing.T) {
	other := stage.Subject{Domain: "example.org", Profile: &stage.Profile{ID: "other", Name: "Other"}}
	two := newRun().with(func(r *stage.Record) { r.Header.Plan.Subjects = append(r.Header.Plan.Subjects, other) }).add(imap, timeout())
	two.check(stage.Check{ID: "imap-other", Kind: stage.KindEndpoint, Subject: 1, Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.org", Port: 993, Security: stage.TLS}}, timeout())
	all := sure{cause.ServerUnreachable: possible, cause.ClientIPBannedByServer: possible}
	checkCases(t, []ruleCase{
		{"a sibling connects", newRun().add("smtp-587 smtp.example.net starttls", timeout()).add("smtp-465 smtp.example.net tls"), cause.PortFiltered, sure{cause.PortFiltered: likely}, []cause.ID{cause.ServerUnreachable, cause.ClientIPBannedByServer, cause.MailPortsBlockedOnThisNetwork}},
		{"other hosts connect", newRun().add("smtp-587 smtp.example.net starttls", timeout()).add(imap), cause.PortFiltered, sure{cause.PortFiltered: possible, cause.ServerUnreachable: possible, cause.ClientIPBannedByServer: possible}, []cause.ID{cause.MailPortsBlockedOnThisNetwork}},
		{"no host connects", newRun().add("smtp-587 smtp.example.net starttls", timeout()).add(imap, timeout()), cause.ServerUnreachable, all, []cause.ID{cause.PortFiltered}},
		{"unrelated providers are silent", two, cause.MailPortsBlockedOnThisNetwork, sure{cause.MailPortsBlockedOnThisNetwork: likely, cause.ServerUnreachable: possible}, nil},
		{"the network says unreachable", newRun().add("smtp-587 smtp.example.net starttls", dialled(stage.HostUnreachable, stage.DialHostUnreachable)).add(imap), cause.ServerUnreachable, sure{cause.ServerUnreachable: likely}, nil},
		{"port 25, noted", newRun().note(stage.NotePort25Filtered, "Port 25 is filtered.").add("smtp-25 smtp.example.net starttls-if-offered", timeout()), cause.ISPPort25Filtered, sure{cause.ISPPort25Filtered: likely}, nil},
		{"port 25, nothing known", newRun().add("smtp-25 smtp.example.net starttls", timeout()), "", sure{cause.ISPPort25Filtered: possible, cause.ServerUnreachable: possible}, nil},
		{"port 587 is not port 25", newRun().note(stage.NotePort25Filtered, "Port 25 is filtered.").add("smtp-587 smtp.example.net starttls", timeout()), "", nil, []cause.ID{cause.ISPPort25Filtered}},
	})
}

func TestDNSRules(t *testing.T) {
	slow := &stage.ResolveFacts{Host: "imap.example.net", Lookups: []stage.Lookup{
		{Server: "192.168.1.1:53", Type: "A", Outcome: stage.LookupTimeout}, {Server: "192.0.2.53:53", Type: "A", Outcome: stage.LookupAnswer},
	}}
	checkCases(t, []ruleCase{
		{"NXDOMAIN", newRun().add(imap, looked(stage.NameNotFound, "A nxdomain 192.0.2.53:53")), cause.HostnameTypoNXDomain, sure{cause.HostnameTypoNXDomain: proven}, []cause.ID{cause.HostHasNoAddressRecord}},
		{"NXDOMAIN of a catalogued name", newRun().builtin().add(imap, looked(stage.NameNotFound, "A nxdomain 192.0.2.53:53")), "", sure{cause.HostnameTypoNXDomain: likely}, nil},
		{"no such host, and no more known", newRun().add(imap, looked(stage.NameNotFound)), cause.HostnameTypoNXDomain, sure{cause.HostnameTypoNXDomain: likely, cause.HostHasNoAddressRecord: possible}, nil},
		{"disputed", newRun().add(imap, looked(stage.NameNotFound, "A nxdomain 192.0.2.53:53", "A answer 192.0.2.54:53")), "", sure{cause.HostnameTypoNXDomain: possible}, nil},
		{"no data", newRun().add(imap, looked(stage.NoAddress, "A no-data 192.0.2.53:53")), cause.HostHasNoAddressRecord, sure{cause.HostHasNoAddressRecord: proven}, []cause.ID{cause.HostnameTypoNXDomain}},
		{"loop", newRun().add(imap, looked(stage.DNSLoop)), cause.HostHasNoAddressRecord, sure{cause.HostHasNoAddressRecord: likely}, nil},
		{"wrong family", newRun().with(func(r *stage.Record) { r.Header.Options.Family = "6" }).add(imap, looked(stage.AddressFamily)), cause.HostHasNoAddressRecord, nil, nil},
		{"bad address", newRun().add(imap, looked(stage.BadAddress)), cause.HostHasNoAddressRecord, sure{cause.HostHasNoAddressRecord: possible}, nil},
		{"no resolver answers", newRun().add(imap, looked(stage.DNSTimeout, "A timeout 192.0.2.53:53")), cause.DNSResolverBroken, sure{cause.DNSResolverBroken: proven}, []cause.ID{cause.ResolverSlow, cause.HostnameTypoNXDomain}},
		{"one name alone", newRun().add(imap, looked(stage.ServFail, "A servfail 192.0.2.53:53")).add("smtp-465 smtp.example.net tls"), cause.DNSResolverBroken, sure{cause.DNSResolverBroken: possible}, nil},
		{"lookup failed", newRun().add(imap, looked(stage.LookupFailed)), "", sure{cause.DNSResolverBroken: possible, cause.HostnameTypoNXDomain: possible}, nil},
		{"one slow resolver", newRun().add(imap, pass(stage.Resolve, slow)), cause.ResolverSlow, sure{cause.ResolverSlow: proven}, []cause.ID{cause.DNSResolverBroken}},
		{"none slow", newRun().add(imap), "", nil, []cause.ID{cause.ResolverSlow}},
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
		{"closed", newRun().add(plain143, fail(stage.Greeting, stage.Closed, &stage.GreetingFacts{})), cause.ConnectionResetAfterAccept, sure{cause.ConnectionResetAfterAccept: proven}, []cause.ID{cause.AcceptNoGreeting}},
		{"silent", silent(), "", sure{cause.AcceptNoGreeting: possible, cause.ImplicitTLSPortSpokenPlain: possible}, []cause.ID{cause.ConnectionResetAfterAccept}},
		{"silent on 993", newRun().add("imap-993 imap.example.net starttls", fail(stage.Greeting, stage.Silent)), cause.ImplicitTLSPortSpokenPlain, sure{cause.ImplicitTLSPortSpokenPlain: likely}, nil},
		{"silent, TLS answers", silent().followUp(t, "imap-143/tls"), cause.ImplicitTLSPortSpokenPlain, sure{cause.ImplicitTLSPortSpokenPlain: proven}, []cause.ID{cause.AcceptNoGreeting}},
		{"silent, TLS with a bad certificate", silent().followUp(t, "imap-143/tls", certificate(stage.CertExpired)), cause.ImplicitTLSPortSpokenPlain, sure{cause.ImplicitTLSPortSpokenPlain: proven}, nil},
		{"silent, TLS silent too", silent().followUp(t, "imap-143/tls", fail(stage.Handshake, stage.HandshakeTimeout)), cause.AcceptNoGreeting, sure{cause.AcceptNoGreeting: proven}, []cause.ID{cause.ImplicitTLSPortSpokenPlain}},
		{"silent under TLS", newRun().add(imap, fail(stage.Greeting, stage.Silent)), cause.AcceptNoGreeting, sure{cause.AcceptNoGreeting: likely}, []cause.ID{cause.ImplicitTLSPortSpokenPlain}},
		{"a TLS alert in clear", newRun().add(plain143, greet(`\x15\x03\x01`)), cause.ImplicitTLSPortSpokenPlain, sure{cause.ImplicitTLSPortSpokenPlain: proven}, []cause.ID{cause.WrongProtocolOnPort}},
		{"a greeting in clear", newRun().add("imap-143 imap.example.net tls", first("* OK ")), cause.TLSSpokenToPlaintextPort, sure{cause.TLSSpokenToPlaintextPort: proven}, []cause.ID{cause.WrongProtocolOnPort}},
		{"another greeting in clear", newRun().add(imap, first("+OK D")), cause.WrongProtocolOnPort, sure{cause.WrongProtocolOnPort: proven}, []cause.ID{cause.TLSSpokenToPlaintextPort, cause.CaptivePortal}},
		{"a web page", newRun().add(imap, first("HTTP/")), cause.WrongProtocolOnPort, sure{cause.WrongProtocolOnPort: likely, cause.CaptivePortal: possible}, nil},
		{"POP3 where IMAP was expected", newRun().add(plain143, greet("+OK ready")), cause.WrongProtocolOnPort, sure{cause.WrongProtocolOnPort: proven}, []cause.ID{cause.CaptivePortal}},
		{"block list", newRun().add("smtp-587 smtp.example.net starttls", line(smtpReply(554, "5.7.1", "554 5.7.1 Client host blocked using zen.example"))), cause.GreetingRefusedByPolicy, sure{cause.GreetingRefusedByPolicy: likely}, []cause.ID{cause.ServerBusyGreeting}},
		{"too many connections", newRun().add("smtp-587 smtp.example.net starttls", line(smtpReply(421, "4.7.0", "421 4.7.0 too many connections from you"))), cause.ServerBusyGreeting, sure{cause.ServerBusyGreeting: likely}, []cause.ID{cause.GreetingRefusedByPolicy}},
		{"BYE without a word", newRun().add(plain143, fail(stage.Greeting, stage.Bye, &stage.GreetingFacts{Reply: stage.Reply{Status: "BYE", Lines: []string{"* BYE bye"}}})), "", sure{cause.GreetingRefusedByPolicy: possible, cause.ServerBusyGreeting: possible}, nil},
		{"HELO refused", newRun().add("smtp-465 smtp.example.net tls", fail(stage.Capabilities, stage.Rejected, &stage.CapabilityFacts{HelloRefused: &stage.Reply{Command: "EHLO", Code: 504, Lines: []string{"504 need fully-qualified hostname"}}})), cause.SMTPHELORejected, sure{cause.SMTPHELORejected: proven}, nil},
		{"hello put off", newRun().add("smtp-465 smtp.example.net tls", fail(stage.Capabilities, stage.TemporarilyOut, &stage.CapabilityFacts{HelloRefused: &stage.Reply{Command: "EHLO", Code: 421, Lines: []string{"421 closing"}}})), cause.ServerBusyGreeting, nil, []cause.ID{cause.SMTPHELORejected}},
	})
}
