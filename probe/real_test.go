//go:build unix

package probe_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/auth"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
	"maildoctor/probe/stage"
)

// real is a run against a real server on this machine.
type real struct {
	t         *testing.T
	authority authority
	cert, key string // PEM files
}

func newReal(t *testing.T, leaf probetest.Leaf) real {
	t.Helper()
	a := newAuthority(t)
	c, err := a.Issue(leaf)
	if err != nil {
		t.Fatal(err)
	}
	r := real{t: t, authority: a}
	r.cert, r.key = realtest.WritePEM(t, c)
	return r
}

var goodLeaf = probetest.Leaf{Names: []string{"mail.test"}}

// login is the account and credential of a run.
type login struct {
	secret    string
	token     bool
	mechanism string
	cleartext bool
}

// check examines one endpoint. address is where the server listens.
func (r real) check(p stage.Protocol, address string, port int, s stage.Security, l login) *stage.CheckRecord {
	r.t.Helper()
	e := stage.Endpoint{Protocol: p, Host: "mail.test", Port: uint16(port), Security: s}
	targets := account(e)
	targets[0].Subject.User, targets[0].Subject.Address = realtest.User, realtest.User
	opt := probe.Options{
		Resolver: names{"mail.test": {address}}, Roots: r.authority.roots,
		Mechanism: auth.Mechanism(l.mechanism), CleartextLogin: l.cleartext, NoFollowUps: true,
		StageTimeout: 20 * time.Second,
	}
	if l.secret != "" {
		opt.Credentials = map[int]probe.Credential{0: {Secret: auth.NewSecret(l.secret), Token: l.token}}
	}
	rec := examine(r.t, r.t.Context(), probe.NewPlan(targets, nil), opt)
	return &rec.Checks[0]
}

// passes fails the test unless every stage passed.
func (r real) passes(c *stage.CheckRecord) {
	r.t.Helper()
	for _, s := range c.Results {
		if s.Status != stage.Pass {
			r.t.Errorf("%s %s: %s\n%s", c.Check.ID, c.Check.Endpoint.Security, outcome(c), said(c))
			return
		}
	}
}

// ends fails the test unless the outcome contains want.
func (r real) ends(c *stage.CheckRecord, want string) {
	r.t.Helper()
	if got := outcome(c); !strings.Contains(got, want) {
		r.t.Errorf("%s %s: %s; want %s\n%s", c.Check.ID, c.Check.Endpoint.Security, got, want, said(c))
	}
}

func said(c *stage.CheckRecord) string {
	var b strings.Builder
	for _, l := range c.Transcript {
		fmt.Fprintf(&b, "  %s %s\n", l.From, l.Text)
	}
	return b.String()
}

const local = "127.0.0.1"

// right logs in with the right password.
var right = login{secret: realtest.Password}

// dovecotMechanisms are the mechanisms that the test's Dovecot offers, and the
// protocols' own commands.
const dovecotMechanisms = "plain login cram-md5 scram-sha-1 scram-sha-256 apop"

func TestDovecot(t *testing.T) {
	r := newReal(t, goodLeaf)
	d := realtest.StartDovecot(t, realtest.DovecotConfig{Certificate: r.cert, Key: r.key, Mechanisms: dovecotMechanisms, Quota: "700M"})
	modes := []struct {
		protocol stage.Protocol
		port     int
		security stage.Security
	}{
		{stage.IMAP, d.IMAPS, stage.TLS},
		{stage.IMAP, d.IMAP, stage.StartTLS},
		{stage.IMAP, d.IMAP, stage.StartTLSIfOffered},
		{stage.POP3, d.POP3S, stage.TLS},
		{stage.POP3, d.POP3, stage.StartTLS},
		{stage.POP3, d.POP3, stage.StartTLSIfOffered},
	}
	own := map[stage.Protocol][]string{stage.IMAP: {"IMAP LOGIN"}, stage.POP3: {"USER/PASS", "APOP"}}
	for _, m := range modes {
		t.Run(fmt.Sprintf("%s %s", m.protocol, m.security), func(t *testing.T) {
			r := r
			r.t = t
			c := r.check(m.protocol, local, m.port, m.security, right)
			r.passes(c)
			if f := stage.FactsOf[*stage.LoginFacts](c); f == nil || f.Mechanism != "SCRAM-SHA-256" || !f.Encrypted {
				t.Errorf("login facts %+v; want SCRAM-SHA-256 over TLS", f)
			}
			for _, mechanism := range append([]string{"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"}, own[m.protocol]...) {
				l := right
				l.mechanism = mechanism
				c := r.check(m.protocol, local, m.port, m.security, l)
				r.passes(c)
				if f := stage.FactsOf[*stage.LoginFacts](c); f == nil || f.Mechanism != mechanism || f.Why != "forced" {
					t.Errorf("%s: login facts %+v", mechanism, f)
				}
				l.secret = "wrong" + realtest.Password
				c = r.check(m.protocol, local, m.port, m.security, l)
				r.ends(c, "login=fail(rejected)")
			}
		})
	}
}

// What Dovecot reports about a mailbox.
func TestDovecotMailbox(t *testing.T) {
	r := newReal(t, goodLeaf)
	d := realtest.StartDovecot(t, realtest.DovecotConfig{Certificate: r.cert, Key: r.key, Quota: "700M"})
	c := r.check(stage.IMAP, local, d.IMAPS, stage.TLS, right)
	r.passes(c)
	f := stage.FactsOf[*stage.MailboxFacts](c)
	if f == nil || f.Messages == nil || *f.Messages != 0 || f.QuotaLimit == nil || *f.QuotaLimit != 700<<20 || !f.ReadOnly {
		t.Errorf("IMAP mailbox: %+v; want no messages, a quota of 700 MB, read-only", f)
	}
	if f != nil && f.ServerID["name"] != "Dovecot" {
		t.Errorf("ID: %v; want Dovecot", f.ServerID)
	}
	c = r.check(stage.POP3, local, d.POP3S, stage.TLS, right)
	r.passes(c)
	if f := stage.FactsOf[*stage.MailboxFacts](c); f == nil || f.Messages == nil || f.UIDL == nil || !*f.UIDL {
		t.Errorf("POP3 mailbox: %+v; want a count and UIDL", f)
	}
}

// In cleartext, Dovecot accepts no password from another host. It treats a connection
// from 127.0.0.1 to 127.0.0.2 as one between two hosts.
func TestDovecotCleartext(t *testing.T) {
	const other = "127.0.0.2"
	r := newReal(t, goodLeaf)
	d := realtest.StartDovecot(t, realtest.DovecotConfig{Certificate: r.cert, Key: r.key, Listen: other})
	for _, tt := range []struct {
		protocol stage.Protocol
		port     int
	}{{stage.IMAP, d.IMAP}, {stage.POP3, d.POP3}} {
		l := right
		r.ends(r.check(tt.protocol, other, tt.port, stage.None, l), "login=skip(cleartext-not-allowed)")
		l.cleartext = true
		c := r.check(tt.protocol, other, tt.port, stage.None, l)
		if got := outcome(c); !strings.Contains(got, "login=fail(no-mechanism)") && !strings.Contains(got, "login=fail(rejected)") {
			t.Errorf("%s in clear: %s; want a refusal", tt.protocol, got)
		}
		if strings.Contains(said(c), realtest.Password) {
			t.Errorf("%s: the password is in the transcript", tt.protocol)
		}
	}
	// Without any TLS, Dovecot accepts it, and so do we with the option.
	plain := realtest.StartDovecot(t, realtest.DovecotConfig{})
	l := right
	l.cleartext = true
	r.passes(r.check(stage.IMAP, local, plain.IMAP, stage.None, l))
	r.passes(r.check(stage.POP3, local, plain.POP3, stage.None, l))
	r.ends(r.check(stage.IMAP, local, plain.IMAP, stage.StartTLS, right), "starttls=fail(not-offered)")
	r.ends(r.check(stage.POP3, local, plain.POP3, stage.StartTLSIfOffered, right), "login=skip(cleartext-not-allowed)")
	// The wrong mode, both ways.
	r.ends(r.check(stage.IMAP, local, d.IMAP, stage.TLS, right), "tls=fail(plaintext-answer)")
}

// tokens serves Dovecot's requests to validate OAuth 2.0 tokens.
func tokens(t *testing.T, good string) string {
	t.Helper()
	ln, err := net.Listen("tcp", local+":0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if !strings.HasSuffix(req.URL.RequestURI(), good) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]string{"email": realtest.User})
	})}
	go server.Serve(ln)
	t.Cleanup(func() { server.Close() })
	return "http://" + ln.Addr().String() + "/info?access_token="
}

func TestDovecotOAuth(t *testing.T) {
	const token = "ya29.a-token"
	r := newReal(t, goodLeaf)
	d := realtest.StartDovecot(t, realtest.DovecotConfig{
		Certificate: r.cert, Key: r.key, Mechanisms: "plain xoauth2 oauthbearer", TokenInfo: tokens(t, token),
	})
	for _, mechanism := range []string{"XOAUTH2", "OAUTHBEARER"} {
		for _, tt := range []struct {
			protocol stage.Protocol
			port     int
		}{{stage.IMAP, d.IMAPS}, {stage.POP3, d.POP3S}} {
			l := login{secret: token, token: true, mechanism: mechanism}
			r.passes(r.check(tt.protocol, local, tt.port, stage.TLS, l))
			l.secret = "expired"
			c := r.check(tt.protocol, local, tt.port, stage.TLS, l)
			r.ends(c, "login=fail(rejected)")
			if f := stage.FactsOf[*stage.LoginFacts](c); f == nil || f.OAuthStatus == "" {
				t.Errorf("%s %s: the error challenge's status is not in the facts: %+v", tt.protocol, mechanism, f)
			}
		}
	}
}

func TestPostfix(t *testing.T) {
	r := newReal(t, goodLeaf)
	d := realtest.StartDovecot(t, realtest.DovecotConfig{Certificate: r.cert, Key: r.key, Mechanisms: "plain login cram-md5 scram-sha-256"})
	p := realtest.StartPostfix(t, realtest.PostfixConfig{Certificate: r.cert, Key: r.key, Auth: d.Auth})
	submission(t, r, p.Submission, p.Submissions, []string{"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"})
}

func TestExim(t *testing.T) {
	r := newReal(t, goodLeaf)
	e := realtest.StartExim(t, realtest.EximConfig{Certificate: r.cert, Key: r.key})
	submission(t, r, e.Submission, e.Submissions, []string{"PLAIN", "LOGIN", "CRAM-MD5"})
}

// submission tests security modes and mechanisms with a server that accepts mail up to
// 10 MB after login.
func submission(t *testing.T, r real, starttls, tls int, mechanisms []string) {
	for _, m := range []struct {
		port     int
		security stage.Security
	}{{starttls, stage.StartTLS}, {starttls, stage.StartTLSIfOffered}, {tls, stage.TLS}} {
		t.Run(string(m.security), func(t *testing.T) {
			r := r
			r.t = t
			c := r.check(stage.SMTP, local, m.port, m.security, right)
			r.passes(c)
			f := stage.FactsOf[*stage.SubmitFacts](c)
			if f == nil || !f.Accepted || f.SizeLimit == nil || *f.SizeLimit != 10<<20 {
				t.Errorf("submit facts %+v; want the sender accepted, and 10 MB", f)
			}
			if caps := stage.FactsOf[*stage.CapabilityFacts](c); caps == nil || !slices.Contains(caps.Mechanisms, mechanisms[0]) {
				t.Errorf("capabilities %+v", caps)
			}
			for _, mechanism := range mechanisms {
				l := right
				l.mechanism = mechanism
				r.passes(r.check(stage.SMTP, local, m.port, m.security, l))
				l.secret = "wrong"
				c := r.check(stage.SMTP, local, m.port, m.security, l)
				r.ends(c, "login=fail(rejected)")
				if f := stage.FactsOf[*stage.LoginFacts](c); f == nil || f.Reply == nil || f.Reply.Code != 535 {
					t.Errorf("%s: login facts %+v; want a reply 535", mechanism, f)
				}
			}
		})
	}
	r.ends(r.check(stage.SMTP, local, starttls, stage.None, right), "login=skip(cleartext-not-allowed)")
	r.ends(r.check(stage.SMTP, local, starttls, stage.TLS, right), "tls=fail(plaintext-answer)")
}

// Invalid certificates, with the TLS libraries of all three servers.
func TestRealCertificates(t *testing.T) {
	for name, leaf := range map[string]probetest.Leaf{
		"expired":       {Names: []string{"mail.test"}, NotBefore: time.Now().AddDate(0, -3, 0), NotAfter: time.Now().AddDate(0, 0, -2)},
		"name-mismatch": {Names: []string{"server7.hoster.test"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReal(t, leaf)
			d := realtest.StartDovecot(t, realtest.DovecotConfig{Certificate: r.cert, Key: r.key})
			p := realtest.StartPostfix(t, realtest.PostfixConfig{Certificate: r.cert, Key: r.key, Auth: d.Auth})
			e := realtest.StartExim(t, realtest.EximConfig{Certificate: r.cert, Key: r.key})
			for _, c := range []*stage.CheckRecord{
				r.check(stage.IMAP, local, d.IMAPS, stage.TLS, right),
				r.check(stage.POP3, local, d.POP3, stage.StartTLS, right),
				r.check(stage.SMTP, local, p.Submission, stage.StartTLS, right),
				r.check(stage.SMTP, local, p.Submissions, stage.TLS, right),
				r.check(stage.SMTP, local, e.Submission, stage.StartTLS, right),
			} {
				r.ends(c, "tls=fail(bad-certificate)")
				f := stage.FactsOf[*stage.TLSFacts](c)
				if f == nil || len(f.Faults) != 1 || f.Faults[0].ID != stage.CertFaultID(name) {
					t.Errorf("%s: faults %+v; want %s alone", c.Check.ID, f.Faults, name)
				}
			}
		})
	}
}
