//go:build unix

package probe_test

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/auth"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
	"maildoctor/probe/stage"
)

// world is a provider of real servers.
type world struct {
	real
	at     map[stage.Protocol]stage.Endpoint
	secret string
	hosts  []string // addresses of Postfix; nil: loopback
	tlsa   []stage.TLSA
}

// secureNames are names with TLSA records, which the resolver has validated.
type secureNames struct {
	names
	tlsa []stage.TLSA
}

func (n secureNames) TLSA(_ context.Context, host string, port uint16, seen func(stage.Lookup)) error {
	l := stage.Lookup{Server: "192.0.2.53:53", Name: fmt.Sprintf("_%d._tcp.%s", port, host), Type: "TLSA", Outcome: stage.LookupNXDomain, Authenticated: true}
	if len(n.tlsa) > 0 {
		l.Outcome, l.TLSA = stage.LookupAnswer, n.tlsa
	}
	seen(l)
	return nil
}

// danee returns the DANE-EE record for the key of the world's certificate.
func (w world) danee(t *testing.T) stage.TLSA {
	t.Helper()
	b, err := os.ReadFile(w.cert)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(b)
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return stage.TLSA{Usage: 3, Selector: 1, Matching: 1, Data: sum[:]}
}

// elsewhere is where Dovecot listens: it asks no encryption of a client at its own
// address.
const elsewhere = "127.0.0.2"

// newWorld starts Dovecot and Postfix.
func newWorld(t *testing.T, leaf probetest.Leaf, d realtest.DovecotConfig, p realtest.PostfixConfig) world {
	t.Helper()
	w := world{real: newReal(t, leaf), secret: realtest.Password}
	d.Certificate, d.Key, d.Mechanisms, d.Listen = w.cert, w.key, "plain login", elsewhere
	dovecot := realtest.StartDovecot(t, d)
	p.Auth = dovecot.Auth
	if p.Certificate != "none" {
		p.Certificate, p.Key = w.cert, w.key
	} else {
		p.Certificate = ""
	}
	postfix := realtest.StartPostfix(t, p)
	endpoint := func(p stage.Protocol, port int, s stage.Security) stage.Endpoint {
		return stage.Endpoint{Protocol: p, Host: "mail.test", Port: uint16(port), Security: s}
	}
	w.at = map[stage.Protocol]stage.Endpoint{
		stage.IMAP: endpoint(stage.IMAP, dovecot.IMAP, stage.StartTLS),
		stage.POP3: endpoint(stage.POP3, dovecot.POP3S, stage.TLS),
		stage.SMTP: endpoint(stage.SMTP, postfix.Submission, stage.StartTLS),
	}
	return w
}

// judge runs one endpoint with expectations, and returns what came of them.
func (w world) judge(t *testing.T, p stage.Protocol, expectations ...stage.Expectation) string {
	t.Helper()
	e := w.at[p]
	targets := account(e)
	targets[0].Subject.User, targets[0].Subject.Address = realtest.User, realtest.User
	plan := probe.NewPlan(targets, nil)
	plan.Checks[0].Expects = expectations
	hosts := w.hosts
	switch {
	case p != stage.SMTP:
		hosts = []string{elsewhere}
	case hosts == nil:
		hosts = []string{local}
	}
	rec := examine(t, t.Context(), plan, probe.Options{
		Resolver: secureNames{names{"mail.test": hosts}, w.tlsa}, Roots: w.authority.roots, StageTimeout: 20 * time.Second,
		Credentials: map[int]probe.Credential{0: {Secret: auth.NewSecret(w.secret)}}, System: stage.System{LinkUp: true},
		Discover: func(context.Context, stage.Subject) probe.Found {
			return probe.Found{Sources: []stage.Source{{ID: stage.SourceSRV, Outcome: stage.SourceFound, Settings: []stage.Setting{{Endpoint: w.at[stage.IMAP]}, {Endpoint: w.at[stage.POP3]}}}}}
		},
	})
	return judgement(rec, rec.Checks[0].Check.ID)
}

// Dovecot and Postfix as they should be meet everything.
func TestRealServersMeetExpectations(t *testing.T) {
	w := newWorld(t, goodLeaf, realtest.DovecotConfig{Quota: "700M"}, realtest.PostfixConfig{})
	common := []stage.Expectation{
		wants(stage.ExpectReachable, "ipv4"), wants(stage.ExpectTLSMin, "1.2"), wants(stage.ExpectCertificateDays, "14"),
		wants(stage.ExpectCertificateNames, "mail.test"), wants(stage.ExpectCertificateIssuer, "Test Root"), wants(stage.ExpectCertificateKey, "2048"),
		wants(stage.ExpectLoginNeedsTLS, "true"), wants(stage.ExpectMechanisms, "PLAIN"), wants(stage.ExpectNoMechanisms, "CRAM-MD5"),
		wants(stage.ExpectLogin, "true"), wants(stage.ExpectWrongPassword, "true"), wants(stage.ExpectGreeting, "10000"),
		wants(stage.ExpectReady, "20000"), wants(stage.ExpectNoCause, "cert-expires-soon", "wrong-password"),
	}
	for p, more := range map[stage.Protocol][]stage.Expectation{
		stage.IMAP: {wants(stage.ExpectSecurity, "starttls"), wants(stage.ExpectStartTLSOffered, "true"), wants(stage.ExpectCapabilities, "IDLE"), wants(stage.ExpectQuota, "80"), wants(stage.ExpectDiscovery, "true")},
		stage.POP3: {wants(stage.ExpectSecurity, "tls"), wants(stage.ExpectCapabilities, "UIDL", "SASL PLAIN"), wants(stage.ExpectDiscovery, "srv")},
		stage.SMTP: {wants(stage.ExpectSecurity, "starttls"), wants(stage.ExpectStartTLSOffered, "true"), wants(stage.ExpectCapabilities, "PIPELINING", "SIZE"), wants(stage.ExpectSize, "10000000"), wants(stage.ExpectSender, realtest.User), wants(stage.ExpectNoRelay, "true")},
	} {
		for _, line := range strings.Split(w.judge(t, p, append(more, common...)...), "\n") {
			if !strings.HasPrefix(line, "met: ") {
				t.Errorf("%s: %s", p, line)
			}
		}
	}
}

// The certificate of Dovecot and of Postfix, with and without STARTTLS, is compared with
// TLSA records.
func TestRealServersAndTLSA(t *testing.T) {
	w := newWorld(t, goodLeaf, realtest.DovecotConfig{}, realtest.PostfixConfig{})
	right := w.danee(t)
	wrong := right
	wrong.Data = make([]byte, len(right.Data))
	for p := range w.at {
		w.tlsa = []stage.TLSA{wrong, right}
		if got := w.judge(t, p, wants(stage.ExpectDiscovery, "tlsa")); !strings.HasPrefix(got, "met: a certificate that fits TLSA 3 1 1 ") {
			t.Errorf("%s: %s", p, got)
		}
		w.tlsa = []stage.TLSA{wrong}
		if got := w.judge(t, p, wants(stage.ExpectDiscovery, "tlsa")); !strings.HasPrefix(got, "unmet: 3 1 1 ") || !strings.HasSuffix(got, "..., where TLSA has 3 1 1 0000000000000000...") {
			t.Errorf("%s: %s", p, got)
		}
	}
}

// Each expectation unmet by Dovecot or Postfix.
func TestRealServersBreakExpectations(t *testing.T) {
	soon := probetest.Leaf{Names: []string{"mail.test"}, Key: probetest.RSA2048, NotBefore: time.Now().Add(-80 * 24 * time.Hour), NotAfter: time.Now().Add(5*24*time.Hour + time.Hour)}
	sasl := "permit_sasl_authenticated, "
	for _, tt := range []struct {
		name    string
		leaf    probetest.Leaf // zero: good
		dovecot realtest.DovecotConfig
		postfix realtest.PostfixConfig
		change  func(*world)
		at      stage.Protocol
		expects []stage.Expectation
		want    string
	}{
		{
			name: "certificate", leaf: soon, at: stage.POP3,
			expects: []stage.Expectation{
				wants(stage.ExpectCertificateDays, "14"), wants(stage.ExpectCertificateNames, "pop.mail.test"), wants(stage.ExpectCertificateIssuer, "Public"),
				wants(stage.ExpectCertificateKey, "3072"), wants(stage.ExpectSecurity, "starttls"), wants(stage.ExpectNoCause, "cert-expires-soon"),
			},
			want: "unmet: 5 [cert-expires-soon]\nunmet: pop.mail.test missing\nunmet: CN=Test Root,O=maildoctor probetest\nunmet: RSA 2048\nunmet: SSL/TLS\nunmet: cert-expires-soon [cert-expires-soon]",
		},
		{
			name: "any password", dovecot: realtest.DovecotConfig{Extra: []string{"passdb {\n driver = static\n args = nopassword=y\n}"}}, at: stage.IMAP,
			expects: []stage.Expectation{wants(stage.ExpectWrongPassword, "true")}, want: "unmet: accepted by mail.test:PORT",
		},
		{
			name: "login before TLS", dovecot: realtest.DovecotConfig{Extra: []string{"disable_plaintext_auth = no"}}, at: stage.IMAP,
			expects: []stage.Expectation{wants(stage.ExpectLoginNeedsTLS, "true"), wants(stage.ExpectMechanisms, "SCRAM-SHA-256"), wants(stage.ExpectNoMechanisms, "LOGIN"), wants(stage.ExpectCapabilities, "NOTIFY-ME")},
			want:    "unmet: PLAIN and LOGIN before encryption\nunmet: SCRAM-SHA-256 missing\nunmet: LOGIN offered\nunmet: NOTIFY-ME missing",
		},
		{
			name: "mailbox nearly full", dovecot: realtest.DovecotConfig{Quota: "100K", Messages: []string{"Subject: x\n\n" + strings.Repeat("x", 92_000)}}, at: stage.IMAP,
			expects: []stage.Expectation{wants(stage.ExpectQuota, "80")}, want: "unmet: 90 %, 90 of 100 KB",
		},
		{
			name: "wrong password of our own", change: func(w *world) { w.secret = "wrong" }, at: stage.IMAP,
			expects: []stage.Expectation{wants(stage.ExpectLogin, "true"), wants(stage.ExpectWrongPassword, "true")},
			want:    "unmet: refused: NO [AUTHENTICATIONFAILED] Authentication failed. [wrong-password]\nnot-judged: the right password was not accepted before",
		},
		{
			name: "no IPv6", change: func(w *world) { w.hosts = []string{local, "::1"} }, at: stage.SMTP,
			expects: []stage.Expectation{wants(stage.ExpectReachable, "both")}, want: "unmet: IPv4 answers; IPv6: connection refused",
		},
		{
			name: "no STARTTLS", postfix: realtest.PostfixConfig{Certificate: "none"}, at: stage.SMTP,
			expects: []stage.Expectation{wants(stage.ExpectStartTLSOffered, "true"), wants(stage.ExpectTLSMin, "1.2")},
			want:    "unmet: not offered [starttls-not-offered-by-server]\nnot-judged: it failed before that (starttls), which is reported by itself",
		},
		{
			name: "TLS 1.2, and small messages", postfix: realtest.PostfixConfig{Main: []string{"smtpd_tls_mandatory_protocols = TLSv1.2", "smtpd_tls_protocols = TLSv1.2", "message_size_limit = 1000000"}}, at: stage.SMTP,
			expects: []stage.Expectation{wants(stage.ExpectTLSMin, "1.3"), wants(stage.ExpectSize, "10000000"), wants(stage.ExpectDiscovery, "true")},
			want:    "unmet: TLS 1.2\nunmet: 1 MB\nunmet: nothing published for SMTP",
		},
		{
			name: "open relay", postfix: realtest.PostfixConfig{Main: []string{"mynetworks = 127.0.0.0/8", "smtpd_relay_restrictions = permit_mynetworks, reject", "smtpd_sender_restrictions ="}}, at: stage.SMTP,
			expects: []stage.Expectation{wants(stage.ExpectNoRelay, "true")}, want: "unmet: mail from ADDRESS to ADDRESS accepted",
		},
		{
			name: "strangers' domains are unknown", postfix: realtest.PostfixConfig{Main: []string{"smtpd_sender_restrictions = " + sasl + "check_sender_access static:{550 5.1.8 Domain not found}"}}, at: stage.SMTP,
			expects: []stage.Expectation{wants(stage.ExpectNoRelay, "true")},
			want:    "not-judged: the refusal is about the reserved domain, which does not exist: 550 5.1.8 <ADDRESS>: Sender address rejected: Domain not found",
		},
		{
			name: "sender refused", postfix: realtest.PostfixConfig{Main: []string{"smtpd_sender_restrictions = check_sender_access static:{553 5.7.1 not owned by you}"}}, at: stage.SMTP,
			expects: []stage.Expectation{wants(stage.ExpectSender, "sales@mail.test")},
			want:    "unmet: refused: 553 5.7.1 <sales@mail.test>: Sender address rejected: not owned by you [sender-address-not-permitted]",
		},
		{
			name: "slow", postfix: realtest.PostfixConfig{Main: []string{"smtpd_client_restrictions = sleep 2"}}, at: stage.SMTP,
			expects: []stage.Expectation{wants(stage.ExpectGreeting, "1000"), wants(stage.ExpectReady, "1500")}, want: "unmet: TIME\nunmet: TIME",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			leaf := tt.leaf
			if len(leaf.Names) == 0 {
				leaf = goodLeaf
			}
			w := newWorld(t, leaf, tt.dovecot, tt.postfix)
			if tt.change != nil {
				tt.change(&w)
			}
			if got := varying(w.judge(t, tt.at, tt.expects...)); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

var (
	strangers = regexp.MustCompile(`[a-z0-9]+@[a-z0-9]+\.invalid`)
	ports     = regexp.MustCompile(`mail\.test:\d+`)
	took      = regexp.MustCompile(`\b2(\.\d+)? s`)
)

// varying replaces what differs from run to run.
func varying(text string) string {
	text = strangers.ReplaceAllString(text, "ADDRESS")
	text = ports.ReplaceAllString(text, "mail.test:PORT")
	return took.ReplaceAllString(text, "TIME")
}
