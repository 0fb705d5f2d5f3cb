package smtp_test

import (
	"strings"
	"testing"

	"maildoctor/probe/auth"
	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/smtp"
	"maildoctor/probe/stage"
)

// offering returns a server script up to the reply to EHLO.
func offering(mechanisms string) string {
	return "S: 220 mx\nC: EHLO*\nS: 250-mx\nS: 250 AUTH " + mechanisms + "\n"
}

func TestLogin(t *testing.T) {
	long := auth.Request{User: "jane@example.test", Secret: auth.NewSecret(strings.Repeat("t0ken.", 200)), Token: true, Encrypted: true}
	bearer := dialoguetest.Base64("user=jane@example.test\x01auth=Bearer " + long.Secret.Reveal() + "\x01\x01")
	forced := func(m auth.Mechanism) auth.Request { r := dialoguetest.Request(); r.Force = m; return r }
	const challenge = "<1.2@mx.example.test>"
	tests := []struct {
		name    string
		script  string
		req     auth.Request
		initial bool
		shown   string // the client's lines of the exchange
	}{
		{"PLAIN", offering("PLAIN LOGIN") + "C: AUTH PLAIN " + dialoguetest.PlainResponse() + "\nS: 235 2.7.0 ok", dialoguetest.Request(), true, "AUTH PLAIN ***"},
		{
			"LOGIN", offering("LOGIN") + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: " + dialoguetest.Base64("jane@example.test") + "\nS: 334 UGFzc3dvcmQ6\nC: " + dialoguetest.Base64(dialoguetest.Password) + "\nS: 235 ok",
			dialoguetest.Request(), false, "AUTH LOGIN,***,***",
		},
		{
			"LOGIN with other prompts", offering("LOGIN") + "C: AUTH LOGIN\nS: 334\nC: " + dialoguetest.Base64("jane@example.test") + "\nS: 334 =\nC: " + dialoguetest.Base64(dialoguetest.Password) + "\nS: 235 ok",
			dialoguetest.Request(), false, "AUTH LOGIN,***,***",
		},
		{
			"CRAM-MD5", offering("cram-md5") + "C: AUTH CRAM-MD5\nS: 334 " + dialoguetest.Base64(challenge) + "\nC: " + dialoguetest.CramResponse(challenge) + "\nS: 235 ok",
			dialoguetest.Request(), false, "AUTH CRAM-MD5,***",
		},
		{
			"forced", offering("PLAIN CRAM-MD5") + "C: AUTH CRAM-MD5\nS: 334 " + dialoguetest.Base64(challenge) + "\nC: " + dialoguetest.CramResponse(challenge) + "\nS: 235 ok",
			forced(auth.CramMD5), false, "AUTH CRAM-MD5,***",
		},
		{"too long for the command", offering("XOAUTH2") + "C: AUTH XOAUTH2\nS: 334\nC: " + bearer + "\nS: 235 ok", long, false, "AUTH XOAUTH2,***"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			converse(t, tt.script, smtp.Options{}, func(t *testing.T, c *client) {
				ready(t, c)
				f, err := c.Login(c.Ctx, tt.req)
				if err != nil {
					t.Fatal(err)
				}
				if !f.Sent || !f.Encrypted || f.InitialReply != tt.initial || f.Reply == nil || f.Reply.Code != 235 || f.Why == "" {
					t.Errorf("facts %s", dialoguetest.Encode(t, f))
				}
				var said []string
				for _, l := range c.Lines() {
					if l.From == stage.Client && l.Stage == stage.Login && !strings.HasPrefix(l.Text, "EHLO") {
						said = append(said, l.Text)
					}
				}
				if got := strings.Join(said, ","); got != tt.shown {
					t.Errorf("recorded %q, want %q", got, tt.shown)
				}
				for _, l := range c.Lines() {
					if strings.HasPrefix(l.Text, "334") && (l.Text != "334 ***" && l.Text != "334" || l.Withheld == 0) {
						t.Errorf("a challenge was recorded: %+v", l)
					}
				}
			})
		})
	}
}

func TestLoginFaults(t *testing.T) {
	plain := offering("PLAIN") + "C: AUTH PLAIN*\n"
	login := offering("LOGIN") + "C: AUTH LOGIN\n"
	tests := []struct {
		name, script string
		fault        stage.Fault
		sent         bool
		code         int
		enhanced     string
	}{
		{"wrong password", plain + "S: 535 5.7.8 authentication failed", stage.Rejected, true, 535, "5.7.8"},
		{"two lines", plain + "S: 535-5.7.8 not accepted\nS: 535 see help", stage.Rejected, true, 535, "5.7.8"},
		{"needs TLS", plain + "S: 538 5.7.11 encryption required", stage.Rejected, true, 538, "5.7.11"},
		{"STARTTLS first", plain + "S: 530 5.7.0 must issue STARTTLS", stage.Rejected, true, 530, "5.7.0"},
		{"backend", plain + "S: 454 4.7.0 try again", stage.TemporarilyOut, true, 454, "4.7.0"},
		{"transition", plain + "S: 432 4.7.12 transition needed", stage.TemporarilyOut, true, 432, "4.7.12"},
		{"shutting down", plain + "S: 421 bye\nclose", stage.TemporarilyOut, true, 421, ""},
		{"refused before the password", login + "S: 534 5.7.9 too weak", stage.Rejected, false, 534, "5.7.9"},
		{"success of another kind", plain + "S: 250 ok", stage.Malformed, true, 250, ""},
		{"success too early", login + "S: 235 ok", stage.Malformed, false, 235, ""},
		{"no reply line", plain + "S: welcome", stage.Malformed, true, 0, ""},
		{"not base64", login + "S: 334 Username:\nC: *\nS: 501 cancelled", stage.Malformed, false, 0, ""},
		{"challenge after PLAIN", plain + "S: 334 YQ==\nC: *\nS: 501 cancelled", stage.TooManyRounds, true, 0, ""},
		// LOGIN answers two challenges and cancels at the third.
		{"endless challenges", login + strings.Repeat("S: 334 YQ==\nC: *\n", 3) + "S: 501 no", stage.TooManyRounds, true, 0, ""},
		{"nothing usable", offering("GSSAPI NTLM") + "hang", stage.NoMechanism, false, 0, ""},
		{"nothing at all", "S: 220 mx\nC: EHLO*\nS: 250 mx\nhang", stage.NoMechanism, false, 0, ""},
		{"silent", plain + "hang", stage.Silent, true, 0, ""},
		{"stalled", plain + "R: 535 5.7\nhang", stage.Stalled, true, 0, ""},
		{"closed", plain + "close", stage.Closed, true, 0, ""},
		{"reset", plain + "reset", stage.Reset, true, 0, ""},
		{"endless line", plain + "R: " + strings.Repeat("3", 20_000) + "\nhang", stage.TooLong, true, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			converse(t, tt.script, smtp.Options{}, func(t *testing.T, c *client) {
				ready(t, c)
				f, err := c.Login(c.Ctx, dialoguetest.Request())
				dialoguetest.WantFault(t, err, tt.fault)
				if f.Sent != tt.sent {
					t.Errorf("sent %v, want %v", f.Sent, tt.sent)
				}
				code, enhanced := 0, ""
				if f.Reply != nil {
					code, enhanced = f.Reply.Code, f.Reply.Enhanced
				}
				if code != tt.code || enhanced != tt.enhanced {
					t.Errorf("reply %d %q, want %d %q", code, enhanced, tt.code, tt.enhanced)
				}
			})
		})
	}
}

func TestLoginBadCredential(t *testing.T) {
	dialoguetest.BadCredential(t, offering("PLAIN")+"C: QUIT\nS: 221 bye", "a\x00b", open)
}

func TestLoginScramFaults(t *testing.T) {
	frames := dialoguetest.Frames{
		Hello: "220 mx\r\n", Ask: "EHLO", Offer: "250-mx\r\n250 AUTH SCRAM-SHA-256\r\n",
		Command: "AUTH SCRAM-SHA-256 ", Challenge: "334 ",
		Yes: "235 ok", No: "535 5.7.8 no", Cancelled: "501 cancelled",
	}
	dialoguetest.ScramFaults(t, frames, open)
}

func TestLoginOAuthStatus(t *testing.T) {
	dialoguetest.OAuthStatus(t, offering("XOAUTH2")+"C: AUTH XOAUTH2 *\nS: 334 %s\nC: \nS: 535 5.7.8 no", open)
}

func TestLoginChallengeAfterCancel(t *testing.T) {
	dialoguetest.ChallengeAfterCancel(t, offering("LOGIN")+"C: AUTH LOGIN\nS: 334 ???\nC: *\nS: 334 c2VjcmV0", "S: 334 ***", open)
}
