package probe_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/auth"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/expect"
	"maildoctor/probe/probetest"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// judgement returns what came of the expectations of a check, in a line each: the
// outcome, what was seen or why it can't be judged, and the cause.
func judgement(rec *stage.Record, check string) string {
	var lines []string
	for _, j := range expect.Judge(rec, diagnose.Diagnose(rec)) {
		if j.Check.Check.ID != check {
			continue
		}
		l := prose.English()
		text := string(j.Outcome) + ": " + l.Text(j.Seen) + l.Text(j.Why)
		if j.Cause != "" {
			text += " [" + string(j.Cause) + "]"
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}

// wants returns an expectation.
func wants(id stage.ExpectationID, values ...string) stage.Expectation {
	return stage.Expectation{ID: id, Want: values, Severity: stage.ExpectFail, Line: 3}
}

// expected runs the plan of a healthy provider with expectations of its first endpoint.
func expected(t *testing.T, h *healthy, opt probe.Options, expectations ...stage.Expectation) *stage.Record {
	t.Helper()
	plan := probe.NewPlan(account(h.endpoints...), nil)
	plan.File = &stage.SmokeFile{Path: "smoke.toml", SHA256: "00"}
	for i := range plan.Checks {
		plan.Checks[i].Expects = expectations
	}
	s, err := probe.Run(t.Context(), plan, opt)
	if err != nil {
		t.Fatal(err)
	}
	rec := stage.Fold(s)
	var b bytes.Buffer
	if err := s.Copy(stage.NewStreamWriter(&b)); err != nil {
		t.Fatal(err)
	}
	again, err := stage.ReadStream(&b)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range plan.Checks {
		if now, then := judgement(rec, c.ID), judgement(stage.Fold(again), c.ID); now != then {
			t.Errorf("%s: read again, the run says\n%s\nand said\n%s", c.ID, then, now)
		}
	}
	return rec
}

var (
	imapServer = probetest.Config{Protocol: probetest.IMAP, Security: probetest.ImplicitTLS}
	popServer  = probetest.Config{Protocol: probetest.POP3, Security: probetest.ImplicitTLS}
	smtpServer = probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS}
)

// with returns a server with faults and other changes.
func with(c probetest.Config, change func(*probetest.Config), faults ...probetest.Fault) probetest.Config {
	c.Faults = faults
	if change != nil {
		change(&c)
	}
	return c
}

// Each expectation on the wire: met, unmet and, where this machine can be the reason,
// not judged.
func TestExpectationsOnTheWire(t *testing.T) {
	noPassword := func(_ *healthy, o *probe.Options) { o.Credentials = nil }
	for _, tt := range []struct {
		name   string
		server probetest.Config
		change func(*healthy, *probe.Options)
		e      stage.Expectation
		want   string
	}{
		{name: "IPv4", server: imapServer, e: wants(stage.ExpectReachable, "ipv4"), want: "met: IPv4 answers"},
		{name: "both", server: imapServer, e: wants(stage.ExpectReachable, "both"), change: dualStack(""), want: "met: IPv4 answers; IPv6 answers"},
		{name: "no IPv6 address", server: imapServer, e: wants(stage.ExpectReachable, "ipv6"), change: reachesIPv6, want: "unmet: no IPv6 address"},
		{name: "no IPv6 here", server: imapServer, e: wants(stage.ExpectReachable, "ipv6"), want: "not-judged: this computer has no IPv6"},
		{name: "no IPv6 route here", server: imapServer, e: wants(stage.ExpectReachable, "both"), change: dualStack(probetest.NetworkUnreachable), want: "not-judged: this computer has no IPv6"},
		{name: "dead IPv6", server: imapServer, e: wants(stage.ExpectReachable, "both"), change: dualStack(probetest.Drop), want: "unmet: IPv4 answers; IPv6: no answer in 10 s [ipv6-broken-path]"},
		{name: "refused", server: imapServer, e: wants(stage.ExpectReachable, "ipv4"), change: fails(probetest.Refuse), want: "unmet: IPv4: connection refused [service-not-listening]"},
		{name: "forbidden here", server: imapServer, e: wants(stage.ExpectReachable, "ipv4"), change: func(h *healthy, o *probe.Options) {
			fails(probetest.Prohibit)(h, o)
			o.System.Addresses = []string{"192.0.2.99"}
		}, want: "not-judged: this network is in the way (local-firewall-or-app-permission) [local-firewall-or-app-permission]"},

		{name: "TLS", server: imapServer, e: wants(stage.ExpectSecurity, "tls"), want: "met: SSL/TLS"},
		{name: "STARTTLS", server: smtpServer, e: wants(stage.ExpectSecurity, "tls"), want: "unmet: STARTTLS"},
		{name: "TLS 1.2", server: imapServer, e: wants(stage.ExpectTLSMin, "1.2"), want: "met: TLS 1.3"},
		{name: "certificate", server: imapServer, e: wants(stage.ExpectCertificateDays, "400"), want: "unmet: 90"},
		{name: "names", server: imapServer, e: wants(stage.ExpectCertificateNames, "imap.example.test", "mail.example.test"), want: "unmet: mail.example.test missing"},
		{name: "issuer", server: imapServer, e: wants(stage.ExpectCertificateIssuer, "test root"), want: "met: CN=Test Root,O=maildoctor probetest"},
		{name: "another issuer", server: imapServer, e: wants(stage.ExpectCertificateIssuer, "Public"), want: "unmet: CN=Test Root,O=maildoctor probetest"},
		{name: "key", server: imapServer, e: wants(stage.ExpectCertificateKey, "3072"), want: "met: ECDSA P-256, as strong as RSA 3072"},
		{name: "key too small", server: imapServer, e: wants(stage.ExpectCertificateKey, "4096"), want: "unmet: ECDSA P-256, as strong as RSA 3072"},

		{name: "STARTTLS offered", server: smtpServer, e: wants(stage.ExpectStartTLSOffered, "true"), want: "met: offered"},
		{name: "STARTTLS gone", server: with(smtpServer, nil, probetest.StartTLSNotOffered), e: wants(stage.ExpectStartTLSOffered, "true"), want: "unmet: not offered [starttls-not-offered-by-server]"},
		{name: "STARTTLS under TLS", server: imapServer, e: wants(stage.ExpectStartTLSOffered, "true"), want: "not-judged: the connection is encrypted from the start"},
		{name: "no login before TLS", server: smtpServer, e: wants(stage.ExpectLoginNeedsTLS, "true"), want: "met: no login before encryption"},
		{name: "mechanisms", server: with(smtpServer, nil), e: wants(stage.ExpectMechanisms, "plain", "XOAUTH2"), want: "unmet: XOAUTH2 missing"},
		{name: "mechanisms absent", server: smtpServer, e: wants(stage.ExpectNoMechanisms, "CRAM-MD5"), want: "met: PLAIN and LOGIN"},
		{name: "mechanisms present", server: smtpServer, e: wants(stage.ExpectNoMechanisms, "login"), want: "unmet: login offered"},
		{name: "capabilities", server: with(smtpServer, nil, probetest.NoPipelining), e: wants(stage.ExpectCapabilities, "SIZE", "PIPELINING"), want: "unmet: PIPELINING missing"},

		{name: "login", server: imapServer, e: wants(stage.ExpectLogin, "true"), want: "met: accepted"},
		{name: "login refused", server: with(imapServer, nil, probetest.WrongPassword), e: wants(stage.ExpectLogin, "true"), want: "unmet: refused: NO [AUTHENTICATIONFAILED] Authentication failed. [wrong-password]"},
		{name: "no password", server: imapServer, e: wants(stage.ExpectLogin, "true"), change: noPassword, want: "not-judged: no password was given"},
		{name: "wrong password refused", server: imapServer, e: wants(stage.ExpectWrongPassword, "true"), want: "met: refused by imap.example.test:993"},
		{name: "any password", server: with(popServer, nil, probetest.AnyPassword), e: wants(stage.ExpectWrongPassword, "true"), want: "unmet: accepted by pop3.example.test:995"},
		{name: "no password is right", server: with(imapServer, nil, probetest.WrongPassword), e: wants(stage.ExpectWrongPassword, "true"), want: "not-judged: the right password was not accepted before"},

		{name: "sender", server: smtpServer, e: wants(stage.ExpectSender, "jane@example.test"), want: "met: jane@example.test accepted"},
		{name: "sender refused", server: with(smtpServer, nil, probetest.SenderRefused), e: wants(stage.ExpectSender, "true"), want: "unmet: refused: 550 5.7.1 Sender address rejected: not owned by user [sender-address-not-permitted]"},
		{name: "greylisted", server: with(smtpServer, func(c *probetest.Config) { c.RcptReply = "450 4.2.0 Greylisted" }), e: wants(stage.ExpectSender, "true"), want: "not-judged: refused only for now: 450 4.2.0 Greylisted"},
		{name: "size", server: smtpServer, e: wants(stage.ExpectSize, "1000000"), want: "met: 10 MB"},
		{name: "size too small", server: with(smtpServer, nil, probetest.SizeSmall), e: wants(stage.ExpectSize, "20000000"), want: "unmet: 1 MB"},
		{name: "quota", server: with(imapServer, func(c *probetest.Config) { c.Quota = &probetest.Quota{Used: 50, Limit: 200} }), e: wants(stage.ExpectQuota, "80"), want: "met: 25 %, 50 of 200 KB"},
		{name: "quota nearly full", server: with(imapServer, nil, probetest.QuotaNearlyFull), e: wants(stage.ExpectQuota, "80"), want: "unmet: 96 %, 672 of 700 MB"},
		{name: "no quota", server: imapServer, e: wants(stage.ExpectQuota, "80"), want: "not-judged: the server does not say"},
		{name: "no relay", server: smtpServer, e: wants(stage.ExpectNoRelay, "true"), want: "met: refused: 530 5.7.0 Authentication required"},
		{name: "no relay of our own server", server: with(smtpServer, nil, probetest.NoPipelining), e: wants(stage.ExpectNoRelay, "true"), want: "met: refused: 530 5.7.0 Authentication required"},
		{name: "reserved domain", server: with(smtpServer, func(c *probetest.Config) { c.RcptReply = "550 5.1.2 Domain not found" }, probetest.OpenRelay), e: wants(stage.ExpectNoRelay, "true"), want: "not-judged: the refusal is about the reserved domain, which does not exist: 550 5.1.2 Domain not found"},
		{name: "a relay that is busy", server: with(smtpServer, func(c *probetest.Config) { c.RcptReply = "450 4.2.0 Greylisted" }, probetest.OpenRelay), e: wants(stage.ExpectNoRelay, "true"), want: "not-judged: refused only for now: 450 4.2.0 Greylisted"},

		{name: "greeting", server: imapServer, e: wants(stage.ExpectGreeting, "100"), want: "met: 40 ms"},
		{name: "slow greeting", server: with(imapServer, nil, probetest.SlowGreeting), e: wants(stage.ExpectGreeting, "2000"), want: "unmet: 5 s [greeting-delay-tarpit]"},
		{name: "ready", server: with(imapServer, nil, probetest.DelayedDialog), e: wants(stage.ExpectReady, "2000"), want: "unmet"},
		{name: "ready soon", server: imapServer, e: wants(stage.ExpectReady, "2000"), want: "met"},
		{name: "cause absent", server: imapServer, e: wants(stage.ExpectNoCause, "slow-path"), want: "met: nothing"},
		{name: "cause present", server: with(imapServer, nil, probetest.WrongPassword), e: wants(stage.ExpectNoCause, "wrong-password", "slow-path"), want: "unmet: wrong-password [wrong-password]"},
		{name: "blocked", server: imapServer, change: fails(probetest.Refuse), e: wants(stage.ExpectCertificateDays, "14"), want: "not-judged: it failed before that (connect), which is reported by itself"},
		{name: "of a newer version", server: imapServer, e: wants("dances", "well"), want: "not-judged: this version does not know what that means"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, []probetest.Config{tt.server}, func(t *testing.T, h *healthy) {
				opt := h.options()
				opt.System.LinkUp = true
				if tt.change != nil {
					tt.change(h, &opt)
				}
				rec := expected(t, h, opt, tt.e)
				got := judgement(rec, rec.Checks[0].Check.ID)
				if got != tt.want && !(len(tt.want) < 8 && strings.HasPrefix(got, tt.want+":")) {
					t.Errorf("%s\ngot  %s\nwant %s", outcome(&rec.Checks[0]), got, tt.want)
				}
			})
		})
	}
}

// reachesIPv6 gives this machine an IPv6 address.
func reachesIPv6(_ *healthy, o *probe.Options) {
	o.System.Addresses = []string{"192.0.2.99", "2001:db8::99"}
}

// dualStack gives the server and this machine an IPv6 address, which may fail.
func dualStack(f probetest.Outcome) func(*healthy, *probe.Options) {
	return func(h *healthy, o *probe.Options) {
		reachesIPv6(h, o)
		e := h.endpoints[0]
		h.names[e.Host] = []string{"2001:db8::1", h.names[e.Host][0]}
		if f != "" {
			h.network.Fail("2001:db8::1", f)
			return
		}
		h.network.Handle(stage.Endpoint{Host: "2001:db8::1", Port: e.Port}.Address(), h.servers[0].ServeConn)
	}
}

// A wrong password is tried once an account, after the right one, and serves the
// endpoints of all protocols; nothing else of the run is repeated, and no later run
// remembers the refusal.
func TestWrongPasswordIsTriedOnce(t *testing.T) {
	inBubble(t, []probetest.Config{imapServer, popServer, smtpServer}, func(t *testing.T, h *healthy) {
		rec := expected(t, h, h.options(), wants(stage.ExpectWrongPassword, "true"))
		for i := range rec.Checks {
			if got, want := judgement(rec, rec.Checks[i].Check.ID), "met: refused by imap.example.test:993"; got != want {
				t.Errorf("%s: %s, want %s", rec.Checks[i].Check.ID, got, want)
			}
		}
		if want := (stage.Logins{Tried: 3, Wrong: 1}); rec.Logins != want || len(rec.Trials) != 1 {
			t.Errorf("logins %+v, want %+v; %d trials", rec.Logins, want, len(rec.Trials))
		}
		var all []probetest.Login
		for _, s := range h.servers {
			all = append(all, s.Logins()...)
		}
		wrong := 0
		for _, l := range all {
			if !l.OK {
				wrong++
			}
		}
		if first := h.servers[0].Logins(); len(all) != 4 || wrong != 1 || !first[0].OK || first[1].OK {
			t.Errorf("the servers saw %+v", all)
		}
	})
}

// Mail for a stranger is tried on a connection of its own, without a login, once an
// endpoint, and never gets as far as DATA.
func TestRelayTrial(t *testing.T) {
	inBubble(t, []probetest.Config{with(smtpServer, nil, probetest.OpenRelay)}, func(t *testing.T, h *healthy) {
		rec := expected(t, h, h.options(), wants(stage.ExpectNoRelay, "true"))
		got := judgement(rec, "smtp-587")
		if !strings.HasPrefix(got, "unmet: mail from ") || strings.Count(got, ".invalid") != 2 || !strings.HasSuffix(got, " accepted") {
			t.Errorf("%s", got)
		}
		if want := (stage.Logins{Tried: 1}); rec.Logins != want {
			t.Errorf("logins %+v, want %+v", rec.Logins, want)
		}
		said := ""
		for _, l := range rec.Trials[0].Transcript {
			if l.From == stage.Client {
				verb, _, _ := strings.Cut(l.Text, " ")
				said += verb + " "
			}
		}
		if want := "EHLO STARTTLS EHLO MAIL RCPT RSET QUIT "; said != want {
			t.Errorf("said %s, want %s", said, want)
		}
	})
}

// What a domain publishes is asked once, whatever else works, and only where expected.
func TestDiscoveryTrial(t *testing.T) {
	other := stage.Endpoint{Protocol: stage.IMAP, Host: "old.example.test", Port: 993, Security: stage.TLS}
	source := func(id stage.SourceID, o stage.SourceOutcome, e ...stage.Endpoint) stage.Source {
		s := stage.Source{ID: id, Domain: "example.test", Outcome: o}
		for _, e := range e {
			s.Settings = append(s.Settings, stage.Setting{Endpoint: e})
		}
		return s
	}
	for _, tt := range []struct {
		name    string
		sources func(e stage.Endpoint) []stage.Source
		want    string
	}{
		{"agrees", func(e stage.Endpoint) []stage.Source {
			return []stage.Source{source(stage.SourceAutoconfig, stage.SourceFound, e), source(stage.SourceSRV, stage.SourceFound, other, e)}
		}, "met: named by autoconfig and srv"},
		{"contradicts", func(e stage.Endpoint) []stage.Source {
			return []stage.Source{source(stage.SourceAutoconfig, stage.SourceFound, e), source(stage.SourceSRV, stage.SourceFound, other)}
		}, "unmet: srv names old.example.test:993"},
		{"other protocols alone", func(e stage.Endpoint) []stage.Source {
			e.Protocol = stage.SMTP
			return []stage.Source{source(stage.SourceSRV, stage.SourceFound, e)}
		}, "unmet: nothing published for IMAP"},
		{"somebody else's word", func(stage.Endpoint) []stage.Source {
			return []stage.Source{source(stage.SourceISPDB, stage.SourceFound, other)}
		}, "unmet: nothing published for IMAP"},
		{"not to be read", func(stage.Endpoint) []stage.Source {
			return []stage.Source{source(stage.SourceSRV, stage.SourceFailed)}
		}, "not-judged: srv could not be read"},
		{"a network that answers for all", func(e stage.Endpoint) []stage.Source {
			return []stage.Source{source(stage.SourceNetwork, stage.SourceFailed), source(stage.SourceSRV, stage.SourceFound, e)}
		}, "not-judged: the network here answers in place of what the domain publishes"},
		{"nobody to ask", nil, "not-judged: nobody was asked what the domain publishes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, []probetest.Config{imapServer}, func(t *testing.T, h *healthy) {
				var asked atomic.Int32
				opt := h.options()
				if tt.sources != nil {
					opt.Discover = func(_ context.Context, s stage.Subject) probe.Found {
						asked.Add(1)
						return probe.Found{Sources: tt.sources(h.endpoints[0])}
					}
				}
				h.endpoints = append(h.endpoints, h.endpoints[0])
				rec := expected(t, h, opt, wants(stage.ExpectDiscovery, "true"))
				if got := judgement(rec, rec.Checks[0].Check.ID); got != tt.want {
					t.Errorf("got  %s\nwant %s", got, tt.want)
				}
				if n := asked.Load(); n > 1 || (n == 1) != (tt.sources != nil) {
					t.Errorf("asked %d times", n)
				}
				if len(rec.Sources) > 0 || slices.ContainsFunc(rec.Checks, func(c stage.CheckRecord) bool { return c.Check.FollowUp() }) {
					t.Error("a trial counts as part of the run")
				}
			})
		})
	}
}

// Groups that ask the same domain share the answer.
func TestDiscoveryTrialIsShared(t *testing.T) {
	inBubble(t, []probetest.Config{imapServer, popServer, smtpServer}, func(t *testing.T, h *healthy) {
		var asked atomic.Int32
		var targets []probe.Target
		for _, e := range h.endpoints {
			targets = append(targets, probe.Target{
				Subject:   stage.Subject{Argument: "imaps://" + e.Address(), Kind: stage.SubjectURL, Domain: "example.test"},
				Endpoints: []probe.PlannedEndpoint{{Endpoint: e}},
			})
		}
		plan := probe.NewPlan(targets, nil)
		for i := range plan.Checks {
			plan.Checks[i].Expects = []stage.Expectation{wants(stage.ExpectDiscovery, "true")}
		}
		opt := h.options()
		opt.Credentials = nil
		opt.Discover = func(context.Context, stage.Subject) probe.Found {
			asked.Add(1)
			time.Sleep(time.Second)
			f := probe.Found{Sources: []stage.Source{{ID: stage.SourceSRV, Outcome: stage.SourceFound}}}
			for _, e := range h.endpoints {
				f.Sources[0].Settings = append(f.Sources[0].Settings, stage.Setting{Endpoint: e})
			}
			return f
		}
		told := new(groupJudgements)
		opt.Sinks = []probe.Sink{told}
		rec := examine(t, t.Context(), plan, opt)
		for _, c := range rec.Checks {
			if got, want := judgement(rec, c.Check.ID), "met: named by srv"; got != want {
				t.Errorf("%s: %s, want %s", c.Check.ID, got, want)
			}
		}
		if n := asked.Load(); n != 1 {
			t.Errorf("asked %d times", n)
		}
		if want := []string{"met: named by srv", "met: named by srv", "met: named by srv"}; !slices.Equal(told.said, want) {
			t.Errorf("groups: %q, want %q", told.said, want)
		}
	})
}

// groupJudgements judges each group as it ends.
type groupJudgements struct{ said []string }

func (*groupJudgements) Header(stage.Header) error { return nil }
func (*groupJudgements) Event(stage.Event) error   { return nil }
func (*groupJudgements) End(stage.End) error       { return nil }

func (g *groupJudgements) Group(rec *stage.Record, _ diagnose.Diagnosis) error {
	g.said = append(g.said, judgement(rec, rec.Checks[0].Check.ID))
	return nil
}

// A password that is fetched when needed is right only where it was accepted: nothing is
// tried where it never came.
func TestNoWrongPasswordWithoutARightOne(t *testing.T) {
	inBubble(t, []probetest.Config{imapServer}, func(t *testing.T, h *healthy) {
		opt := h.options()
		opt.Credentials = map[int]probe.Credential{0: {Secret: auth.NewSecret("wrong")}}
		rec := expected(t, h, opt, wants(stage.ExpectWrongPassword, "true"))
		if len(rec.Trials) != 0 || rec.Logins.Wrong != 0 {
			t.Errorf("%d trials, logins %+v", len(rec.Trials), rec.Logins)
		}
	})
}
