package expect_test

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/expect"
	"maildoctor/probe/probetest"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

var started = time.Date(2026, 11, 22, 3, 15, 0, 0, time.UTC)

// scene is a record of one check, ready to be changed.
type scene struct {
	rec *stage.Record
	c   *stage.CheckRecord
	d   diagnose.Diagnosis
}

// newScene returns a check of an endpoint of which every stage passed without facts.
func newScene(p stage.Protocol, port uint16, s stage.Security) *scene {
	c := stage.Check{ID: "it", Kind: stage.KindEndpoint, Endpoint: stage.Endpoint{Protocol: p, Host: "mail.example.test", Port: port, Security: s}}
	rec := &stage.Record{
		Header: stage.Header{
			Started: started, Options: stage.Options{Login: true, Password: true, Discovery: true, ConnectTimeout: stage.Ms(10 * time.Second)},
			System: stage.System{LinkUp: true, Addresses: []string{"192.0.2.99", "fe80::1"}},
			Plan:   stage.Plan{Subjects: []stage.Subject{{Argument: "it", User: "jane@example.test"}}, Checks: []stage.Check{c}},
		},
		Checks: []stage.CheckRecord{{Check: c}},
	}
	one := &rec.Checks[0]
	for _, s := range c.Order() {
		one.Results = append(one.Results, stage.Result{Stage: s, Status: stage.Pass, Time: stage.Ms(100 * time.Millisecond)})
	}
	return &scene{rec: rec, c: one}
}

// saw sets the facts of a stage.
func (s *scene) saw(f stage.Facts, at stage.Stage) *scene {
	s.c.Result(at).Facts = f
	return s
}

// failed makes a stage fail, and skips those after it.
func (s *scene) failed(at stage.Stage, fault stage.Fault) *scene {
	after := false
	for i := range s.c.Results {
		r := &s.c.Results[i]
		switch {
		case r.Stage == at:
			r.Status, r.Fault, after = stage.Fail, fault, true
		case after:
			r.Status, r.Reason, r.BlockedBy, r.Facts = stage.Skip, stage.Blocked, at, nil
		}
	}
	return s
}

// skipped skips stages.
func (s *scene) skipped(why stage.Reason, stages ...stage.Stage) *scene {
	for _, at := range stages {
		r := s.c.Result(at)
		r.Status, r.Reason, r.Facts, r.Time = stage.Skip, why, nil, 0
	}
	return s
}

// found adds a finding about the check.
func (s *scene) found(id cause.ID, at stage.Stage, change ...func(*diagnose.Finding)) *scene {
	f := diagnose.Finding{Cause: id, Severity: cause.Fail, Confidence: cause.Proven, Stage: at, Checks: []string{"it"}}
	for _, c := range change {
		c(&f)
	}
	s.d.Findings = append(s.d.Findings, f)
	return s
}

// tried adds a trial that serves the check.
func (s *scene) tried(kind stage.Kind, results ...stage.Result) *scene {
	c := stage.Check{ID: "it/" + string(kind), Kind: kind, Endpoint: s.c.Check.Endpoint, Parents: []string{"it"}, Round: 1}
	s.rec.Trials = append(s.rec.Trials, stage.CheckRecord{Check: c, Results: results})
	return s
}

// judge judges one expectation: the outcome, what was seen or why it can't be judged,
// and the cause.
func (s *scene) judge(t *testing.T, id stage.ExpectationID, want ...string) string {
	t.Helper()
	s.c.Check.Expects = []stage.Expectation{{ID: id, Want: want, Severity: stage.ExpectFail}}
	all := expect.Judge(s.rec, s.d)
	if len(all) != 1 {
		t.Fatalf("%d judgements", len(all))
	}
	j := all[0]
	if (j.Outcome == expect.NotJudged) != j.Seen.Empty() || (j.Outcome == expect.NotJudged) == j.Why.Empty() {
		t.Errorf("%s: seen %q, why %q", j.Outcome, prose.English().Text(j.Seen), prose.English().Text(j.Why))
	}
	l := prose.English()
	text := string(j.Outcome) + ": " + l.Text(j.Expected) + " | " + l.Text(j.Seen) + l.Text(j.Why)
	if j.Cause != "" {
		text += " | " + string(j.Cause)
	}
	return text
}

func imaps() *scene { return newScene(stage.IMAP, 993, stage.TLS) }
func imap() *scene  { return newScene(stage.IMAP, 143, stage.StartTLS) }
func pop() *scene   { return newScene(stage.POP3, 110, stage.StartTLS) }
func smtp() *scene  { return newScene(stage.SMTP, 587, stage.StartTLS) }
func clear() *scene { return newScene(stage.SMTP, 25, stage.None) }

// unencrypted is an endpoint with encryption if offered, where it isn't.
func unencrypted() *scene {
	s := newScene(stage.SMTP, 25, stage.StartTLSIfOffered).skipped(stage.NotApplicable, stage.Handshake)
	r := s.c.Result(stage.Upgrade)
	r.Status, r.Fault, r.Facts = stage.Warn, stage.NotOffered, &stage.StartTLSFacts{}
	return s
}

// certified has shown certificates, the server's first.
func certified(chain ...stage.Certificate) *scene {
	return imaps().saw(&stage.TLSFacts{Version: "TLS 1.3", Chain: chain}, stage.Handshake)
}

func lasts(days float64) stage.Certificate {
	return stage.Certificate{NotAfter: started.Add(time.Duration(days * 24 * float64(time.Hour))), Names: []string{"*.example.test", "192.0.2.1"}, Issuer: "CN=R1,O=Example CA", Key: "RSA 2048"}
}

// showing finds the digest of what the server shows, which is new in each run.
var showing = regexp.MustCompile(`[0-9a-f]{16}(\.\.\., where)`)

// itself is a certificate that was kept.
var itself = sync.OnceValue(func() stage.Certificate {
	ca, err := probetest.NewCA("Root")
	if err != nil {
		panic(err)
	}
	return stage.Certificate{DER: ca.Certificate.Raw, SHA256: strings.Repeat("0", 64)}
})

// associated has shown a certificate, and has these TLSA records.
func associated(signed bool, records ...stage.TLSA) *scene {
	return certified(itself()).tried(stage.KindTLSA, stage.Result{Stage: stage.Resolve, Status: stage.Pass, Facts: &stage.ResolveFacts{
		Host:    "mail.example.test",
		Lookups: []stage.Lookup{{Name: "_993._tcp.mail.example.test", Type: "TLSA", Outcome: stage.LookupAnswer, TLSA: records, Authenticated: signed}},
	}})
}

// forgotten is a run that doesn't hold the certificates themselves.
func forgotten(s *scene) *scene {
	s.c.Result(stage.Handshake).Facts.(*stage.TLSFacts).Chain[0].DER = nil
	return s
}

// shouted is a run in a network that answers in place of what is published.
func shouted(s *scene) *scene {
	s.rec.Sources = append(s.rec.Sources, stage.Source{ID: stage.SourceNetwork})
	return s
}

func keyed(key string) *scene {
	c := lasts(90)
	c.Key = key
	return certified(c)
}

func dialled(s *scene, outcomes map[string]stage.DialOutcome) *scene {
	f := &stage.ConnectFacts{}
	r := &stage.ResolveFacts{}
	for a, o := range outcomes {
		f.Attempts = append(f.Attempts, stage.Attempt{Address: a, Outcome: o})
	}
	slices.SortFunc(f.Attempts, func(a, b stage.Attempt) int { return len(a.Address) - len(b.Address) })
	return s.saw(r, stage.Resolve).saw(f, stage.Connect)
}

const (
	four = "198.51.100.7:993"
	six  = "[2001:db8::7]:993"
)

func withIPv6(s *scene) *scene {
	s.rec.Header.System.Addresses = append(s.rec.Header.System.Addresses, "2001:db8::99")
	return s
}

func lookedUp(s *scene, o stage.LookupOutcome) *scene {
	return s.saw(&stage.ResolveFacts{Addresses: []string{"198.51.100.7"}, Lookups: []stage.Lookup{{Type: "AAAA", Outcome: o}}}, stage.Resolve)
}

func inFamily(s *scene, f string) *scene {
	s.rec.Header.Options.Family = f
	return s
}

func mailbox(s *scene, f *stage.MailboxFacts) *scene { return s.saw(f, stage.Mailbox) }

func refusedWith(s *scene, fault stage.Fault, f *stage.SubmitFacts) *scene {
	s.failed(stage.Submit, fault)
	return s.saw(f, stage.Submit)
}

func relayed(fault stage.Fault, code int, enhanced, text string) *scene {
	return smtp().tried(stage.KindRelay, stage.Result{
		Stage: stage.Submit, Status: stage.Fail, Fault: fault,
		Facts: &stage.SubmitFacts{Sender: "a@b.invalid", Recipient: "c@d.invalid", Reply: &stage.Reply{Code: code, Enhanced: enhanced, Lines: []string{text}}},
	})
}

// Every way in which an expectation can be met, unmet or impossible to judge that isn't
// seen on the wire elsewhere.
func TestJudge(t *testing.T) {
	possible := func(f *diagnose.Finding) { f.Confidence = cause.Possible }
	suppressed := func(f *diagnose.Finding) { f.SuppressedBy = cause.CertExpired }
	kb := func(n int64) *int64 { n <<= 10; return &n }
	for _, tt := range []struct {
		name string
		s    *scene
		id   stage.ExpectationID
		want []string
		says string
	}{
		{"any family", dialled(imaps(), map[string]stage.DialOutcome{four: stage.DialRefused, six: stage.DialConnected}), stage.ExpectReachable, nil, "met: connection | IPv6 answers"},
		{"port 25 filtered here", dialled(imaps(), map[string]stage.DialOutcome{four: stage.DialTimeout}).found(cause.ISPPort25Filtered, stage.Connect), stage.ExpectReachable, []string{"ipv4"}, "not-judged: IPv4 | this network is in the way (isp-port25-filtered) | isp-port25-filtered"},
		{"perhaps filtered here", dialled(imaps(), map[string]stage.DialOutcome{four: stage.DialTimeout}).found(cause.ISPPort25Filtered, stage.Connect, possible), stage.ExpectReachable, []string{"ipv4"}, "unmet: IPv4 | IPv4: no answer in 10 s | isp-port25-filtered"},
		{"no answer by IPv6 without IPv6", dialled(imaps(), map[string]stage.DialOutcome{six: stage.DialTimeout}), stage.ExpectReachable, []string{"ipv6"}, "not-judged: IPv6 | this computer has no IPv6"},
		{"refused by IPv6 without IPv6", dialled(imaps(), map[string]stage.DialOutcome{six: stage.DialRefused}), stage.ExpectReachable, []string{"ipv6"}, "unmet: IPv6 | IPv6: connection refused"},
		{"one unmet counts more than one unjudged", dialled(imaps(), map[string]stage.DialOutcome{four: stage.DialRefused, six: stage.DialTimeout}), stage.ExpectReachable, []string{"both"}, "unmet: IPv4 and IPv6 | IPv4: connection refused"},
		{"no AAAA record", lookedUp(imaps(), stage.LookupNoData), stage.ExpectReachable, []string{"ipv6"}, "unmet: IPv6 | no IPv6 address"},
		{"an AAAA record, and no IPv6 here", lookedUp(imaps(), stage.LookupAnswer), stage.ExpectReachable, []string{"ipv6"}, "not-judged: IPv6 | this computer has no IPv6"},
		{"only IPv4 asked for", inFamily(withIPv6(imaps()).saw(&stage.ResolveFacts{NotDialled: []string{"2001:db8::7"}}, stage.Resolve), "4"), stage.ExpectReachable, []string{"ipv6"}, "not-judged: IPv6 | only IPv4 was asked for"},
		{"no such name", imaps().failed(stage.Resolve, stage.NameNotFound).found(cause.HostnameTypoNXDomain, stage.Resolve), stage.ExpectReachable, []string{"ipv4"}, "unmet: IPv4 | no IPv4 address | hostname-typo-nxdomain"},
		{"no name server", imaps().failed(stage.Resolve, stage.DNSTimeout), stage.ExpectReachable, []string{"ipv4"}, "not-judged: IPv4 | the name could not be looked up from here"},
		{"no network", imaps().failed(stage.Connect, stage.NetworkUnreachable).found(cause.NoNetworkRoute, stage.Connect), stage.ExpectReachable, []string{"ipv4"}, "not-judged: IPv4 | this computer has no network"},

		{"if offered, and it is not", unencrypted(), stage.ExpectSecurity, []string{"starttls-if-offered"}, "met: STARTTLS | no encryption"},
		{"STARTTLS wanted, and not there", unencrypted().found(cause.StartTLSStrippedByMiddlebox, stage.Upgrade), stage.ExpectSecurity, []string{"starttls"}, "unmet: STARTTLS | no encryption | starttls-stripped-by-middlebox"},
		{"nothing to be seen of security", imaps().failed(stage.Handshake, stage.HandshakeClosed), stage.ExpectSecurity, []string{"tls"}, "not-judged: SSL/TLS | tls failed, which is reported by itself"},
		{"TLS of a bad certificate", certified(lasts(-3)).failed(stage.Handshake, stage.BadCertificate), stage.ExpectSecurity, []string{"tls"}, "met: SSL/TLS | SSL/TLS"},
		{"none at all", clear(), stage.ExpectSecurity, []string{"none", "starttls"}, "met: no encryption or STARTTLS | no encryption"},

		{"old TLS alone", imaps().failed(stage.Handshake, stage.TLSVersion).found(cause.TLSServerTooOld, stage.Handshake), stage.ExpectTLSMin, []string{"1.2"}, "unmet: at least TLS 1.2 | older than TLS 1.2 | tls-server-too-old"},
		{"old TLS is enough", imaps().failed(stage.Handshake, stage.TLSVersion), stage.ExpectTLSMin, []string{"1.0"}, "not-judged: at least TLS 1.0 | tls failed, which is reported by itself"},
		{"TLS 1.2 where 1.3 is wanted", imaps().saw(&stage.TLSFacts{Version: "TLS 1.2"}, stage.Handshake), stage.ExpectTLSMin, []string{"1.3"}, "unmet: at least TLS 1.3 | TLS 1.2"},
		{"no TLS", clear(), stage.ExpectTLSMin, []string{"1.2"}, "unmet: at least TLS 1.2 | no encryption"},

		{"exactly enough days", certified(lasts(14)), stage.ExpectCertificateDays, []string{"14"}, "met: at least 14 | 14"},
		{"hours short", certified(lasts(13.9)), stage.ExpectCertificateDays, []string{"14"}, "unmet: at least 14 | 13"},
		{"expired", certified(lasts(-0.5)).failed(stage.Handshake, stage.BadCertificate).found(cause.CertExpired, stage.Handshake), stage.ExpectCertificateDays, []string{"14"}, "unmet: at least 14 | -1 | cert-expired"},
		{"an intermediate expires first", certified(lasts(90), lasts(7)), stage.ExpectCertificateDays, []string{"14"}, "unmet: at least 14 | 7"},
		{"a root sent along", certified(lasts(90), func() stage.Certificate { c := lasts(7); c.SelfSigned = true; return c }()), stage.ExpectCertificateDays, []string{"14"}, "met: at least 14 | 90"},
		{"an expired one too many", certified(lasts(90), lasts(-7)).saw(&stage.TLSFacts{Version: "TLS 1.3", Chain: []stage.Certificate{lasts(90), lasts(-7)}, Faults: []stage.CertFault{{ID: stage.CertExpiredExtra, Depth: 1, Warning: true}}}, stage.Handshake), stage.ExpectCertificateDays, []string{"14"}, "met: at least 14 | 90"},
		{"a certificate without TLS", clear(), stage.ExpectCertificateDays, []string{"14"}, "not-judged: at least 14 | there is no certificate without encryption"},
		{"another finding explains nothing", certified(lasts(3)).found(cause.CertNameMismatchHosting, stage.Handshake), stage.ExpectCertificateDays, []string{"14"}, "unmet: at least 14 | 3"},
		{"a consequence explains nothing", certified(lasts(3)).found(cause.CertExpiresSoon, stage.Handshake, suppressed), stage.ExpectCertificateDays, []string{"14"}, "unmet: at least 14 | 3"},
		{"a wildcard covers", certified(lasts(90)), stage.ExpectCertificateNames, []string{"IMAP.example.test", "*.example.test", "192.0.2.1"}, "met: IMAP.example.test, *.example.test and 192.0.2.1 | *.example.test and 192.0.2.1"},
		{"a wildcard covers one label", certified(lasts(90)), stage.ExpectCertificateNames, []string{"a.b.example.test", "example.test"}, "unmet: a.b.example.test and example.test | a.b.example.test and example.test missing"},
		{"one of two issuers", certified(lasts(90)), stage.ExpectCertificateIssuer, []string{"Other", "example ca"}, "met: one of Other or example ca in the issuer's name | CN=R1,O=Example CA"},
		{"RSA", keyed("RSA 2048"), stage.ExpectCertificateKey, []string{"3072"}, "unmet: as strong as RSA 3072 | RSA 2048"},
		{"P-384", keyed("ECDSA P-384"), stage.ExpectCertificateKey, []string{"4096"}, "met: as strong as RSA 4096 | ECDSA P-384, as strong as RSA 7680"},
		{"Ed25519", keyed("Ed25519"), stage.ExpectCertificateKey, []string{"3072"}, "met: as strong as RSA 3072 | Ed25519, as strong as RSA 3072"},
		{"a key of a kind to come", keyed("ML-DSA"), stage.ExpectCertificateKey, []string{"3072"}, "not-judged: as strong as RSA 3072 | ML-DSA, whose strength is not known"},

		{"STARTTLS offered where none is wanted", clear().saw(&stage.CapabilityFacts{StartTLS: true}, stage.Capabilities), stage.ExpectStartTLSOffered, []string{"false"}, "unmet: not offered | offered"},
		{"STARTTLS not offered, as wanted", clear().saw(&stage.CapabilityFacts{}, stage.Capabilities), stage.ExpectStartTLSOffered, []string{"false"}, "met: not offered | not offered"},
		{"STARTTLS, and the server hung up", smtp().failed(stage.Upgrade, stage.Closed).saw(&stage.StartTLSFacts{}, stage.Upgrade), stage.ExpectStartTLSOffered, []string{"true"}, "not-judged: offered | starttls failed, which is reported by itself"},

		{"IMAP LOGIN before TLS", imap().saw(&stage.StartTLSFacts{Offered: true, Capabilities: []string{"IMAP4rev1", "STARTTLS"}}, stage.Upgrade), stage.ExpectLoginNeedsTLS, nil, "unmet: no login before encryption | LOGIN before encryption"},
		{"LOGINDISABLED", imap().saw(&stage.StartTLSFacts{Offered: true, LoginDisabled: true, Capabilities: []string{"IMAP4rev1", "STARTTLS", "LOGINDISABLED"}}, stage.Upgrade), stage.ExpectLoginNeedsTLS, nil, "met: no login before encryption | no login before encryption"},
		{"LOGINDISABLED and a mechanism", imap().saw(&stage.StartTLSFacts{Offered: true, LoginDisabled: true, Capabilities: []string{"LOGINDISABLED", "AUTH=PLAIN"}}, stage.Upgrade), stage.ExpectLoginNeedsTLS, nil, "unmet: no login before encryption | PLAIN before encryption"},
		{"USER before TLS", pop().saw(&stage.StartTLSFacts{Offered: true, Capabilities: []string{"STLS", "USER"}}, stage.Upgrade), stage.ExpectLoginNeedsTLS, nil, "unmet: no login before encryption | USER before encryption"},
		{"APOP before TLS", pop().saw(&stage.StartTLSFacts{Offered: true, Capabilities: []string{"STLS"}}, stage.Upgrade).saw(&stage.GreetingFacts{APOP: true}, stage.Greeting), stage.ExpectLoginNeedsTLS, nil, "unmet: no login before encryption | APOP before encryption"},
		{"AUTH before TLS", smtp().saw(&stage.StartTLSFacts{Offered: true, Capabilities: []string{"STARTTLS", "AUTH PLAIN", "AUTH=PLAIN"}}, stage.Upgrade), stage.ExpectLoginNeedsTLS, nil, "unmet: no login before encryption | PLAIN before encryption"},
		{"AUTH without TLS", clear().saw(&stage.CapabilityFacts{List: []string{"AUTH CRAM-MD5"}}, stage.Capabilities), stage.ExpectLoginNeedsTLS, nil, "unmet: no login before encryption | CRAM-MD5 before encryption"},
		{"TLS from the start", certified(lasts(90)), stage.ExpectLoginNeedsTLS, nil, "met: no login before encryption | SSL/TLS"},
		{"what is before TLS was not listed", pop().saw(&stage.StartTLSFacts{Offered: true}, stage.Upgrade), stage.ExpectLoginNeedsTLS, nil, "not-judged: no login before encryption | the server does not say"},

		{"a part of a word", smtp().saw(&stage.CapabilityFacts{List: []string{"SIZE 1000", "SASL PLAIN LOGIN"}}, stage.Capabilities), stage.ExpectCapabilities, []string{"size", "SASL PLAIN", "SIZ"}, "unmet: size, SASL PLAIN and SIZ offered | SIZ missing"},
		{"nothing listed", smtp().failed(stage.Capabilities, stage.Silent), stage.ExpectMechanisms, []string{"PLAIN"}, "not-judged: PLAIN offered | capabilities failed, which is reported by itself"},

		{"budget spent", imaps().skipped(stage.LoginBudget, stage.Login), stage.ExpectLogin, nil, "not-judged: accepted | not tried: one more refusal might lock the account"},
		{"no account", imaps().skipped(stage.NoUser, stage.Login), stage.ExpectLogin, nil, "not-judged: accepted | no account was given"},
		{"left out", imaps().skipped(stage.NotAsked, stage.Login), stage.ExpectWrongPassword, nil, "not-judged: refused | it was left out"},
		{"the server hung up at the login", imaps().failed(stage.Login, stage.Closed), stage.ExpectLogin, nil, "unmet: accepted | the server hung up"},
		{"interrupted", imaps().skipped(stage.Interrupted, stage.Login), stage.ExpectLogin, nil, "not-judged: accepted | not finished: the run was interrupted"},
		{"a wrong password refused for now", imaps().tried(stage.KindWrongPassword, stage.Result{Stage: stage.Login, Status: stage.Fail, Fault: stage.TemporarilyOut, Facts: &stage.LoginFacts{Reply: &stage.Reply{Status: "NO", Lines: []string{"NO [UNAVAILABLE] later"}}}}), stage.ExpectWrongPassword, nil, "not-judged: refused | refused only for now: NO [UNAVAILABLE] later"},
		{"a wrong password without an answer", imaps().tried(stage.KindWrongPassword, stage.Result{Stage: stage.Login, Status: stage.Fail, Fault: stage.Silent}), stage.ExpectWrongPassword, nil, "not-judged: refused | login failed, which is reported by itself"},
		{"a wrong password that was not tried", imaps(), stage.ExpectWrongPassword, nil, "not-judged: refused | it was not tried"},

		{"the recipient refused", refusedWith(smtp(), stage.Rejected, &stage.SubmitFacts{Sender: "a@b.test", Accepted: true, Reply: &stage.Reply{Code: 550, Lines: []string{"550 5.7.1 no"}}}), stage.ExpectSender, []string{"true"}, "not-judged: accepted | the refusal may be about the recipient: 550 5.7.1 no"},
		{"no sender is known", smtp().skipped(stage.NoSender, stage.Submit), stage.ExpectSender, []string{"a@b.test"}, "not-judged: a@b.test accepted | not tested: no sender address is known"},
		{"letters that are not taken", refusedWith(smtp(), stage.NotOffered, &stage.SubmitFacts{Sender: "ä@b.test"}), stage.ExpectSender, []string{"ä@b.test"}, "unmet: ä@b.test accepted | the server accepts no address with such letters"},
		{"no size announced", smtp().saw(&stage.CapabilityFacts{}, stage.Capabilities), stage.ExpectSize, []string{"10000000"}, "unmet: at least 10 MB | no size announced"},
		{"no limit", smtp().saw(&stage.CapabilityFacts{Size: new(int64(0))}, stage.Capabilities), stage.ExpectSize, []string{"10000000"}, "met: at least 10 MB | no limit"},
		{"exactly full enough", mailbox(imaps(), &stage.MailboxFacts{QuotaUsed: kb(80), QuotaLimit: kb(100)}), stage.ExpectQuota, []string{"80"}, "unmet: below 80 % | 80 %, 80 of 100 KB"},
		{"a quota without a limit", mailbox(imaps(), &stage.MailboxFacts{QuotaUsed: kb(80), QuotaLimit: kb(0)}), stage.ExpectQuota, []string{"80"}, "not-judged: below 80 % | the server does not say"},
		{"POP3 by the profile's size", func() *scene {
			s := mailbox(pop(), &stage.MailboxFacts{Bytes: kb(50)})
			s.rec.Header.Plan.Subjects[0].Profile = &stage.Profile{ID: "x", MailboxBytes: 100 << 10}
			return s
		}(), stage.ExpectQuota, []string{"80"}, "met: below 80 % | 50 %, 50 of 100 KB"},

		{"relay denied", relayed(stage.Rejected, 554, "5.7.1", "554 5.7.1 Relay access denied"), stage.ExpectNoRelay, nil, "met: no mail for strangers without a login | refused: 554 5.7.1 Relay access denied"},
		{"the sender's domain is unknown, for now", relayed(stage.TemporarilyOut, 450, "4.1.8", "450 4.1.8 Sender address rejected: Domain not found"), stage.ExpectNoRelay, nil, "not-judged: no mail for strangers without a login | the refusal is about the reserved domain, which does not exist: 450 4.1.8 Sender address rejected: Domain not found"},
		{"Exim verifies", relayed(stage.Rejected, 550, "", "550 Unrouteable address"), stage.ExpectNoRelay, nil, "not-judged: no mail for strangers without a login | the refusal is about the reserved domain, which does not exist: 550 Unrouteable address"},
		{"relay that lost its connection", smtp().tried(stage.KindRelay, stage.Result{Stage: stage.Submit, Status: stage.Fail, Fault: stage.Closed}), stage.ExpectNoRelay, nil, "not-judged: no mail for strangers without a login | sender failed, which is reported by itself"},
		{"relay that was not reached", smtp().failed(stage.Connect, stage.Refused), stage.ExpectNoRelay, nil, "not-judged: no mail for strangers without a login | it failed before that (connect), which is reported by itself"},

		{"no greeting in time", imap().failed(stage.Greeting, stage.Silent).found(cause.AcceptNoGreeting, stage.Greeting), stage.ExpectGreeting, []string{"50"}, "unmet: within 50 ms | no greeting in 100 ms | accept-no-greeting"},
		{"the server hung up in time", imap().failed(stage.Greeting, stage.Closed), stage.ExpectGreeting, []string{"50"}, "not-judged: within 50 ms | greeting failed, which is reported by itself"},
		{"the handshake counts", imaps(), stage.ExpectGreeting, []string{"150"}, "unmet: within 150 ms | 200 ms"},
		{"it doesn't with STARTTLS", imap(), stage.ExpectGreeting, []string{"100"}, "met: within 100 ms | 100 ms"},
		{"ready with a login", imaps(), stage.ExpectReady, []string{"500"}, "unmet: within 500 ms | 600 ms"},
		{"ready without a login", imaps().skipped(stage.NoPassword, stage.Login, stage.Mailbox), stage.ExpectReady, []string{"500"}, "met: within 500 ms | 500 ms"},
		{"never ready", imaps().failed(stage.Greeting, stage.Silent), stage.ExpectReady, []string{"500"}, "not-judged: within 500 ms | it failed before that (greeting), which is reported by itself"},

		{"a consequence is no cause", imaps().found(cause.WrongPassword, stage.Login, suppressed), stage.ExpectNoCause, []string{"wrong-password"}, "met: none of wrong-password | nothing"},
		{"cut short", imaps().skipped(stage.OutOfTime, stage.Mailbox), stage.ExpectNoCause, []string{"mailbox-full"}, "not-judged: none of mailbox-full | not finished: the run's time was up"},
		{"found before it was cut short", imaps().skipped(stage.OutOfTime, stage.Mailbox).found(cause.SlowPath, stage.Greeting), stage.ExpectNoCause, []string{"slow-path"}, "unmet: none of slow-path | slow-path | slow-path"},
		{"no domain", func() *scene { s := imaps(); s.rec.Header.Plan.Subjects[0].User = ""; return s }(), stage.ExpectDiscovery, nil, "not-judged: as the domain publishes it | no domain is known that could publish anything"},

		{"TLSA of a run that didn't ask", certified(lasts(90)), stage.ExpectDiscovery, []string{"tlsa"}, "not-judged: as published in tlsa | nobody was asked what the domain publishes"},
		{"TLSA without TLS", clear(), stage.ExpectDiscovery, []string{"tlsa"}, "not-judged: as published in tlsa | there is no certificate without encryption"},
		{"TLSA without STARTTLS", unencrypted(), stage.ExpectDiscovery, []string{"tlsa"}, "not-judged: as published in tlsa | there is no certificate without encryption"},
		{"TLSA of no issuer", associated(true, stage.TLSA{Usage: 2, Selector: 1, Matching: 1, Data: make([]byte, 32)}), stage.ExpectDiscovery, []string{"tlsa", "srv"}, "unmet: as published in srv and tlsa | no issuer of its certificate, where TLSA has 2 1 1 0000000000000000..."},
		{"TLSA in full", associated(true, stage.TLSA{Usage: 3, Data: []byte{0x30, 0}}), stage.ExpectDiscovery, []string{"tlsa"}, "unmet: as published in tlsa | 3 0 0 SHA-256 HEX..., where TLSA has 3 0 0 SHA-256 e4f60d0aa6d7f3d3..."},
		{"TLSA of a certificate that wasn't kept", forgotten(associated(true, stage.TLSA{Usage: 3, Selector: 1, Matching: 1, Data: make([]byte, 32)})), stage.ExpectDiscovery, []string{"tlsa"}, "not-judged: as published in tlsa | TLSA 3 1 1 0000000000000000... may be about a certificate that was not seen, or not kept"},
		{"TLSA where the network answers", shouted(associated(true, stage.TLSA{Usage: 3, Selector: 1, Matching: 1, Data: make([]byte, 32)})), stage.ExpectDiscovery, []string{"tlsa"}, "not-judged: as published in tlsa | the network here answers in place of what the domain publishes"},
		{"TLSA cut short", imaps().saw(certified(lasts(90)).c.Result(stage.Handshake).Facts, stage.Handshake).tried(stage.KindTLSA, stage.Result{Stage: stage.Resolve, Status: stage.Skip, Reason: stage.OutOfTime}), stage.ExpectDiscovery, []string{"tlsa"}, "not-judged: as published in tlsa | not finished: the run's time was up"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := showing.ReplaceAllString(tt.s.judge(t, tt.id, tt.want...), "HEX$1"); got != tt.says {
				t.Errorf("\ngot  %s\nwant %s", got, tt.says)
			}
		})
	}
}

// Every id of a smoke file has words and a judge, whatever was seen.
func TestEveryExpectationIsJudged(t *testing.T) {
	for _, id := range []stage.ExpectationID{
		stage.ExpectReachable, stage.ExpectSecurity, stage.ExpectTLSMin, stage.ExpectCertificateDays, stage.ExpectCertificateNames,
		stage.ExpectCertificateIssuer, stage.ExpectCertificateKey, stage.ExpectStartTLSOffered, stage.ExpectLoginNeedsTLS,
		stage.ExpectMechanisms, stage.ExpectNoMechanisms, stage.ExpectCapabilities, stage.ExpectLogin, stage.ExpectWrongPassword,
		stage.ExpectSender, stage.ExpectSize, stage.ExpectQuota, stage.ExpectNoRelay, stage.ExpectGreeting, stage.ExpectReady,
		stage.ExpectDiscovery, stage.ExpectNoCause,
	} {
		for _, s := range []*scene{imaps(), imap(), pop(), smtp(), clear(), unencrypted(), imaps().failed(stage.Resolve, stage.DNSTimeout)} {
			for _, want := range [][]string{nil, {"true"}, {"1"}, {"x", "y"}} {
				got := s.judge(t, id, want...)
				if wordless := strings.Contains(got, ":  |"); wordless && want != nil || strings.Contains(got, "does not know") {
					t.Errorf("%s %q: %s", id, want, got)
				}
			}
		}
	}
}

// Which trials are made, and whom they serve.
func TestTrials(t *testing.T) {
	e := func(id stage.ExpectationID) []stage.Expectation {
		return []stage.Expectation{{ID: id, Want: []string{"true"}}}
	}
	rec := &stage.Record{Header: stage.Header{
		Options: stage.Options{Discovery: true},
		Plan: stage.Plan{Subjects: []stage.Subject{
			{Argument: "1", User: "jane@example.test", Domain: "example.test"}, {Argument: "2", User: "bob@example.test"}, {Argument: "3"},
		}},
	}}
	shows := false // a certificate
	add := func(id string, subject int, p stage.Protocol, host string, login stage.Status, expects []stage.Expectation) {
		c := stage.Check{ID: id, Kind: stage.KindEndpoint, Subject: subject, Expects: expects, Endpoint: stage.Endpoint{Protocol: p, Host: host, Port: 1, Security: stage.TLS}}
		r := stage.CheckRecord{Check: c}
		for _, s := range c.Order() {
			r.Results = append(r.Results, stage.Result{Stage: s, Status: stage.Pass})
		}
		r.Result(stage.Handshake).Facts = new(stage.TLSFacts)
		r.Result(stage.Login).Status = login
		if shows {
			r.Result(stage.Handshake).Facts = &stage.TLSFacts{Chain: []stage.Certificate{{}}}
		}
		rec.Checks = append(rec.Checks, r)
	}
	add("refused", 0, stage.IMAP, "imap.example.test", stage.Fail, e(stage.ExpectWrongPassword))
	add("imap", 0, stage.IMAP, "imap.example.test", stage.Pass, e(stage.ExpectWrongPassword))
	add("smtp", 0, stage.SMTP, "smtp.example.test", stage.Pass, append(e(stage.ExpectWrongPassword), e(stage.ExpectNoRelay)...))
	add("bob", 1, stage.SMTP, "smtp.example.test", stage.Pass, append(e(stage.ExpectWrongPassword), e(stage.ExpectNoRelay)...))
	add("elsewhere", 0, stage.IMAP, "imap.other.test", stage.Pass, e(stage.ExpectWrongPassword))
	add("nobody", 2, stage.IMAP, "imap.example.test", stage.Skip, append(e(stage.ExpectWrongPassword), e(stage.ExpectDiscovery)...))
	add("domain", 0, stage.IMAP, "imap.example.test", stage.Skip, e(stage.ExpectDiscovery))
	add("same domain", 1, stage.IMAP, "imap.example.test", stage.Skip, e(stage.ExpectDiscovery))
	add("asks nothing", 0, stage.SMTP, "smtp.example.test", stage.Pass, e(stage.ExpectLogin))
	shows = true
	add("shows", 0, stage.IMAP, "imap.example.test", stage.Pass, e(stage.ExpectDiscovery))
	add("shows as well", 1, stage.IMAP, "IMAP.example.test", stage.Pass, []stage.Expectation{{ID: stage.ExpectDiscovery, Want: []string{"srv", "tlsa"}}})
	add("at another host", 1, stage.SMTP, "smtp.example.test", stage.Pass, []stage.Expectation{{ID: stage.ExpectDiscovery, Want: []string{"tlsa"}}})
	add("by address", 1, stage.IMAP, "192.0.2.1", stage.Pass, e(stage.ExpectDiscovery))
	add("others named", 1, stage.IMAP, "other.example.test", stage.Pass, []stage.Expectation{{ID: stage.ExpectDiscovery, Want: []string{"srv"}}})
	want := map[string][]string{
		"shows/tlsa":               {"shows", "shows as well"},
		"at another host/tlsa":     {"at another host"},
		"imap/wrong-password":      {"imap", "smtp"},
		"smtp/relay":               {"smtp", "bob"},
		"bob/wrong-password":       {"bob"},
		"elsewhere/wrong-password": {"elsewhere"},
		"domain/published":         {"domain", "same domain", "shows", "shows as well", "by address", "others named"},
	}
	all := expect.Trials(rec)
	if len(all) != len(want) {
		t.Errorf("%d trials, want %d", len(all), len(want))
	}
	for _, c := range all {
		if !slices.Equal(c.Parents, want[c.ID]) || !c.FollowUp() || !c.Kind.Trial() {
			t.Errorf("%s serves %q, want %q", c.ID, c.Parents, want[c.ID])
		}
	}
}
