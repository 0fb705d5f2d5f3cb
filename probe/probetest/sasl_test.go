package probetest_test

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/xdg-go/scram"

	"maildoctor/probe/probetest"
)

// mechanisms are all that the servers support.
var mechanisms = []string{
	"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512",
	"SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS", "XOAUTH2", "OAUTHBEARER",
}

// answerer performs a mechanism: it returns the response to a challenge, or nil for
// none. The first challenge is empty if there was an initial response.
type answerer func(challenge string) string

// newAnswerer returns the initial response, with ok if there is one, and the answerer
// for the challenges.
func newAnswerer(t *testing.T, mechanism, secret string, state *tls.ConnectionState) (initial string, ok bool, next answerer) {
	t.Helper()
	switch mechanism {
	case "PLAIN":
		return "\x00" + user + "\x00" + secret, true, nil
	case "LOGIN":
		return "", false, func(challenge string) string {
			if challenge == "Username:" {
				return user
			}
			return secret
		}
	case "CRAM-MD5":
		return "", false, func(challenge string) string {
			mac := hmac.New(md5.New, []byte(secret))
			mac.Write([]byte(challenge))
			return user + " " + hex.EncodeToString(mac.Sum(nil))
		}
	case "XOAUTH2":
		return "user=" + user + "\x01auth=Bearer " + secret + "\x01\x01", true, func(string) string { return "" }
	case "OAUTHBEARER":
		c := sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: user, Token: secret, Host: host, Port: 993})
		_, ir, err := c.Start()
		if err != nil {
			t.Fatal(err)
		}
		return string(ir), true, func(string) string { return "\x01" }
	}
	hash := map[string]scram.HashGeneratorFcn{"SCRAM-SHA-1": scram.SHA1, "SCRAM-SHA-256": scram.SHA256, "SCRAM-SHA-512": scram.SHA512}
	c, err := hash[strings.TrimSuffix(mechanism, "-PLUS")].NewClient(user, secret, "")
	if err != nil {
		t.Fatal(err)
	}
	conversation := c.NewConversation()
	if strings.HasSuffix(mechanism, "-PLUS") {
		binding, err := scram.NewTLSExporterBinding(state)
		if mechanism == "SCRAM-SHA-1-PLUS" { // so that both kinds are seen
			binding, err = scram.NewTLSServerEndpointBinding(state)
		}
		if err != nil {
			t.Fatal(err)
		}
		conversation = c.NewConversationWithChannelBinding(binding)
	}
	first, err := conversation.Step("")
	if err != nil {
		t.Fatal(err)
	}
	return first, true, func(challenge string) string {
		response, err := conversation.Step(challenge)
		if err != nil {
			return "error: " + err.Error()
		}
		return response
	}
}

// words are the forms of the protocols' AUTH commands.
var words = map[probetest.Protocol]struct{ command, prompt, yes, no string }{
	probetest.IMAP: {"a1 AUTHENTICATE ", "+ ", "a1 OK", "a1 NO [AUTHENTICATIONFAILED]"},
	probetest.POP3: {"AUTH ", "+ ", "+OK", "-ERR [AUTH]"},
	probetest.SMTP: {"AUTH ", "334 ", "235 ", "535 5.7.8"},
}

// authenticate performs an exchange and returns the final reply.
func (c *client) authenticate(p probetest.Protocol, mechanism, secret string, ir bool) string {
	c.t.Helper()
	var state *tls.ConnectionState
	if tc, ok := c.conn.(*tls.Conn); ok {
		s := tc.ConnectionState()
		state = &s
	}
	initial, has, next := newAnswerer(c.t, mechanism, secret, state)
	b64 := base64.StdEncoding.EncodeToString
	command := words[p].command + mechanism
	if has && ir {
		command += " " + b64([]byte(initial))
	}
	c.send(command)
	if has && !ir {
		c.expect(strings.TrimSpace(words[p].prompt))
		c.send(b64([]byte(initial)))
	}
	for range 5 {
		line := c.line()
		challenge, is := strings.CutPrefix(line, words[p].prompt)
		if !is {
			return line
		}
		decoded, err := base64.StdEncoding.DecodeString(challenge)
		if err != nil {
			c.t.Fatalf("challenge %q: %v", line, err)
		}
		c.send(b64([]byte(next(string(decoded)))))
	}
	c.t.Fatal("no end")
	return ""
}

// hello takes a connection to where login may begin.
func (c *client) hello(p probetest.Protocol) {
	c.t.Helper()
	switch p {
	case probetest.SMTP:
		c.expect("220 ")
		c.send("EHLO [127.0.0.1]")
		c.until("250 ")
	default:
		c.line()
	}
}

func TestMechanisms(t *testing.T) {
	for _, p := range []probetest.Protocol{probetest.IMAP, probetest.POP3, probetest.SMTP} {
		for _, library := range []probetest.Library{probetest.LibraryIfPossible, probetest.LibraryNever} {
			if p == probetest.POP3 && library == probetest.LibraryNever {
				continue // there is no such combination
			}
			cfg := config(p, probetest.ImplicitTLS)
			cfg.Mechanisms, cfg.Library = mechanisms, library
			s := start(t, cfg)
			for _, m := range mechanisms {
				for _, ir := range []bool{true, false} {
					t.Run(fmt.Sprintf("%s/%s/%s/%v", p, library, m, ir), func(t *testing.T) {
						c := dial(t, s)
						c.startTLS()
						c.hello(p)
						if got := c.authenticate(p, m, "wrong", ir); !strings.HasPrefix(got, words[p].no) {
							t.Errorf("wrong: %q", got)
						}
						if got := c.authenticate(p, m, password, ir); !strings.HasPrefix(got, words[p].yes) {
							t.Errorf("right: %q", got)
						}
					})
				}
			}
			for i, l := range s.Logins() {
				if want := (probetest.Login{User: user, Mechanism: mechanisms[i/4], OK: i%2 == 1}); l != want {
					t.Errorf("%s %s: login %d is %+v, want %+v", p, library, i, l, want)
				}
			}
		}
	}
}

// Violations of a mechanism are refused, and the session continues.
func TestMechanismErrors(t *testing.T) {
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	cfg := config(probetest.SMTP, probetest.ImplicitTLS)
	cfg.Mechanisms, cfg.Library = mechanisms, probetest.LibraryNever
	s := start(t, cfg)
	c := dial(t, s)
	c.startTLS()
	c.hello(probetest.SMTP)
	tests := []struct {
		send []string
		want []string
	}{
		{[]string{"AUTH KERBEROS_V4"}, []string{"504 "}},
		{[]string{"AUTH PLAIN", "*"}, []string{"334 ", "501 5.7.0"}},
		{[]string{"AUTH PLAIN ????"}, []string{"501 5.5.2"}},
		{[]string{"AUTH PLAIN ="}, []string{"501 5.5.2"}},
		{[]string{"AUTH PLAIN " + b64("a\x00b")}, []string{"501 5.5.2"}},
		{[]string{"AUTH CRAM-MD5", b64("word")}, []string{"334 ", "501 5.5.2"}},
		{[]string{"AUTH XOAUTH2 " + b64("user=x")}, []string{"501 5.5.2"}},
		{[]string{"AUTH OAUTHBEARER " + b64("n,a=x,\x01\x01")}, []string{"501 5.5.2"}},
		{[]string{"AUTH SCRAM-SHA-1-PLUS " + b64("n,,n=x,r=1")}, []string{"501 5.5.2"}},
		{[]string{"AUTH SCRAM-SHA-1-PLUS " + b64("p=tls-unique,,n=x,r=1")}, []string{"501 5.5.2"}},
		{[]string{"AUTH SCRAM-SHA-1 " + b64("p=tls-exporter,,n=x,r=1")}, []string{"501 5.5.2"}},
		{[]string{"AUTH SCRAM-SHA-1 " + b64("y,,n="+user+",r=1")}, []string{"535 "}}, // a downgrade: -PLUS is offered
		{[]string{"AUTH SCRAM-SHA-1 " + b64("n,,n=nobody,r=1")}, []string{"535 "}},
		{[]string{"AUTH SCRAM-SHA-1 " + b64("n,,n="+user+",r=1")}, []string{"334 "}},
	}
	for _, test := range tests {
		c.send(test.send...)
		for _, want := range test.want {
			if got := c.line(); !strings.HasPrefix(got, want) {
				t.Errorf("%q: got %q, want %q", test.send, got, want)
			}
		}
	}
}

func TestPlusNeedsTLS(t *testing.T) {
	cfg := config(probetest.POP3, probetest.Cleartext)
	cfg.Mechanisms = mechanisms
	c := dial(t, start(t, cfg))
	c.expect("+OK")
	c.send("AUTH")
	if got := c.until("."); slices.Contains(got, "SCRAM-SHA-1-PLUS") || !slices.Contains(got, "SCRAM-SHA-1") {
		t.Errorf("offered in clear: %q", got)
	}
}

func TestAPOP(t *testing.T) {
	cfg := config(probetest.POP3, probetest.ImplicitTLS)
	cfg.APOP = true
	c := dial(t, start(t, cfg))
	c.startTLS()
	greeting := c.expect("+OK ")
	stamp := greeting[strings.IndexByte(greeting, '<'):]
	digest := func(secret string) string {
		sum := md5.Sum([]byte(stamp + secret))
		return hex.EncodeToString(sum[:])
	}
	c.send("APOP "+user+" "+digest("wrong"), "APOP x", "APOP "+user+" "+digest(password))
	c.expect("-ERR [AUTH]", "-ERR", "+OK")
}

// The faults of SCRAM do what their names say.
func TestScramFaults(t *testing.T) {
	tests := []struct {
		fault probetest.Fault
		first string // in the server's first message
		last  string // the client's response to the last challenge
	}{
		{probetest.ScramMany, ",i=2147483647", ""},
		{probetest.ScramBadProof, ",i=4096", "error: "},
		{probetest.ScramNoProof, ",i=4096", "none"},
	}
	for _, test := range tests {
		cfg := config(probetest.SMTP, probetest.Cleartext, test.fault)
		cfg.Mechanisms = []string{"SCRAM-SHA-256"}
		c := dial(t, start(t, cfg))
		c.hello(probetest.SMTP)
		initial, _, next := newAnswerer(t, "SCRAM-SHA-256", password, nil)
		b64 := base64.StdEncoding
		c.send("AUTH SCRAM-SHA-256 " + b64.EncodeToString([]byte(initial)))
		first, _ := b64.DecodeString(strings.TrimPrefix(c.line(), "334 "))
		if !strings.HasSuffix(string(first), test.first) {
			t.Errorf("%s: first message %q", test.fault, first)
		}
		if test.last == "" {
			continue
		}
		c.send(b64.EncodeToString([]byte(next(string(first)))))
		challenge, more := strings.CutPrefix(c.line(), "334 ")
		if more != (test.last != "none") {
			t.Errorf("%s: last line %q", test.fault, challenge)
			continue
		}
		if more {
			last, _ := b64.DecodeString(challenge)
			if got := next(string(last)); !strings.HasPrefix(got, test.last) {
				t.Errorf("%s: the client took %q: %q", test.fault, last, got)
			}
		} else if !strings.HasPrefix(challenge, "235 ") {
			t.Errorf("%s: %q", test.fault, challenge)
		}
	}
}
