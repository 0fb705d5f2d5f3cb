package pop3_test

import (
	"bufio"
	"crypto/hmac"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net"
	"strings"
	"testing"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

var plainResponse = b64("\x00jane@example.test\x00" + password)

func cramResponse(challenge string) string {
	mac := hmac.New(md5.New, []byte(password))
	mac.Write([]byte(challenge))
	return b64("jane@example.test " + hex.EncodeToString(mac.Sum(nil)))
}

// offering is a server up to the end of its list.
func offering(capabilities ...string) string {
	return "S: +OK\nC: CAPA\nS: +OK\nS: " + strings.Join(capabilities, "\nS: ") + "\nS: .\n"
}

const noCapa = "S: +OK\nC: CAPA\nS: -ERR\n"

func TestLogin(t *testing.T) {
	long := auth.Request{User: "jane@example.test", Secret: auth.NewSecret(strings.Repeat("t0ken.", 50)), Token: true, Encrypted: true}
	bearer := b64("user=jane@example.test\x01auth=Bearer " + long.Secret.Reveal() + "\x01\x01")
	forced := func(m auth.Mechanism) auth.Request { r := request(); r.Force = m; return r }
	const challenge = "<1.2@pop.example.test>"
	sum := md5.Sum([]byte(challenge + password))
	digest := hex.EncodeToString(sum[:])
	tests := []struct {
		name      string
		script    string
		req       auth.Request
		mechanism auth.Mechanism
		initial   bool
		shown     string // the client's lines of the exchange
	}{
		{"PLAIN", offering("SASL PLAIN LOGIN", "USER") + "C: AUTH PLAIN " + plainResponse + "\nS: +OK", request(), auth.Plain, true, "AUTH PLAIN ***"},
		{
			"LOGIN", offering("SASL LOGIN") + "C: AUTH LOGIN\nS: + VXNlcm5hbWU6\nC: " + b64("jane@example.test") + "\nS: +\nC: " + b64(password) + "\nS: +OK",
			request(), auth.LoginSASL, false, "AUTH LOGIN,***,***",
		},
		{
			"CRAM-MD5", offering("sasl cram-md5") + "C: AUTH CRAM-MD5\nS: + " + b64(challenge) + "\nC: " + cramResponse(challenge) + "\nS: +OK",
			request(), auth.CramMD5, false, "AUTH CRAM-MD5,***",
		},
		{"USER and PASS", offering("USER") + "C: USER jane@example.test\nS: +OK\nC: PASS " + password + "\nS: +OK in", request(), auth.UserPass, false, "USER jane@example.test,PASS ***"},
		{"no CAPA", noCapa + "C: USER jane@example.test\nS: +OK\nC: PASS " + password + "\nS: +OK in", request(), auth.UserPass, false, "USER jane@example.test,PASS ***"},
		{"pipelined", offering("USER", "PIPELINING") + "C: USER jane@example.test\nC: PASS " + password + "\nS: +OK\nS: +OK in", request(), auth.UserPass, false, "USER jane@example.test,PASS ***"},
		{"APOP", strings.Replace(offering("STLS"), "+OK", "+OK "+challenge, 1) + "C: APOP jane@example.test " + digest + "\nS: +OK", request(), auth.APOP, false, "APOP ***"},
		{
			"APOP forced", strings.Replace(offering("USER", "SASL PLAIN"), "+OK", "+OK ready "+challenge, 1) + "C: APOP jane@example.test " + digest + "\nS: +OK",
			forced(auth.APOP), auth.APOP, false, "APOP ***",
		},
		{"too long for the command", offering("SASL XOAUTH2") + "C: AUTH XOAUTH2\nS: +\nC: " + bearer + "\nS: +OK", long, auth.XOAuth2, false, "AUTH XOAUTH2,***"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			converse(t, tt.script, func(t *testing.T, c *client) {
				ready(t, c)
				f, err := c.Login(c.ctx, tt.req)
				if err != nil {
					t.Fatal(err)
				}
				if f.Mechanism != string(tt.mechanism) || !f.Sent || !f.Encrypted || f.InitialReply != tt.initial || f.Reply == nil || f.Reply.Status != "+OK" || f.Why == "" {
					t.Errorf("facts %s", encode(t, f))
				}
				var said []string
				for _, l := range c.lines {
					if l.From == stage.Client && l.Stage == stage.Login && l.Text != "CAPA" {
						said = append(said, l.Text)
					}
				}
				if got := strings.Join(said, ","); got != tt.shown {
					t.Errorf("recorded %q, want %q", got, tt.shown)
				}
				for _, l := range c.lines {
					if strings.HasPrefix(l.Text, "+ ") && l.Text != "+ ***" {
						t.Errorf("a challenge was recorded: %+v", l)
					}
				}
			})
		})
	}
}

func TestLoginFaults(t *testing.T) {
	plain := offering("SASL PLAIN") + "C: AUTH PLAIN*\n"
	login := offering("SASL LOGIN") + "C: AUTH LOGIN\n"
	user := offering("USER") + "C: USER*\n"
	pass := user + "S: +OK\nC: PASS*\n"
	both := offering("USER", "PIPELINING") + "C: USER*\nC: PASS*\n"
	apop := strings.Replace(offering("STLS"), "+OK", "+OK <1.2@x>", 1) + "C: APOP*\n"
	tests := []struct {
		name, script string
		fault        stage.Fault
		sent         bool
		command      string // of the reply
		code         string
	}{
		{"wrong password", plain + "S: -ERR [AUTH] no", stage.Rejected, true, "AUTH", "AUTH"},
		{"busy", plain + "S: -ERR [SYS/TEMP] later", stage.TemporarilyOut, true, "AUTH", "SYS/TEMP"},
		{"for good", plain + "S: -ERR [SYS/PERM] never", stage.Rejected, true, "AUTH", "SYS/PERM"},
		{"locked", pass + "S: -ERR [IN-USE] in use", stage.TemporarilyOut, true, "PASS", "IN-USE"},
		{"too soon", pass + "S: -ERR [LOGIN-DELAY] wait", stage.TemporarilyOut, true, "PASS", "LOGIN-DELAY"},
		{"no code", pass + "S: -ERR [not a code] no", stage.Rejected, true, "PASS", ""},
		{"USER refused", user + "S: -ERR no such user\nC: QUIT\nS: +OK", stage.Rejected, false, "USER", ""},
		{"USER refused, pipelined", both + "S: -ERR no such user\nS: -ERR no user\nC: QUIT\nS: +OK", stage.Rejected, true, "USER", ""},
		{"PASS refused, pipelined", both + "S: +OK\nS: -ERR [AUTH] no\nC: QUIT\nS: +OK", stage.Rejected, true, "PASS", "AUTH"},
		{"APOP refused", apop + "S: -ERR no", stage.Rejected, true, "APOP", ""},
		{"refused before the password", login + "S: -ERR off", stage.Rejected, false, "AUTH", ""},
		{"success too early", login + "S: +OK", stage.Malformed, false, "AUTH", ""},
		{"no status", plain + "S: welcome", stage.Malformed, true, "AUTH", ""},
		{"no status to PASS", pass + "S: 250 welcome", stage.Malformed, true, "PASS", ""},
		{"not base64", login + "S: + Username:\nC: *\nS: -ERR cancelled", stage.Malformed, false, "", ""},
		{"challenge after PLAIN", plain + "S: + YQ==\nC: *\nS: -ERR cancelled", stage.TooManyRounds, true, "", ""},
		{"endless challenges", login + strings.Repeat("S: + YQ==\nC: *\n", 3) + "S: -ERR", stage.TooManyRounds, true, "", ""},
		{"nothing usable", offering("SASL GSSAPI") + "hang", stage.NoMechanism, false, "", ""},
		{"nothing at all", offering("STLS") + "hang", stage.NoMechanism, false, "", ""},
		{"silent", pass + "hang", stage.Silent, true, "", ""},
		{"silent to AUTH", plain + "hang", stage.Silent, true, "", ""},
		{"stalled", plain + "R: -ERR [AU\nhang", stage.Stalled, true, "", ""},
		{"closed", plain + "close", stage.Closed, true, "", ""},
		{"closed after USER", user + "close", stage.Closed, false, "", ""},
		{"closed, pipelined", both + "close", stage.Closed, true, "", ""},
		{"reset", pass + "reset", stage.Reset, true, "", ""},
		{"endless line", plain + "R: " + strings.Repeat("+", 20_000) + "\nhang", stage.TooLong, true, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			converse(t, tt.script, func(t *testing.T, c *client) {
				ready(t, c)
				f, err := c.Login(c.ctx, request())
				wantFault(t, err, tt.fault)
				if f.Sent != tt.sent {
					t.Errorf("sent %v, want %v", f.Sent, tt.sent)
				}
				command, code := "", ""
				if f.Reply != nil {
					command, code = f.Reply.Command, f.Reply.ResponseCode
				}
				if command != tt.command || code != tt.code {
					t.Errorf("reply to %q, code %q; want %q, %q", command, code, tt.command, tt.code)
				}
				if strings.Contains(tt.script, "QUIT") {
					c.Quit(c.ctx)
				}
			})
		})
	}
}

// What can't be sent is refused before anything is said.
func TestLoginBadCredential(t *testing.T) {
	for _, way := range []string{"USER", "SASL PLAIN"} {
		req := request()
		req.Secret = auth.NewSecret("a\x00b")
		if way == "USER" {
			req.Secret = auth.NewSecret("a\r\nDELE 1")
		}
		converse(t, offering(way)+"C: QUIT\nS: +OK", func(t *testing.T, c *client) {
			ready(t, c)
			f, err := c.Login(c.ctx, req)
			wantFault(t, err, stage.BadCredential)
			if f.Sent {
				t.Error("sent")
			}
			c.Quit(c.ctx)
		})
	}
}

// scramServer answers the first SCRAM message with an iteration count, and the
// second with rest.
func scramServer(t *testing.T, iterations int, rest ...string) func(net.Conn) {
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
		fmt.Fprint(conn, "+OK\r\n")
		read("CAPA")
		fmt.Fprint(conn, "+OK\r\nSASL SCRAM-SHA-256\r\n.\r\n")
		first, _ := base64.StdEncoding.DecodeString(read("AUTH SCRAM-SHA-256 "))
		_, nonce, _ := strings.Cut(string(first), ",r=")
		fmt.Fprintf(conn, "+ %s\r\n", b64(fmt.Sprintf("r=%sabc,s=c2FsdA==,i=%d", nonce, iterations)))
		for _, reply := range rest {
			read("")
			fmt.Fprint(conn, reply+"\r\n")
		}
	}
}

func TestLoginScramFaults(t *testing.T) {
	tests := []struct {
		name   string
		server func(net.Conn)
		fault  stage.Fault
	}{
		{"iterations", scramServer(t, 1<<31-1, "-ERR cancelled"), stage.TooManyRounds},
		{"forged proof", scramServer(t, 4096, "+ "+b64("v=AAAA"), "-ERR cancelled"), stage.ServerProof},
		{"no proof", scramServer(t, 4096, "+OK"), stage.ServerProof},
		{"refused", scramServer(t, 4096, "-ERR [AUTH] no"), stage.Rejected},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			serve(t, tt.server, func(t *testing.T, c *client) {
				ready(t, c)
				f, err := c.Login(c.ctx, request())
				wantFault(t, err, tt.fault)
				if f.Mechanism != "SCRAM-SHA-256" || !f.Sent || f.Iterations == 0 {
					t.Errorf("facts %s", encode(t, f))
				}
			})
		})
	}
}

// A token that was refused ends with the error of the server in the facts.
func TestLoginOAuthStatus(t *testing.T) {
	req := auth.Request{User: "jane@example.test", Secret: auth.NewSecret("ya29.token"), Token: true, Encrypted: true}
	status := b64(`{"status":"401","schemes":"bearer","scope":"https://mail.example.test/\u001b"}`)
	converse(t, offering("SASL XOAUTH2")+"C: AUTH XOAUTH2 *\nS: + "+status+"\nC: \nS: -ERR [AUTH] no", func(t *testing.T, c *client) {
		ready(t, c)
		f, err := c.Login(c.ctx, req)
		wantFault(t, err, stage.Rejected)
		if f.OAuthStatus != "401" || f.OAuthScope != `https://mail.example.test/\x1b` {
			t.Errorf("facts %s", encode(t, f))
		}
	})
}

// A challenge is withheld also where it answers the cancelling of the exchange.
func TestLoginChallengeAfterCancel(t *testing.T) {
	converse(t, offering("SASL LOGIN")+"C: AUTH LOGIN\nS: + ???\nC: *\nS: + c2VjcmV0", func(t *testing.T, c *client) {
		ready(t, c)
		f, err := c.Login(c.ctx, request())
		wantFault(t, err, stage.Malformed)
		if f.Reply != nil || strings.Contains(c.transcript(), "c2VjcmV0") || !strings.HasSuffix(c.transcript(), "S: + ***\n") {
			t.Errorf("%s\n%s", encode(t, f), c.transcript())
		}
	})
}
