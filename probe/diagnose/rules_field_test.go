package diagnose_test

import (
	"strings"
	"testing"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// words returns the sentence and the actions of a finding.
func words(t *testing.T, r *run, id cause.ID) string {
	t.Helper()
	f := find(r.diagnose(t), id)
	p, ok := cause.PageOf(id)
	if f == nil || !ok {
		t.Fatalf("%s does not hold", id)
	}
	text := p.Title(prose.English(), f.Args) + "\n" + p.Sentence(prose.English(), f.Args)
	for _, a := range f.Actions {
		text += "\n" + a.Text(prose.English())
	}
	return text
}

// checkWords checks what a finding must say, and must not say.
func checkWords(t *testing.T, name string, r *run, id cause.ID, want, not string) {
	t.Helper()
	if got := words(t, r, id); !strings.Contains(got, want) || not != "" && strings.Contains(got, not) {
		t.Errorf("%s: want %q, and not %q, in\n%s", name, want, not, got)
	}
}

// answeredBy lets a name server give an address to which there is no route.
func answeredBy(server, address string) step {
	return func(c *stage.CheckRecord) {
		pass(stage.Resolve, &stage.ResolveFacts{Host: c.Check.Endpoint.Host, Addresses: []string{address}, Lookups: []stage.Lookup{
			{Server: server, Type: "A", Outcome: stage.LookupAnswer, Addresses: []string{address}, Time: stage.Ms(time.Millisecond)},
		}})(c)
		fail(stage.Connect, stage.NetworkUnreachable, &stage.ConnectFacts{Attempts: []stage.Attempt{
			{Address: address + ":993", Outcome: stage.DialNetworkUnreachable, Time: stage.Ms(time.Millisecond)},
		}})(c)
	}
}

// turnedBack is a host to which a router reports that there is no route.
func turnedBack(router, address string) step {
	return func(c *stage.CheckRecord) {
		answeredBy("192.168.1.1:53", address)(c)
		fail(stage.Connect, stage.HostUnreachable, &stage.ConnectFacts{Attempts: []stage.Attempt{{
			Address: address + ":993", Outcome: stage.DialHostUnreachable, Time: stage.Ms(time.Millisecond),
			Rejection: &stage.Rejection{By: router, Why: stage.RejectHost},
		}}})(c)
	}
}

// A name server on the local network answers from its cache, even if there is no
// route beyond that network. A name server beyond it proves that there is one.
func TestANameServerIsANetwork(t *testing.T) {
	offline := []cause.ID{cause.NoNetworkRoute}
	proxied := func(r *stage.Record) { r.Header.System.Proxies = []string{"192.168.1.5:3128"} }
	sixToo := func(r *stage.Record) {
		r.Header.System.Addresses = append(r.Header.System.Addresses, "2001:db8:1::23")
	}
	checkCases(t, []ruleCase{
		{"a name server of the network", newRun().add(imap, answeredBy("192.168.1.1:53", "198.51.100.7")), cause.NoNetworkRoute, sure{cause.NoNetworkRoute: likely}, nil},
		{"a name server beyond", newRun().add(imap, answeredBy("203.0.113.53:53", "198.51.100.7")), cause.ServerUnreachable, sure{cause.ServerUnreachable: possible}, offline},
		{"only by a proxy", newRun().with(proxied).add(imap, answeredBy("192.168.1.1:53", "198.51.100.7")), "", sure{cause.NoNetworkRoute: possible}, nil},
		{"IPv6 was not tried", newRun().with(sixToo).add(imap, answeredBy("192.168.1.1:53", "198.51.100.7")), "", nil, offline},
		{"the router, of one", newRun().add(imap, turnedBack("192.168.1.1", "198.51.100.7")), "", sure{cause.NoNetworkRoute: possible}, nil},
		{"the router, of several", newRun().add(imap, turnedBack("192.168.1.1", "198.51.100.7")).add(smtp465, turnedBack("192.168.1.1", "203.0.113.9")), cause.NoNetworkRoute, sure{cause.NoNetworkRoute: likely}, nil},
		{"a router farther away", newRun().add(imap, turnedBack("203.0.113.1", "198.51.100.7")).add(smtp465, turnedBack("203.0.113.1", "203.0.113.9")), "", nil, offline},
		{"one on this machine", newRun().add(imap, answeredBy("127.0.0.53:53", "198.51.100.7")), cause.NoNetworkRoute, sure{cause.NoNetworkRoute: likely}, nil},
		{"one at this machine's address", newRun().add(imap, answeredBy("192.168.1.23:53", "198.51.100.7")), cause.NoNetworkRoute, nil, nil},
		{"two hosts, nobody answered", newRun().add(imap, unreached()).add(smtp465, unreached()), cause.NoNetworkRoute, nil, []cause.ID{cause.VPNOrProxyEgressOnly}},
		{"two hosts, and a name server", newRun().add(imap, answeredBy("192.168.1.1:53", "198.51.100.7")).add(smtp465, answeredBy("192.168.1.1:53", "198.51.100.8")), cause.NoNetworkRoute, nil, []cause.ID{cause.VPNOrProxyEgressOnly}},
		{"an internal address", newRun().add(imap, answeredBy("192.168.1.1:53", "10.77.9.1")), cause.SplitHorizonPrivateAddress, sure{cause.SplitHorizonPrivateAddress: possible}, offline},
	})
}

func TestTheResolverThatWasGiven(t *testing.T) {
	given := func(r *stage.Record) { r.Header.Options.Resolver = "192.0.2.53:53" }
	silent := looked(stage.DNSTimeout, "A timeout 192.0.2.53:53")
	checkCases(t, []ruleCase{
		{"given", newRun().with(given).add(imap, silent), cause.DNSResolverBroken, sure{cause.DNSResolverBroken: proven}, nil},
	})
	checkWords(t, "given", newRun().with(given).add(imap, silent), cause.DNSResolverBroken, "without --resolver", "router")
	checkWords(t, "given", newRun().with(given).add(imap, silent), cause.DNSResolverBroken, "(192.0.2.53:53)", "Its name servers")
	checkWords(t, "not given", newRun().add(imap, silent), cause.DNSResolverBroken, "restart the router", "--resolver")
}

func TestSlowNames(t *testing.T) {
	took := func(d ...time.Duration) *run {
		f := &stage.ResolveFacts{Host: "imap.example.net", Addresses: []string{"198.51.100.7"}}
		for _, x := range d {
			f.Lookups = append(f.Lookups, stage.Lookup{Server: "192.0.2.53:53", Type: "A", Outcome: stage.LookupAnswer, Time: stage.Ms(x)})
		}
		return newRun().add(imap, pass(stage.Resolve, f))
	}
	checkCases(t, []ruleCase{
		{"every answer late", took(3*time.Second, 2*time.Second), cause.ResolverSlow, sure{cause.ResolverSlow: proven}, nil},
		{"one answer late", took(3*time.Second, time.Second), "", nil, []cause.ID{cause.ResolverSlow}},
	})
	checkWords(t, "late", took(3*time.Second, 2*time.Second), cause.ResolverSlow, "took 2 s", "does not answer")
	if f := find(took(3*time.Second).diagnose(t), cause.ResolverSlow); f.Severity != cause.Warn {
		t.Errorf("severity %s", f.Severity)
	}
}

func TestALoginThatIsSkipped(t *testing.T) {
	r := newRun().add(imap, fail(stage.Login, stage.PreAuth))
	checkCases(t, []ruleCase{
		{"PREAUTH under TLS", r, cause.MXOrWebHostUsedAsServer, sure{cause.MXOrWebHostUsedAsServer: possible}, []cause.ID{cause.AuthBackendTemporaryFailure, cause.StartTLSInjection}},
	})
	checkWords(t, "PREAUTH", r, cause.MXOrWebHostUsedAsServer, "is let in without a login", "website, or")
}

// A server that demands encryption under encryption is itself at fault.
func TestEncryptionAskedForUnderEncryption(t *testing.T) {
	starttls := []cause.ID{cause.MustIssueStartTLSFirst}
	privacy := refusedWith("PLAIN", imapNo("PRIVACYREQUIRED", "encrypt first"))
	first := refusedWith("PLAIN", smtpReply(530, "5.7.0", "530 5.7.0 Must issue a STARTTLS command first"))
	clear := newRun().add("imap-143 imap.example.net none", privacy)
	checkCases(t, []ruleCase{
		{"IMAP", newRun().add(imap, privacy), cause.StartTLSBrokenOnServer, sure{cause.StartTLSBrokenOnServer: possible}, starttls},
		{"SMTP", newRun().add(smtp587, first), cause.StartTLSBrokenOnServer, nil, starttls},
		{"in clear", clear, cause.MustIssueStartTLSFirst, sure{cause.MustIssueStartTLSFirst: proven}, nil},
	})
	checkWords(t, "under TLS", newRun().add(imap, privacy), cause.StartTLSBrokenOnServer, "although the connection is already encrypted", "use SSL/TLS")
}

// An answer without end is not another protocol.
func TestAnswersWithoutEnd(t *testing.T) {
	other := []cause.ID{cause.WrongProtocolOnPort, cause.StartTLSBrokenOnServer}
	endless := func(s stage.Stage, first string) step {
		if s == stage.Greeting {
			return fail(s, stage.TooLong, &stage.GreetingFacts{FirstBytes: first})
		}
		return fail(s, stage.TooLong)
	}
	want := sure{cause.AntivirusConnectionProxyBroken: possible}
	checkCases(t, []ruleCase{
		{"greeting", newRun().add(imap, endless(stage.Greeting, "* OK xxx")), cause.AntivirusConnectionProxyBroken, want, other},
		{"list", newRun().add(imap, endless(stage.Capabilities, "")), cause.AntivirusConnectionProxyBroken, want, other},
		{"list before TLS", newRun().add(smtp587, endless(stage.Upgrade, "")), cause.AntivirusConnectionProxyBroken, want, other},
		{"another protocol, without end", newRun().add(imap, endless(stage.Greeting, "220 xxx")), cause.WrongProtocolOnPort, nil, nil},
	})
	both := newRun().add(imap, endless(stage.Capabilities, "")).add(smtp465, endless(stage.Capabilities, ""))
	checkWords(t, "both", both, cause.AntivirusConnectionProxyBroken, "never ends", "within a millisecond")
}

func TestMixedUpProtocols(t *testing.T) {
	greets := func(first string) step {
		return fail(stage.Greeting, stage.WrongProtocol, &stage.GreetingFacts{FirstBytes: first})
	}
	r := newRun().add(imap, greets("+OK ready")).add(smtp465, greets("* OK ready"))
	checkWords(t, "two protocols", r, cause.WrongProtocolOnPort, "something other than the expected servers for IMAP and SMTP", "where")
	checkWords(t, "one", newRun().add(imap, greets("+OK ready")), cause.WrongProtocolOnPort, "a mail server for POP3 answers, where IMAP was expected", "something other than the expected")
}

// The cause that explains most of the failures comes first.
func TestLargePacketsGetLostEverywhere(t *testing.T) {
	lost := fail(stage.Handshake, stage.HandshakeTimeout)
	const pop = "pop3-995 pop.example.net tls"
	checkCases(t, []ruleCase{
		{"everywhere", newRun().add(pop, lost).add(imap, lost, optional).add(smtp587, lost), cause.MTUBlackhole, nil, nil},
		{"implicit TLS alone", newRun().add(pop, lost).add(imap, lost), cause.AcceptNoGreeting, nil, nil},
	})
}

func TestDeadFamilies(t *testing.T) {
	connect := func(four, six stage.DialOutcome) *run {
		return newRun().add(imap, pass(stage.Connect, &stage.ConnectFacts{Address: "[2001:db8::1]:993", Attempts: []stage.Attempt{
			{Address: "[2001:db8::1]:993", Outcome: six}, {Address: "198.51.100.7:993", Outcome: four},
		}}))
	}
	node := []cause.ID{cause.LBNodeInconsistent}
	checkCases(t, []ruleCase{
		{"IPv4 is dead", connect(stage.DialTimeout, stage.DialConnected), cause.LBNodeInconsistent, sure{cause.LBNodeInconsistent: possible}, nil},
		{"IPv4 refuses", connect(stage.DialRefused, stage.DialConnected), cause.LBNodeInconsistent, sure{cause.LBNodeInconsistent: likely}, nil},
		{"no IPv4 here", connect(stage.DialNetworkUnreachable, stage.DialConnected), "", nil, node},
		{"IPv6 is dead", connect(stage.DialConnected, stage.DialTimeout), "", nil, node},
	})
	checkWords(t, "IPv4", connect(stage.DialTimeout, stage.DialConnected), cause.LBNodeInconsistent, "198.51.100.7 accepts no connections", "2001:db8")
	if f := find(connect(stage.DialTimeout, stage.DialConnected).diagnose(t), cause.LBNodeInconsistent); f.Severity != cause.Warn {
		t.Errorf("severity %s", f.Severity)
	}
}

func TestInOrderIsSaidOfAll(t *testing.T) {
	refused := refusedWith("PLAIN", authFailed)
	checkWords(t, "all logins", newRun().add(imap, refused).add(smtp465, refused), cause.WrongPassword, "encryption are in order", "Up to the login")
	checkWords(t, "one has another trouble", newRun().add(imap, refused).add(smtp465, timeout()), cause.WrongPassword, "Up to the login, port 993 of imap.example.net is in order", "encryption are in order")
	checkWords(t, "in clear", newRun().add("imap-143 imap.example.net none", refused), cause.WrongPassword, "Up to the login", "encryption are in order")
}

func TestSomebodyElsesCertificate(t *testing.T) {
	checkCases(t, []ruleCase{
		{"expired, and of another", newRun().add(imap, certificate(stage.CertExpired, stage.CertNameMismatch)), cause.CertNameMismatchHosting, sure{cause.CertExpired: proven}, nil},
		{"expired", newRun().add(imap, certificate(stage.CertExpired)), cause.CertExpired, nil, nil},
	})
	d := newRun().add(imap, certificate(stage.CertExpired, stage.CertNameMismatch)).diagnose(t)
	if f := find(d, cause.CertExpired); f.SuppressedBy != cause.CertNameMismatchHosting {
		t.Errorf("its dates stand beside it: %+v", f)
	}
}

func TestRefusedByTheCatalogue(t *testing.T) {
	refused := dialled(stage.Refused, stage.DialRefused)
	one := func() *run { return newRun().builtin().add(imap, refused).add(smtp465) }
	checkCases(t, []ruleCase{
		{"all at once", newRun().builtin().add(imap, refused).add(smtp465, refused), cause.MailPortsBlockedOnThisNetwork, sure{cause.ServiceNotListening: possible}, nil},
		{"all, typed in", newRun().add(imap, refused).add(smtp465, refused), cause.ServiceNotListening, sure{cause.MailPortsBlockedOnThisNetwork: possible}, nil},
		{"one", one(), cause.ServiceNotListening, sure{cause.ServiceNotListening: likely}, []cause.ID{cause.MailPortsBlockedOnThisNetwork}},
	})
	checkWords(t, "catalogue", one(), cause.ServiceNotListening, "phone hotspot", "provider's page")
	checkWords(t, "typed", newRun().add(imap, refused), cause.ServiceNotListening, "provider's page", "hotspot")
}

// Without the follow-up nobody knows that a silent port wants TLS.
func TestSilentAndNotAsked(t *testing.T) {
	unasked := func(r *stage.Record) { r.Header.Options.FollowUps = false }
	silent := fail(stage.Greeting, stage.Silent)
	checkCases(t, []ruleCase{
		{"143", newRun().with(unasked).add("imap-143 imap.example.net starttls", silent), cause.AcceptNoGreeting, sure{cause.ImplicitTLSPortSpokenPlain: possible}, nil},
		{"993", newRun().with(unasked).add("imap-993 imap.example.net starttls", silent), cause.ImplicitTLSPortSpokenPlain, nil, nil},
	})
}

func TestMechanismAdvice(t *testing.T) {
	said := stage.Reply{Status: "-ERR", ResponseCode: "AUTH", Lines: []string{"-ERR [AUTH] Unsupported authentication mechanism."}}
	r := newRun().add("pop3-995 pop.example.net tls", refusedWith("USER/PASS", said))
	checkCases(t, []ruleCase{
		{"not this way", r, cause.AuthMechNotOffered, sure{cause.AuthMechNotOffered: likely}, []cause.ID{cause.WrongPassword}},
	})
	checkWords(t, "tried", r, cause.AuthMechNotOffered, `to "encrypted password"`, `to "normal password"`)
	none := newRun().add(imap, fail(stage.Login, stage.NoMechanism))
	checkWords(t, "not tried", none, cause.AuthMechNotOffered, `to "normal password"`, `to "encrypted`)
}

// Relaying denied after a login: the login is ignored, or the sender is the reason.
func TestRelayingDeniedAfterALogin(t *testing.T) {
	denied := smtpReply(554, "5.7.1", "554 5.7.1 Relaying denied")
	checkCases(t, []ruleCase{
		{"after", newRun().add(smtp465, fail(stage.Submit, stage.Rejected, &stage.SubmitFacts{Reply: &denied})), cause.SMTPAuthNotConfiguredInClient, sure{cause.SMTPAuthNotConfiguredInClient: possible, cause.SenderAddressNotPermitted: possible}, nil},
	})
}

// What is likely for one endpoint and proven for another is one finding.
func TestKnownIsOneFinding(t *testing.T) {
	known := certFacts(false, stage.CertNameMismatch)
	alert := fail(stage.Handshake, stage.TLSAlert, &stage.TLSFacts{Alert: "unrecognized_name (112)"})
	n := 0
	for _, f := range newRun().add(imap, fail(stage.Handshake, stage.BadCertificate, known)).add(smtp465, alert).diagnose(t).Findings {
		if f.Cause == cause.CertNameMismatchHosting {
			n++
			if f.Confidence != likely || len(f.Checks) != 2 {
				t.Errorf("%+v", f)
			}
		}
	}
	if n != 1 {
		t.Errorf("%d findings", n)
	}
}

// Greylisting ends by itself, and no limit was reached.
func TestGreylisting(t *testing.T) {
	said := func(text string) *run {
		r := smtpReply(451, "4.7.1", text)
		return newRun().add(smtp465, fail(stage.Submit, stage.TemporarilyOut, &stage.SubmitFacts{Reply: &r}))
	}
	checkWords(t, "greylisted", said("451 4.7.1 Greylisted, please try again"), cause.Greylisted, "send again", "hour")
	r := smtpReply(451, "4.3.5", "451 4.3.5 Server configuration problem")
	checkWords(t, "4.3.5", newRun().add(smtp465, fail(stage.Submit, stage.TemporarilyOut, &stage.SubmitFacts{Reply: &r})), cause.MailboxBackendUnavailable, "in an hour", "greylist")
}

// If this machine is on the inside, an internal address is no problem.
func TestInsideOrOutside(t *testing.T) {
	split := []cause.ID{cause.SplitHorizonPrivateAddress}
	at := func(ip string) step {
		return pass(stage.Connect, &stage.ConnectFacts{Address: ip + ":993", Attempts: []stage.Attempt{{Address: ip + ":993", Outcome: stage.DialConnected}}})
	}
	filtered := func(c *stage.CheckRecord) {
		leads(stage.HostUnreachable, "10.77.2.12")(c)
		a := &stage.FactsOf[*stage.ConnectFacts](c).Attempts[0]
		a.Outcome, a.Time = stage.DialHostUnreachable, stage.Ms(5*time.Millisecond)
	}
	checkCases(t, []ruleCase{
		{"silent", newRun().add(smtp587, leads(stage.ConnectTimeout, "10.77.2.12")), "", sure{cause.SplitHorizonPrivateAddress: possible}, nil},
		{"silent, of the catalogue", newRun().builtin().add(smtp587, leads(stage.ConnectTimeout, "10.77.2.12")), cause.SplitHorizonPrivateAddress, sure{cause.SplitHorizonPrivateAddress: likely}, nil},
		{"refused", newRun().builtin().add(smtp587, leads(stage.Refused, "10.77.2.12")), cause.ServiceNotListening, nil, split},
		{"forbidden here", newRun().builtin().add(smtp587, leads(stage.Prohibited, "10.77.2.12")), cause.LocalFirewallOrAppPermission, nil, split},
		{"rejected at once", newRun().builtin().add(smtp587, filtered), "", nil, split},
		{"another internal server connects", newRun().builtin().add(smtp587, leads(stage.ConnectTimeout, "10.77.2.12")).add(imap, at("10.77.2.11")), cause.PortFiltered, nil, split},
	})
	many := newRun().builtin().add(smtp587, leads(stage.ConnectTimeout, "10.77.2.12")).add(imap, leads(stage.ConnectTimeout, "10.77.2.11"))
	checkWords(t, "several", many, cause.SplitHorizonPrivateAddress, "smtp.example.net and imap.example.net lead to", "leads to")
}

// One port number is one port in a sentence, at any server.
func TestOnePortOfSeveralHosts(t *testing.T) {
	missing := fail(stage.Upgrade, stage.NotOffered)
	one := newRun().add(smtp587, missing).add("smtp-587b smtp.example.org starttls", missing)
	checkWords(t, "one number", one, cause.StartTLSNotOfferedByServer, "Port 587 of smtp.example.net and smtp.example.org does not offer", " do not offer")
	two := newRun().add(smtp587, missing).add("imap-143 imap.example.net starttls", missing)
	checkWords(t, "two numbers", two, cause.StartTLSNotOfferedByServer, "Port 587 of smtp.example.net and port 143 of imap.example.net do not offer", "does not")
}

// The clock is to be set once: both pages ask for it in the same words.
func TestTheClockIsSetOnce(t *testing.T) {
	first := func(id cause.ID) string {
		p, _ := cause.PageOf(id)
		return p.Actions(nil)[0].Text(prose.English())
	}
	if a, b := first(cause.CertNotYetValid), first(cause.ClientClockWrong); a != b {
		t.Errorf("%q and %q", a, b)
	}
}
