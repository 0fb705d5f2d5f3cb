package diagnose_test

import (
	"strings"
	"testing"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

const pop995 = "pop3-995 pop.example.net tls"

// What a server states outranks what is inferred from several.
func TestStatedBeforeInferred(t *testing.T) {
	const suspended, differ = cause.AccountSuspended, cause.SMTPAndIMAPCredentialsDiffer
	bare := refusedWith("PLAIN", smtpReply(535, "5.7.8", "535 5.7.8 Error: authentication failed"))
	pop := refusedWith("PLAIN", stage.Reply{Status: "-ERR", Lines: []string{"-ERR [AUTH] Your account has been suspended."}})
	smtp := refusedWith("PLAIN", smtpReply(535, "5.7.8", "535 5.7.8 This account is suspended, contact support"))
	behind := fail(stage.Mailbox, stage.Rejected, &stage.MailboxFacts{Reply: &stage.Reply{
		Command: "EXAMINE", Status: "NO", Lines: []string{"NO Your account has been suspended"},
	}})
	checkCases(t, []ruleCase{
		{"two say so, a third takes the login", newRun().add(imap).add(pop995, pop).add(smtp465, smtp), suspended, sure{suspended: likely}, []cause.ID{differ}},
		{"one says so, one refuses, one takes it", newRun().add(imap).add(pop995, pop).add(smtp465, bare), suspended, sure{suspended: likely, differ: possible}, nil},
		{"said behind the login", newRun().add(imap, behind).add(smtp465, bare), suspended, sure{suspended: likely, differ: possible}, nil},
		{"said behind two logins", newRun().add(imap, behind).add(pop995, pop).add(smtp465, bare), suspended, sure{suspended: likely, differ: possible}, nil},
		{"nobody says anything", newRun().add(imap).add(smtp465, bare), differ, sure{differ: likely}, []cause.ID{suspended}},
	})
}

// An alert says whose fault it is.
func TestAlertsNameTheirCause(t *testing.T) {
	const own, cipher, cut, wanted = cause.TLSServerInternalError, cause.TLSCipherMismatch, cause.TLSHandshakeInterrupted, cause.TLSClientCertRequired
	alert := func(a string) *run {
		return newRun().add(imap, fail(stage.Handshake, stage.TLSAlert, &stage.TLSFacts{Alert: a}))
	}
	checkCases(t, []ruleCase{
		{"of the server", alert("internal_error (80)"), own, sure{own: likely}, []cause.ID{cipher, cut, wanted}},
		{"and it has no old version", varied(t, imap, fail(stage.Handshake, stage.TLSAlert, &stage.TLSFacts{Alert: "internal_error (80)"}), tried{
			"old-tls": fail(stage.Handshake, stage.TLSAlert, &stage.TLSFacts{Alert: "internal_error (80)"}),
		}), own, sure{own: likely}, []cause.ID{cipher}},
		{"but it takes an old cipher", varied(t, imap, fail(stage.Handshake, stage.TLSAlert, &stage.TLSFacts{Alert: "internal_error (80)"}), tried{
			"old-tls": chose("TLS 1.2", "TLS_RSA_WITH_AES_128_CBC_SHA", 0, ""),
		}), cipher, sure{cipher: proven}, []cause.ID{own}},
		{"no common cipher", alert("insufficient_security (71)"), cipher, sure{cipher: likely}, []cause.ID{own}},
		{"no common ground", alert("missing_extension (109)"), cipher, sure{cipher: possible}, []cause.ID{own, cut}},
		{"damage", alert("bad_record_mac (20)"), cut, sure{cut: possible}, []cause.ID{cipher, own}},
		{"what it did not understand", alert("decode_error (50)"), cut, sure{cut: possible}, []cause.ID{cipher, own}},
		{"a certificate of the client", alert("access_denied (49)"), wanted, sure{wanted: possible}, []cause.ID{cipher, own}},
		{"a number that nobody knows", alert("alert (200)"), own, sure{own: possible}, []cause.ID{cipher}},
	})
}

// The server's own greeting gives the time, also to a follow-up.
func TestGreetingOutweighsThisClock(t *testing.T) {
	const wrong, notYet = cause.ClientClockWrong, cause.CertNotYetValid
	future := cert(func(c *stage.Certificate) { c.NotBefore, c.NotAfter = now.Add(20*aDay), now.Add(110*aDay) })
	early := bad(future, stage.CertNotYetValid)
	dated := func(ahead time.Duration) step {
		return pass(stage.Greeting, &stage.GreetingFacts{ServerDate: now.Add(ahead).Format(time.RFC3339)})
	}
	const submission = "smtp-587 smtp.example.net starttls"
	checkCases(t, []ruleCase{
		{"its own greeting", newRun().add(submission, dated(30*aDay), early), wrong, sure{wrong: likely, notYet: proven}, nil},
		{"that of another port", newRun().add(smtp465, early).followUp(t, "smtp-465/port-587", dated(30*aDay), early), wrong, sure{wrong: likely}, nil},
		{"it agrees with this clock", newRun().add(smtp465, early).followUp(t, "smtp-465/port-587", dated(time.Second), early), notYet, sure{notYet: proven, wrong: possible}, nil},
		{"and by its own clock it is not valid either", newRun().add(submission, dated(10*aDay), early), notYet, sure{wrong: possible}, nil},
		{"the time server confirms this clock", newRun().asking().add(submission, dated(30*aDay), early).followUp(t, "smtp-587/time", ntpIs(0)), notYet, sure{wrong: possible}, nil},
		{"the web page of the host has another time", newRun().asking().add(submission, dated(30*aDay), early).followUp(t, "smtp-587/date-http", dateIs(0)), "", sure{wrong: possible}, nil},
	})
}

// Web pages at every port, and at an unassigned address, come from the network,
// whether or not the page that is known to be empty could be fetched.
func TestWebPagesEverywhereAreAPortal(t *testing.T) {
	const portal, proxy, wrong = cause.CaptivePortal, cause.AntivirusConnectionProxyBroken, cause.WrongProtocolOnPort
	page := fail(stage.Handshake, stage.PlaintextAnswer, &stage.TLSFacts{FirstBytes: `HTTP/1.1 400 Bad Request`})
	closed := fail(stage.Handshake, stage.HandshakeClosed, &stage.TLSFacts{})
	quiet := fail(stage.Greeting, stage.Silent)
	const submission, nobody = "smtp-587 smtp.example.net starttls", "smtp-587/nobody"
	both := func() *run {
		return newRun().asking().add(imap, page).add(submission, fail(stage.Greeting, stage.WrongProtocol, &stage.GreetingFacts{FirstBytes: `<html><head>`}))
	}
	checkCases(t, []ruleCase{
		{"taken for nobody as well", both().followUp(t, nobody, quiet), portal, sure{portal: likely}, []cause.ID{proxy}},
		{"and no empty page to be had", both().followUp(t, nobody, quiet).followUp(t, "imap-993/portal", fail(stage.Fetch, stage.FetchFailed)), portal, sure{portal: likely}, []cause.ID{proxy}},
		{"at one port alone, and for nobody", newRun().asking().add(submission, fail(stage.Greeting, stage.WrongProtocol, &stage.GreetingFacts{FirstBytes: `<html>`})).followUp(t, nobody, quiet), portal, sure{portal: likely, wrong: possible}, []cause.ID{proxy}},
		{"beside a port that hangs up", both().add("pop3-995 pop.example.net tls", closed).followUp(t, "pop3-995/nobody", closed), portal, sure{portal: likely}, []cause.ID{proxy}},
		{"nothing but closed connections", newRun().asking().add(pop995, closed).followUp(t, "pop3-995/nobody", closed), proxy, sure{proxy: proven}, []cause.ID{portal}},
	})
}

// If neither the system's name servers answer nor any others, the resolver is hardly
// the reason.
func TestNothingComesBackFromTheNetwork(t *testing.T) {
	const network, resolver = cause.NoNetworkRoute, cause.DNSResolverBroken
	silent := func(f stage.Fault, outcome string) step {
		return looked(f, "A "+outcome+" 192.0.2.53:53", "AAAA "+outcome+" 192.0.2.53:53")
	}
	out := looked(stage.DNSTimeout, "A timeout 198.51.100.53:53", "A timeout 198.51.100.54:53", "A timeout 198.51.100.55:53")
	deaf := func() *run { return newRun().asking().add(imap, silent(stage.DNSTimeout, "timeout")) }
	named := stage.ResolveFacts{Host: "198.51.100.9", Literal: true, Addresses: []string{"198.51.100.9"}}
	const other, literal = "imap-993/resolvers", "pop3-995 198.51.100.9 tls"
	checkCases(t, []ruleCase{
		{"nobody answers", deaf().followUp(t, other, out), network, sure{network: likely, resolver: possible}, nil},
		{"nor a server whose address is known", deaf().add(literal, pass(stage.Resolve, &named), timeout()).followUp(t, other, out), network, sure{network: likely}, nil},
		{"a server answers", deaf().add(literal, pass(stage.Resolve, &named)).followUp(t, other, out), resolver, sure{resolver: proven}, []cause.ID{network}},
		{"a server refuses", deaf().add(literal, pass(stage.Resolve, &named), dialled(stage.Refused, stage.DialRefused)).followUp(t, other, out), "", nil, []cause.ID{network}},
		{"others answer", deaf().followUp(t, other), resolver, sure{resolver: proven}, []cause.ID{network}},
		{"nobody else was asked", deaf(), resolver, sure{resolver: proven}, []cause.ID{network}},
		{"it refuses, and nobody else answers", newRun().asking().add(imap, silent(stage.DNSRefused, "refused")).followUp(t, other, out), resolver, nil, []cause.ID{network}},
	})
	d := deaf().followUp(t, other, out).diagnose(t)
	if lines := diagnose.NotKnown(prose.English(), d); len(lines) == 0 || !strings.Contains(strings.Join(lines, "\n"), "network here") {
		t.Errorf("what is left open: %q", lines)
	}
}

// If something answers in clear text for everybody and presents the same certificate
// under TLS, that explains the foreign certificate.
func TestProxyExplainsItsCertificateEverywhere(t *testing.T) {
	const proxy, names = cause.TransparentSMTPProxy, cause.CertNameMismatchHosting
	const gate = "220 server1.hoster.example ESMTP Exim"
	foreign := cert(func(c *stage.Certificate) { c.SHA256, c.Names = "77bb", []string{"server1.hoster.example"} })
	own := cert(func(c *stage.Certificate) { c.SHA256, c.Names = "88cc", []string{"other.example.net"} })
	greeting := pass(stage.Greeting, &stage.GreetingFacts{Reply: stage.Reply{Code: 220, Lines: []string{gate}}})
	both := func(tls *stage.TLSFacts) *run {
		return newRun().builtin().asking().add(smtp465, bad(tls, stage.CertNameMismatch)).add(smtp587, greeting, bad(foreign, stage.CertNameMismatch))
	}
	proved := both(foreign).followUp(t, "smtp-587/nobody", greeting)
	alone := newRun().builtin().asking().add(smtp465, bad(foreign, stage.CertNameMismatch)).followUp(t, "smtp-465/nobody", bad(foreign, stage.CertNameMismatch))
	checkCases(t, []ruleCase{
		{"on both ports", proved, proxy, sure{proxy: proven}, nil},
		{"under TLS alone", alone, proxy, sure{proxy: proven}, nil},
		{"another certificate under TLS", both(own).followUp(t, "smtp-587/nobody", greeting), "", sure{proxy: proven, names: likely}, nil},
		{"nobody greets where nobody is", both(foreign).followUp(t, "smtp-587/nobody", timeout()), names, nil, []cause.ID{proxy}},
	})
	for name, r := range map[string]*run{"both": proved, "alone": alone} {
		for _, f := range r.diagnose(t).Findings {
			if f.Cause == names && f.SuppressedBy != proxy {
				t.Errorf("%s: the certificate stands beside the proxy: %+v", name, f)
			}
		}
		checkWords(t, name, r, proxy, "answers in place of your provider", "use SSL/TLS from the start")
	}
	// 465 was tried and fails as well, for a reason of its own: nobody is sent
	// there.
	other := both(own).followUp(t, "smtp-587/nobody", greeting)
	checkWords(t, "465 has a fault of its own", other, proxy, "pass untouched", "No other port helps")
	checkWords(t, "465 is no way", other, proxy, "pass untouched", "use SSL/TLS from the start")
}

// An incomplete chain of a catalogue provider is judged by the evidence for a link
// that was left out.
func TestMissingLinkAgainstSomebodyBetween(t *testing.T) {
	const gap, mitm = cause.CertMissingIntermediate, cause.MITMUnknownIssuer
	by := func(issuer string, begun time.Duration, urls ...string) step {
		return bad(cert(func(c *stage.Certificate) {
			c.Issuer, c.Issuers, c.NotBefore, c.SHA256 = "CN="+issuer, urls, now.Add(-begun), "a1b2"
		}), stage.CertUnknownAuthority)
	}
	at := func(steps ...step) *run { return newRun().builtin().add(imap, steps...) }
	const other, own, public = "imap-143 imap.example.net starttls", "Example Mail CA", "Sectigo RSA Domain Validation Secure Server CA"
	both := func(s step) *run { return at(s).add(other, s) }
	checkCases(t, []ruleCase{
		{"made yesterday by nobody known", at(by(own, aDay)), mitm, sure{mitm: likely}, []cause.ID{gap}},
		{"and the same at its other port", both(by(own, aDay)), mitm, sure{mitm: likely}, []cause.ID{gap}},
		{"a month old, the same at its other port", both(by(own, 30*aDay)), gap, sure{gap: possible, mitm: possible}, nil},
		{"a public name, a month old, at both", both(by(public, 30*aDay)), gap, sure{gap: likely}, nil},
		{"a public name of yesterday", at(by(public, aDay)), gap, sure{gap: possible, mitm: possible}, nil},
		{"it says where its issuer is", at(by(own, aDay, "http://ca.example/r1.der")), gap, sure{gap: possible, mitm: possible}, nil},
	})
	lines := strings.Join(diagnose.NotKnown(prose.English(), both(by(own, 30*aDay)).diagnose(t)), "\n")
	if !strings.Contains(lines, "somebody in between") || !strings.Contains(lines, "withheld in either case") {
		t.Errorf("what is left open: %s", lines)
	}
}

// What a flag demanded is distinguished from what the account has.
func TestTokenAndMechanismThatWereAskedFor(t *testing.T) {
	const dialect, password, mechanism = cause.SASLDialectIncompatible, cause.WrongPassword, cause.AuthMechNotOffered
	offers := pass(stage.Capabilities, &stage.CapabilityFacts{Mechanisms: []string{"PLAIN", "LOGIN"}})
	token := newRun().with(func(r *stage.Record) { r.Header.Options.Token = true }).add(imap, offers, fail(stage.Login, stage.NoMechanism, &stage.LoginFacts{}))
	forced := func(m string) *run {
		return newRun().with(func(r *stage.Record) { r.Header.Options.Mechanism = m }).add(imap, refusedWith(m, authFailed))
	}
	checkCases(t, []ruleCase{
		{"a token", token, mechanism, sure{mechanism: proven}, nil},
		{"CRAM-MD5", forced("CRAM-MD5"), dialect, sure{dialect: possible, password: possible}, nil},
		{"PLAIN", forced("PLAIN"), password, sure{password: likely}, []cause.ID{dialect}},
		{"CRAM-MD5, by itself, and PLAIN works", newRun().add(imap, refusedWith("CRAM-MD5", authFailed)).followUp(t, "imap-993/plain"), dialect, sure{dialect: proven}, []cause.ID{password}},
	})
	checkWords(t, "a token", token, mechanism, "no access token", "offer PLAIN")
	checkWords(t, "no token", newRun().add(imap, offers, fail(stage.Login, stage.NoMechanism, &stage.LoginFacts{})), mechanism, "offer PLAIN", "access token")
}

// A network interface that doesn't exist is neither a firewall nor missing IPv6.
func TestAddressOfAMissingInterface(t *testing.T) {
	scoped := stage.ConnectFacts{Attempts: []stage.Attempt{{Address: "[fe80::1%eth0]:993", Outcome: stage.DialNetworkUnreachable}}}
	r := newRun().add("imap-993 fe80::1%eth0 tls", pass(stage.Resolve, &stage.ResolveFacts{Host: "fe80::1%eth0", Literal: true, Addresses: []string{"fe80::1%eth0"}}),
		fail(stage.Connect, stage.NetworkUnreachable, &scoped))
	checkCases(t, []ruleCase{{"scoped", r, cause.IPv6BrokenPath, nil, []cause.ID{cause.LocalFirewallOrAppPermission}}})
	checkWords(t, "scoped", r, cause.IPv6BrokenPath, "no interface of that name", "no IPv6 route")
}

// A server that continues after a proxy header was waiting for one.
func TestServerWaitsForAProxy(t *testing.T) {
	const header, cut, busy = cause.ProxyProtocolExpected, cause.ConnectionResetAfterAccept, cause.ServerBusyGreeting
	closed := fail(stage.Handshake, stage.HandshakeClosed, &stage.TLSFacts{})
	gone := fail(stage.Greeting, stage.Closed)
	local := fail(stage.Greeting, stage.TemporarilyOut, &stage.GreetingFacts{Reply: smtpReply(421, "4.3.0", "421 4.3.0 mx.example.net Server local error")})
	busily := fail(stage.Greeting, stage.TemporarilyOut, &stage.GreetingFacts{Reply: smtpReply(421, "4.3.2", "421 4.3.2 too many connections")})
	checkCases(t, []ruleCase{
		{"under TLS", newRun().add(smtp465, closed).followUp(t, "smtp-465/proxy-header"), header, sure{header: proven}, nil},
		{"in clear", newRun().add(smtp587, gone).followUp(t, "smtp-587/proxy-header"), header, sure{header: proven}, nil},
		{"by Postfix's word", newRun().add(smtp587, local).followUp(t, "smtp-587/proxy-header"), header, sure{header: proven}, nil},
		{"it is cut all the same", newRun().add(smtp587, gone).followUp(t, "smtp-587/proxy-header", gone), cut, nil, []cause.ID{header}},
		{"it goes on by itself, too", newRun().add(smtp587, gone).followUp(t, "smtp-587/proxy-header").followUp(t, "smtp-587/again"), cut, sure{header: possible}, nil},
	})
	for _, q := range newRun().add(smtp587, busily).diagnose(t).Questions {
		if q.Check.Question == stage.AskProxyHeader {
			t.Error("a busy server is asked once more")
		}
	}
}
