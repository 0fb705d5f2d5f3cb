package dialoguetest

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// The account of the tests.
const (
	User     = "jane@example.test"
	Password = `p"ä\ s w0rd`
)

// Request returns a login with the account of the tests, over TLS.
func Request() auth.Request {
	return auth.Request{User: User, Secret: auth.NewSecret(Password), Encrypted: true}
}

// PlainResponse returns PLAIN's message for the account (RFC 4616).
func PlainResponse() string { return Base64("\x00" + User + "\x00" + Password) }

// CramResponse returns CRAM-MD5's response to a challenge (RFC 2195).
func CramResponse(challenge string) string {
	mac := hmac.New(md5.New, []byte(Password))
	mac.Write([]byte(challenge))
	return Base64(User + " " + hex.EncodeToString(mac.Sum(nil)))
}

// Frames are the parts of a protocol around a SASL login.
type Frames struct {
	Hello     string // what the server sends before the login, with line endings
	Ask       string // the beginning of the client's command that Offer replies to
	Offer     string // a reply that offers only SCRAM-SHA-256
	Command   string // the command, followed by the mechanism and a space
	Challenge string // the beginning of a challenge
	Yes       string
	No        string // a permanent refusal
	Cancelled string // the reply to a cancelled exchange
}

// scram returns a server that answers the first SCRAM message with an iteration count,
// and later ones with rest.
func (f *Frames) scram(t *testing.T, iterations int, rest ...string) func(net.Conn) {
	return func(conn net.Conn) {
		defer conn.Close()
		r := bufio.NewReader(conn)
		read := func(prefix string) string {
			line, _ := r.ReadString('\n')
			if !strings.HasPrefix(line, prefix) {
				t.Errorf("got %q, want %q", line, prefix)
			}
			return strings.TrimSpace(strings.TrimPrefix(line, prefix))
		}
		io.WriteString(conn, f.Hello)
		read(f.Ask)
		io.WriteString(conn, f.Offer)
		first, _ := base64.StdEncoding.DecodeString(read(f.Command))
		_, nonce, _ := strings.Cut(string(first), ",r=")
		fmt.Fprintf(conn, "%s%s\r\n", f.Challenge, Base64(fmt.Sprintf("r=%sabc,s=c2FsdA==,i=%d", nonce, iterations)))
		for _, reply := range rest {
			read("")
			fmt.Fprint(conn, reply+"\r\n")
		}
	}
}

// ScramFaults tests logins with everything that a server can do wrong in SCRAM.
func ScramFaults(t *testing.T, f Frames, open Open) {
	tests := []struct {
		name   string
		server func(net.Conn)
		fault  stage.Fault
	}{
		{"iterations", f.scram(t, 1<<31-1, f.Cancelled), stage.TooManyRounds},
		{"forged proof", f.scram(t, 4096, f.Challenge+Base64("v=AAAA"), f.Cancelled), stage.ServerProof},
		{"no proof", f.scram(t, 4096, f.Yes), stage.ServerProof},
		{"refused", f.scram(t, 4096, f.No), stage.Rejected},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			Serve(t, tt.server, func(t *testing.T, talk *Talk) {
				facts, err := logIn(t, open(talk.Conn), talk, Request())
				WantFault(t, err, tt.fault)
				if facts.Mechanism != "SCRAM-SHA-256" || !facts.Sent || facts.Iterations == 0 {
					t.Errorf("facts %s", Encode(t, facts))
				}
			})
		})
	}
}

// OAuthStatus tests that the error challenge for a refused token is recorded in the
// facts. In the script, "%s" stands for the error in base64.
func OAuthStatus(t *testing.T, script string, open Open) {
	req := auth.Request{User: User, Secret: auth.NewSecret("ya29.token"), Token: true, Encrypted: true}
	status := Base64(`{"status":"401","schemes":"bearer","scope":"https://mail.example.test/\u001b"}`)
	Serve(t, Script(t, strings.ReplaceAll(script, "%s", status)), func(t *testing.T, talk *Talk) {
		f, err := logIn(t, open(talk.Conn), talk, req)
		WantFault(t, err, stage.Rejected)
		if f.OAuthStatus != "401" || f.OAuthScope != `https://mail.example.test/\x1b` {
			t.Errorf("facts %s", Encode(t, f))
		}
	})
}

// ChallengeAfterCancel tests that a challenge is withheld even if it is the reply to
// the cancellation, as in the script. last is what is recorded of it.
func ChallengeAfterCancel(t *testing.T, script, last string, open Open) {
	Serve(t, Script(t, script), func(t *testing.T, talk *Talk) {
		f, err := logIn(t, open(talk.Conn), talk, Request())
		WantFault(t, err, stage.Malformed)
		if f.Reply != nil || strings.Contains(talk.String(), "c2VjcmV0") || !strings.HasSuffix(talk.String(), last+"\n") {
			t.Errorf("%s\n%s", Encode(t, f), talk)
		}
	})
}

// BadCredential tests that a secret that can't be sent is rejected before anything is
// sent.
func BadCredential(t *testing.T, script, secret string, open Open) {
	t.Helper()
	req := Request()
	req.Secret = auth.NewSecret(secret)
	Serve(t, Script(t, script), func(t *testing.T, talk *Talk) {
		s := open(talk.Conn)
		f, err := logIn(t, s, talk, req)
		WantFault(t, err, stage.BadCredential)
		if f.Sent {
			t.Error("sent")
		}
		s.Quit(talk.Ctx)
	})
}

// patient is a mechanism that responds to every challenge with answer.
type patient struct{ answer []byte }

func (patient) Start() (string, []byte, error) { return "PATIENT", nil, nil }
func (p patient) Next([]byte) ([]byte, error)  { return p.answer, nil }
func (patient) Done() error                    { return nil }
func (patient) Seen() auth.Seen                { return auth.Seen{} }

// Patience tests that an exchange ends even if the mechanism never does. A response of
// longest bytes must be too long; 0: there is no maximum length.
func Patience(t *testing.T, f Frames, longest int, exchange func(*wire.Conn) auth.Exchange) {
	challenge := f.Challenge + "YQ==\r\n"
	yes, no := f.Yes+"\r\n", f.Cancelled+"\r\n"
	tests := []struct {
		name, said string
		answer     []byte
		fault      stage.Fault
		sent       int // lines
	}{
		{"most challenges", strings.Repeat(challenge, auth.MaxRounds) + yes, []byte("b"), "", auth.MaxRounds + 1},
		{"one challenge more", strings.Repeat(challenge, auth.MaxRounds+1) + no, []byte("b"), stage.TooManyRounds, auth.MaxRounds + 2},
		{"long response", challenge + no, bytes.Repeat([]byte("b"), longest), stage.BadCredential, 2},
	}
	for _, tt := range tests {
		if longest == 0 && tt.fault == stage.BadCredential {
			continue
		}
		conn := NewReplay(tt.said)
		got := Fault(t, exchange(wire.New(conn, wire.Limits{}, nil)).Run(patient{tt.answer}))
		sent := conn.Sent.String()
		if n := strings.Count(sent, "\r\n"); got != tt.fault || n != tt.sent {
			t.Errorf("%s: fault %q, want %q; %d lines, want %d", tt.name, got, tt.fault, n, tt.sent)
		}
		if cancelled := strings.HasSuffix(sent, "\r\n*\r\n"); cancelled != (tt.fault != "") {
			t.Errorf("%s: cancelled %v", tt.name, cancelled)
		}
	}
}
