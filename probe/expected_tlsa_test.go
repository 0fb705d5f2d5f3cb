package probe_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/probetest"
	"maildoctor/probe/redact"
	"maildoctor/probe/resolve"
	"maildoctor/probe/stage"
)

// secured is a mail server at a host that a name server of its own knows.
type secured struct {
	endpoint stage.Endpoint
	cert     tls.Certificate
	dns      *probetest.DNS
	opt      probe.Options
}

// spki returns the record for the key of the nth certificate of the chain.
func (s *secured) spki(t *testing.T, usage, n int) string {
	t.Helper()
	c, err := x509.ParseCertificate(s.cert.Certificate[n])
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return fmt.Sprintf("TLSA %d 1 1 %s", usage, hex.EncodeToString(sum[:]))
}

// newSecured starts a mail server, and a name server with the names that zone returns.
// "_P._tcp.HOST" stands for the name of the records of its port at a host.
func newSecured(t *testing.T, c probetest.Config, leaf probetest.Leaf, zone func(s *secured) probetest.Zone) *secured {
	t.Helper()
	ca := newAuthority(t)
	middle, err := ca.Intermediate("Test Middle")
	if err != nil {
		t.Fatal(err)
	}
	s := &secured{}
	if s.cert, err = middle.Issue(leaf); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.TLS, c.Users = probetest.TLS(s.cert), map[string]string{user: password}
	server, err := probetest.StartOn(l, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	s.endpoint = stage.Endpoint{Protocol: stage.Protocol(c.Protocol), Host: "mail.example.test", Port: uint16(l.Addr().(*net.TCPAddr).Port), Security: stage.TLS}
	if c.Security == probetest.StartTLS {
		s.endpoint.Security = stage.StartTLS
	}
	names := probetest.Zone{"mail.example.test": {Addresses: []string{"127.0.0.1"}, Signed: true}}
	for name, n := range zone(s) {
		names[strings.Replace(name, "_P.", fmt.Sprintf("_%d.", s.endpoint.Port), 1)] = n
	}
	if s.dns, err = probetest.StartDNS(names); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.dns.Close)
	s.opt = probe.Options{
		Resolver: resolve.New(resolve.Options{Server: s.dns.Addr()}), Roots: ca.roots, Credentials: withPassword(password),
		NoFollowUps: true, Private: true, System: stage.System{LinkUp: true},
	}
	return s
}

// judge runs the endpoint with expectations, and returns what came of them with digits
// of digests left out. A saved and a redacted run say the same.
func (s *secured) judge(t *testing.T, expectations ...stage.Expectation) (string, *stage.Record) {
	t.Helper()
	plan := probe.NewPlan(account(s.endpoint), nil)
	plan.Checks[0].Expects = expectations
	stream, err := probe.Run(t.Context(), plan, s.opt)
	if err != nil {
		t.Fatal(err)
	}
	rec := stage.Fold(stream)
	said := judgement(rec, rec.Checks[0].Check.ID)
	clean, _ := redact.Stream(stream)
	for name, other := range map[string]*stage.Stream{"saved": stream, "redacted": clean} {
		var b bytes.Buffer
		if err := other.Copy(stage.NewStreamWriter(&b)); err != nil {
			t.Fatal(err)
		}
		again, err := stage.ReadStream(&b)
		if err != nil {
			t.Fatal(err)
		}
		if then := judgement(stage.Fold(again), rec.Checks[0].Check.ID); then != said {
			t.Errorf("%s, the run says\n%s\nand said\n%s", name, then, said)
		}
	}
	return digits.ReplaceAllString(said, "HEX"), rec
}

var digits = regexp.MustCompile(`[0-9a-f]{16}\.\.\.`)

const (
	wrongKey = "TLSA 3 1 1 1111111111111111111111111111111111111111111111111111111111111111"
	unsigned = " (the name server confirms no DNSSEC, without which clients ignore TLSA)"
)

// What TLSA records say is compared with the certificate on the wire, signed or not.
func TestTLSATrial(t *testing.T) {
	good := probetest.Leaf{Names: []string{"mail.example.test"}}
	at := func(n probetest.Name) func(*secured) probetest.Zone {
		return func(*secured) probetest.Zone { return probetest.Zone{"_P._tcp.mail.example.test": n} }
	}
	fitting := func(usage, depth int, signed bool) func(*secured) probetest.Zone {
		return func(s *secured) probetest.Zone {
			return probetest.Zone{"_P._tcp.mail.example.test": {Records: []string{s.spki(t, usage, depth)}, Signed: signed}}
		}
	}
	both := func(s *secured) probetest.Zone { // the records' name is an alias itself
		return probetest.Zone{
			"_P._tcp.mail.example.test": {CNAME: "tlsa.example.test", Signed: true},
			"tlsa.example.test":         {Records: []string{wrongKey, s.spki(t, 3, 0)}, Signed: true},
		}
	}
	for _, tt := range []struct {
		name   string
		server probetest.Config
		leaf   probetest.Leaf
		zone   func(*secured) probetest.Zone
		want   string // of tlsa by name
		all    string // of all sources, where nobody is asked for the others; empty: the same
	}{
		{name: "fits", zone: fitting(3, 0, true), want: "met: a certificate that fits TLSA 3 1 1 HEX"},
		{name: "fits after STARTTLS", server: smtpServer, zone: fitting(3, 0, true), want: "met: a certificate that fits TLSA 3 1 1 HEX"},
		{name: "fits unsigned", zone: fitting(3, 0, false), want: "met: a certificate that fits TLSA 3 1 1 HEX" + unsigned},
		{name: "the issuer fits", zone: fitting(2, 1, true), want: "met: a certificate that fits TLSA 2 1 1 HEX"},
		{name: "of a trusted chain", zone: fitting(0, 1, true), want: "met: a certificate that fits TLSA 0 1 1 HEX"},
		{name: "one of two fits", zone: both, want: "met: a certificate that fits TLSA 3 1 1 HEX"},
		{name: "expired, and names its key", leaf: probetest.Leaf{Names: good.Names, NotBefore: daysFromNow(-30), NotAfter: daysFromNow(-3)}, zone: fitting(3, 0, true), want: "met: a certificate that fits TLSA 3 1 1 HEX"},
		{name: "expired, and names its issuer", leaf: probetest.Leaf{Names: good.Names, NotBefore: daysFromNow(-30), NotAfter: daysFromNow(-3)}, zone: fitting(2, 1, true), want: "not-judged: the certificate fits TLSA 2 1 1 HEX, but has another fault, which is reported by itself", all: "not-judged: nobody was asked what the domain publishes"},
		{name: "differs", zone: at(probetest.Name{Records: []string{wrongKey}, Signed: true}), want: "unmet: 3 1 1 HEX, where TLSA has 3 1 1 HEX"},
		{name: "differs after STARTTLS", server: smtpServer, zone: at(probetest.Name{Records: []string{wrongKey}, Signed: true}), want: "unmet: 3 1 1 HEX, where TLSA has 3 1 1 HEX"},
		{name: "differs unsigned", zone: at(probetest.Name{Records: []string{wrongKey}}), want: "unmet: 3 1 1 HEX, where TLSA has 3 1 1 HEX" + unsigned},
		{name: "none", zone: at(probetest.Name{Addresses: []string{"127.0.0.1"}}), want: "unmet: no TLSA record", all: "not-judged: nobody was asked what the domain publishes"},
		{name: "no such name", zone: func(*secured) probetest.Zone { return nil }, want: "unmet: no TLSA record", all: "not-judged: nobody was asked what the domain publishes"},
		{name: "useless", zone: at(probetest.Name{Records: []string{"TLSA 3 1 1 00"}}), want: "unmet: TLSA records, none of which clients can use", all: "not-judged: nobody was asked what the domain publishes"},
		{name: "SERVFAIL", zone: at(probetest.Name{Fault: probetest.DNSServFail}), want: "not-judged: tlsa could not be read", all: "not-judged: nobody was asked what the domain publishes"},
		{name: "DNSSEC is broken", zone: at(probetest.Name{Fault: probetest.DNSBogus}), want: "not-judged: tlsa could not be read", all: "not-judged: nobody was asked what the domain publishes"},
		{name: "too long for a datagram", zone: func(s *secured) probetest.Zone {
			return probetest.Zone{"_P._tcp.mail.example.test": {Records: []string{s.spki(t, 3, 0)}, Signed: true, Fault: probetest.DNSTruncated}}
		}, want: "met: a certificate that fits TLSA 3 1 1 HEX"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.server.Protocol == "" {
				tt.server = imapServer
			}
			if len(tt.leaf.Names) == 0 {
				tt.leaf = good
			}
			if tt.all == "" {
				tt.all = tt.want
			}
			s := newSecured(t, tt.server, tt.leaf, tt.zone)
			got, rec := s.judge(t, wants(stage.ExpectDiscovery, "tlsa"))
			if got != tt.want {
				t.Errorf("%s\ngot  %s\nwant %s", outcome(&rec.Checks[0]), got, tt.want)
			}
			if len(rec.Trials) != 1 || len(rec.Checks) != 1 {
				t.Errorf("%d trials, %d checks", len(rec.Trials), len(rec.Checks))
			}
			for _, c := range rec.Contacts {
				if c.Why == "resolver" && c.Address != s.dns.Addr() || c.Why != "resolver" && c.Why != "endpoint" {
					t.Errorf("contacted %+v", c)
				}
			}
			if got, _ := s.judge(t, wants(stage.ExpectDiscovery, "true")); got != tt.all {
				t.Errorf("of all sources\ngot  %s\nwant %s", got, tt.all)
			}
		})
	}
}

// A host that is an alias has its records under its target where DNSSEC protects the way
// there (RFC 7671 7). Where it doesn't, they are compared and don't count as signed.
func TestTLSATrialOfAnAlias(t *testing.T) {
	for signed, want := range map[bool]string{
		true:  "met: a certificate that fits TLSA 3 1 1 HEX",
		false: "met: a certificate that fits TLSA 3 1 1 HEX" + unsigned,
	} {
		s := newSecured(t, imapServer, probetest.Leaf{Names: []string{"mail.example.test"}}, func(s *secured) probetest.Zone {
			return probetest.Zone{
				"mail.example.test":        {CNAME: "farm.example.net", Signed: signed},
				"farm.example.net":         {Addresses: []string{"127.0.0.1"}, Signed: true},
				"_P._tcp.farm.example.net": {Records: []string{s.spki(t, 3, 0)}, Signed: true},
			}
		})
		if got, _ := s.judge(t, wants(stage.ExpectDiscovery, "tlsa")); got != want {
			t.Errorf("signed: %t\ngot  %s\nwant %s", signed, got, want)
		}
	}
}

// TLSA stands beside the sources that name servers: one that contradicts suffices.
func TestTLSABesideOtherSources(t *testing.T) {
	for _, tt := range []struct {
		record string // empty: one that fits
		host   string // named by SRV
		want   []string
		says   string
	}{
		{"", "mail.example.test", []string{"true"}, "met: named by srv; a certificate that fits TLSA 3 1 1 HEX"},
		{"", "mail.example.test", []string{"tlsa", "srv"}, "met: named by srv; a certificate that fits TLSA 3 1 1 HEX"},
		{"", "old.example.test", []string{"true"}, "unmet: srv names old.example.test:PORT"},
		{wrongKey, "mail.example.test", []string{"true"}, "unmet: 3 1 1 HEX, where TLSA has 3 1 1 HEX"},
		{wrongKey, "old.example.test", []string{"true"}, "unmet: srv names old.example.test:PORT; 3 1 1 HEX, where TLSA has 3 1 1 HEX"},
		{wrongKey, "mail.example.test", []string{"srv"}, "met: named by srv"},
		{wrongKey, "old.example.test", []string{"tlsa"}, "unmet: 3 1 1 HEX, where TLSA has 3 1 1 HEX"},
		{"TXT x", "mail.example.test", []string{"true"}, "met: named by srv"},
		{"TXT x", "mail.example.test", []string{"srv", "tlsa"}, "met: named by srv"},
		{"TXT x", "", []string{"true"}, "unmet: nothing published for IMAP"},
		{"TXT x", "", []string{"srv", "tlsa"}, "unmet: nothing published for IMAP; no TLSA record"},
	} {
		s := newSecured(t, imapServer, probetest.Leaf{Names: []string{"mail.example.test"}}, func(s *secured) probetest.Zone {
			n := probetest.Name{Records: []string{tt.record}, Signed: true}
			if tt.record == "" {
				n.Records[0] = s.spki(t, 3, 0)
			}
			return probetest.Zone{"_P._tcp.mail.example.test": n}
		})
		discovered := 0
		s.opt.Discover = func(context.Context, stage.Subject) probe.Found {
			discovered++
			found := stage.Source{ID: stage.SourceSRV, Outcome: stage.SourceAbsent}
			if tt.host != "" {
				e := s.endpoint
				e.Host = tt.host
				found.Outcome, found.Settings = stage.SourceFound, []stage.Setting{{Endpoint: e}}
			}
			return probe.Found{Sources: []stage.Source{found}}
		}
		got, _ := s.judge(t, wants(stage.ExpectDiscovery, tt.want...))
		if got = strings.ReplaceAll(got, fmt.Sprint(":", s.endpoint.Port), ":PORT"); got != tt.says {
			t.Errorf("%v, %q, %q\ngot  %s\nwant %s", tt.want, tt.record, tt.host, got, tt.says)
		}
		asks := slices.ContainsFunc(s.dns.Questions(), func(q string) bool { return strings.HasPrefix(q, "TLSA ") })
		if named := slices.Contains(tt.want, "tlsa") || tt.want[0] == "true"; asks != named {
			t.Errorf("%v: TLSA asked for: %t", tt.want, asks)
		}
		if only := len(tt.want) == 1 && tt.want[0] == "tlsa"; (discovered == 0) != only {
			t.Errorf("%v: the other sources were asked %d times", tt.want, discovered)
		}
	}
}

// Nobody asks where nothing is expected, there is no certificate to compare, or the host
// has no name.
func TestTLSAIsAskedOnlyWhereNeeded(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*secured)
		e      stage.Expectation
		want   string
	}{
		{"another expectation", func(*secured) {}, wants(stage.ExpectTLSMin, "1.2"), "met: TLS 1.3"},
		{"no certificate", func(s *secured) { s.endpoint.Security = stage.StartTLS }, wants(stage.ExpectDiscovery, "tlsa"), "not-judged: it failed before that (greeting), which is reported by itself"},
		{"an address", func(s *secured) { s.endpoint.Host = "127.0.0.1" }, wants(stage.ExpectDiscovery, "tlsa"), "not-judged: no domain is known that could publish anything"},
		{"a resolver without TLSA", func(s *secured) { s.opt.Resolver = names{"mail.example.test": {"127.0.0.1"}} }, wants(stage.ExpectDiscovery, "tlsa"), "not-judged: nobody was asked what the domain publishes"},
	} {
		s := newSecured(t, imapServer, probetest.Leaf{Names: []string{"mail.example.test"}}, func(*secured) probetest.Zone { return nil })
		s.opt.StageTimeout = 300e6
		tt.change(s)
		got, rec := s.judge(t, tt.e)
		if got != tt.want || len(rec.Trials) > 0 {
			t.Errorf("%s: %d trials\ngot  %s\nwant %s", tt.name, len(rec.Trials), got, tt.want)
		}
		for _, q := range s.dns.Questions() {
			if strings.HasPrefix(q, "TLSA") {
				t.Errorf("%s: asked %s", tt.name, q)
			}
		}
	}
}

// Two endpoints at one host and port share what was asked, and the root is kept for the
// comparison with records that have it.
func TestTLSATrialIsShared(t *testing.T) {
	s := newSecured(t, imapServer, probetest.Leaf{Names: []string{"mail.example.test"}}, func(s *secured) probetest.Zone {
		return probetest.Zone{"_P._tcp.mail.example.test": {Records: []string{s.spki(t, 3, 0)}, Signed: true}}
	})
	twin := s.endpoint
	twin.Host = "MAIL.example.test"
	plan := probe.NewPlan(account(s.endpoint, twin), nil)
	for i := range plan.Checks {
		plan.Checks[i].Expects = []stage.Expectation{wants(stage.ExpectDiscovery, "tlsa")}
	}
	rec := examine(t, t.Context(), plan, s.opt)
	for _, c := range rec.Checks {
		if got := digits.ReplaceAllString(judgement(rec, c.Check.ID), "HEX"); got != "met: a certificate that fits TLSA 3 1 1 HEX" {
			t.Errorf("%s: %s", c.Check.ID, got)
		}
		if f := stage.FactsOf[*stage.TLSFacts](&c); f.Root == nil || len(f.Root.DER) == 0 {
			t.Errorf("%s: the root was not kept", c.Check.ID)
		}
	}
	asked := 0
	for _, q := range s.dns.Questions() {
		if strings.HasPrefix(q, "TLSA ") {
			asked++
		}
	}
	if asked != 1 || len(rec.Trials) != 1 || len(rec.Trials[0].Check.Parents) != 2 {
		t.Errorf("asked %d times by %d trials", asked, len(rec.Trials))
	}
}

func daysFromNow(n int) time.Time { return time.Now().Add(time.Duration(n) * 24 * time.Hour) }
