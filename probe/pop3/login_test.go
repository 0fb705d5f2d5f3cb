package pop3_test

import (
	"crypto/md5"
	"encoding/hex"
	"strings"
	"testing"

	"maildoctor/probe/auth"
	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/stage"
)

// offering returns a server script up to the end of its capabilities.
func offering(capabilities ...string) string {
	return "S: +OK\nC: CAPA\nS: +OK\nS: " + strings.Join(capabilities, "\nS: ") + "\nS: .\n"
}

const noCapa = "S: +OK\nC: CAPA\nS: -ERR\n"

func TestLogin(t *testing.T) {
	long := auth.Request{User: "jane@example.test", Secret: auth.NewSecret(strings.Repeat("t0ken.", 50)), Token: true, Encrypted: true}
	bearer := dialoguetest.Base64("user=jane@example.test\x01auth=Bearer " + long.Secret.Reveal() + "\x01\x01")
	forced := func(m auth.Mechanism) auth.Request { r := dialoguetest.Request(); r.Force = m; return r }
	const challenge = "<1.2@pop.example.test>"
	sum := md5.Sum([]byte(challenge + dialoguetest.Password))
	digest := hex.EncodeToString(sum[:])
	tests := []struct {
		name      string
		script    string
		req       auth.Request
		mechanism auth.Mechanism
		initial   bool
		shown     string // the client's lines of the exchange
	}{
		{"PLAIN", offering("SASL PLAIN LOGIN", "USER") + "C: AUTH PLAIN " + dialoguetest.PlainResponse() + "\nS: +OK", dialoguetest.Request(), auth.Plain, true, "AUTH PLAIN ***"},
		{
			"LOGIN", offering("SASL LOGIN") + "C: AUTH LOGIN\nS: + VXNlcm5hbWU6\nC: " + dialoguetest.Base64("jane@example.test") + "\nS: +\nC: " + dialoguetest.Base64(dialoguetest.Password) + "\nS: +OK",
			dialoguetest.Request(), auth.LoginSASL, false, "AUTH LOGIN,***,***",
		},
		{
			"CRAM-MD5", offering("sasl cram-md5") + "C: AUTH CRAM-MD5\nS: + " + dialoguetest.Base64(challenge) + "\nC: " + dialoguetest.CramResponse(challenge) + "\nS: +OK",
			dialoguetest.Request(), auth.CramMD5, false, "AUTH CRAM-MD5,***",
		},
		{
			"CRAM-MD5 beside USER", offering("USER", "SASL CRAM-MD5") + "C: AUTH CRAM-MD5\nS: + " + dialoguetest.Base64(challenge) + "\nC: " + dialoguetest.CramResponse(challenge) + "\nS: +OK",
			dialoguetest.Request(), auth.CramMD5, false, "AUTH CRAM-MD5,***",
		},
		{"USER beside what needs no password", offering("USER", "SASL GSSAPI XOAUTH2") + "C: USER jane@example.test\nS: +OK\nC: PASS " + dialoguetest.Password + "\nS: +OK in", dialoguetest.Request(), auth.UserPass, false, "USER jane@example.test,PASS ***"},
		{"USER and PASS", offering("USER") + "C: USER jane@example.test\nS: +OK\nC: PASS " + dialoguetest.Password + "\nS: +OK in", dialoguetest.Request(), auth.UserPass, false, "USER jane@example.test,PASS ***"},
		{"no CAPA", noCapa + "C: USER jane@example.test\nS: +OK\nC: PASS " + dialoguetest.Password + "\nS: +OK in", dialoguetest.Request(), auth.UserPass, false, "USER jane@example.test,PASS ***"},
		{"pipelined", offering("USER", "PIPELINING") + "C: USER jane@example.test\nC: PASS " + dialoguetest.Password + "\nS: +OK\nS: +OK in", dialoguetest.Request(), auth.UserPass, false, "USER jane@example.test,PASS ***"},
		{"APOP", strings.Replace(offering("STLS"), "+OK", "+OK "+challenge, 1) + "C: APOP jane@example.test " + digest + "\nS: +OK", dialoguetest.Request(), auth.APOP, false, "APOP ***"},
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
				f, err := c.Login(c.Ctx, tt.req)
				if err != nil {
					t.Fatal(err)
				}
				if f.Mechanism != string(tt.mechanism) || !f.Sent || !f.Encrypted || f.InitialReply != tt.initial || f.Reply == nil || f.Reply.Status != "+OK" || f.Why == "" {
					t.Errorf("facts %s", dialoguetest.Encode(t, f))
				}
				var said []string
				for _, l := range c.Lines() {
					if l.From == stage.Client && l.Stage == stage.Login && l.Text != "CAPA" {
						said = append(said, l.Text)
					}
				}
				if got := strings.Join(said, ","); got != tt.shown {
					t.Errorf("recorded %q, want %q", got, tt.shown)
				}
				for _, l := range c.Lines() {
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
				f, err := c.Login(c.Ctx, dialoguetest.Request())
				dialoguetest.WantFault(t, err, tt.fault)
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
					c.Quit(c.Ctx)
				}
			})
		})
	}
}

func TestLoginBadCredential(t *testing.T) {
	for way, secret := range map[string]string{"USER": "a\r\nDELE 1", "SASL PLAIN": "a\x00b"} {
		dialoguetest.BadCredential(t, offering(way)+"C: QUIT\nS: +OK", secret, open)
	}
}

func TestLoginScramFaults(t *testing.T) {
	frames := dialoguetest.Frames{
		Hello: "+OK\r\n", Ask: "CAPA", Offer: "+OK\r\nSASL SCRAM-SHA-256\r\n.\r\n",
		Command: "AUTH SCRAM-SHA-256 ", Challenge: "+ ",
		Yes: "+OK", No: "-ERR [AUTH] no", Cancelled: "-ERR cancelled",
	}
	dialoguetest.ScramFaults(t, frames, open)
}

func TestLoginOAuthStatus(t *testing.T) {
	dialoguetest.OAuthStatus(t, offering("SASL XOAUTH2")+"C: AUTH XOAUTH2 *\nS: + %s\nC: \nS: -ERR [AUTH] no", open)
}

func TestLoginChallengeAfterCancel(t *testing.T) {
	dialoguetest.ChallengeAfterCancel(t, offering("SASL LOGIN")+"C: AUTH LOGIN\nS: + ???\nC: *\nS: + c2VjcmV0", "S: + ***", open)
}
