package imap_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/auth"
	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/stage"
)

func TestLogin(t *testing.T) {
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	plain := b64("\x00jane\x00" + password)
	reply := func(command, status, code string, lines ...string) *stage.Reply {
		return &stage.Reply{Command: command, Status: status, ResponseCode: code, Lines: lines}
	}
	tests := []struct {
		name, script string
		req          auth.Request // zero: jane's
		force        auth.Mechanism
		want         stage.LoginFacts
		fault        stage.Fault
	}{
		{
			name: "PLAIN with initial response",
			script: `
				S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
				C: a1 AUTHENTICATE PLAIN ` + plain + `
				S: * OK Waiting for authentication process to respond..
				S: * CAPABILITY IMAP4rev1 QUOTA
				S: a1 OK Logged in
				hang`,
			want: stage.LoginFacts{
				Mechanism: "PLAIN", Offered: []string{"PLAIN", "IMAP LOGIN"}, Why: "strongest-offered", InitialReply: true,
				Reply: reply("AUTHENTICATE", "OK", "", "OK Logged in"), Encrypted: true, Sent: true,
			},
		},
		{
			name: "PLAIN without initial response",
			script: `
				S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
				C: a1 AUTHENTICATE PLAIN
				S: + go ahead
				C: ` + plain + `
				S: a1 OK [CAPABILITY IMAP4rev1] Logged in
				hang`,
			want: stage.LoginFacts{
				Mechanism: "PLAIN", Offered: []string{"PLAIN", "IMAP LOGIN"}, Why: "strongest-offered",
				Reply: reply("AUTHENTICATE", "OK", "CAPABILITY", "OK [CAPABILITY IMAP4rev1] Logged in"), Encrypted: true, Sent: true,
			},
		},
		{
			name: "refused before the credential",
			script: `
				S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
				C: a1 AUTHENTICATE PLAIN
				S: a1 NO [PRIVACYREQUIRED] not here
				hang`,
			want: stage.LoginFacts{
				Mechanism: "PLAIN", Offered: []string{"PLAIN", "IMAP LOGIN"}, Why: "strongest-offered",
				Reply: reply("AUTHENTICATE", "NO", "PRIVACYREQUIRED", "NO [PRIVACYREQUIRED] not here"), Encrypted: true,
			},
			fault: stage.Rejected,
		},
		{
			name:  "SASL LOGIN",
			force: auth.LoginSASL,
			script: `
				S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=LOGIN] ready
				C: a1 AUTHENTICATE LOGIN
				S: + VXNlcm5hbWU6
				C: ` + b64("jane") + `
				S: + UGFzc3dvcmQ6
				C: ` + b64(password) + `
				S: a1 OK Logged in
				hang`,
			want: stage.LoginFacts{
				Mechanism: "LOGIN", Offered: []string{"PLAIN", "LOGIN", "IMAP LOGIN"}, Why: "forced",
				Reply: reply("AUTHENTICATE", "OK", "", "OK Logged in"), Encrypted: true, Sent: true,
			},
		},
		{
			name: "wrong password, with an alert beside",
			script: `
				S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
				C: a1 AUTHENTICATE PLAIN *
				S: * NO [WEBALERT https://example.test/] Web login required.
				S: a1 NO Invalid credentials
				hang`,
			want: stage.LoginFacts{
				Mechanism: "PLAIN", Offered: []string{"PLAIN", "IMAP LOGIN"}, Why: "strongest-offered", InitialReply: true,
				Reply: reply("AUTHENTICATE", "NO", "WEBALERT",
					"* NO [WEBALERT https://example.test/] Web login required.", "NO Invalid credentials"),
				Encrypted: true, Sent: true,
			},
			fault: stage.Rejected,
		},
		{
			name: "not now",
			script: `
				S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
				C: a1 AUTHENTICATE PLAIN *
				S: a1 NO [Unavailable] try later
				hang`,
			want: stage.LoginFacts{
				Mechanism: "PLAIN", Offered: []string{"PLAIN", "IMAP LOGIN"}, Why: "strongest-offered", InitialReply: true,
				Reply: reply("AUTHENTICATE", "NO", "UNAVAILABLE", "NO [Unavailable] try later"), Encrypted: true, Sent: true,
			},
			fault: stage.TemporarilyOut,
		},
		{
			name: "thrown out",
			script: `
				S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
				C: a1 AUTHENTICATE PLAIN *
				S: * BYE Too many tries
				close`,
			want: stage.LoginFacts{
				Mechanism: "PLAIN", Offered: []string{"PLAIN", "IMAP LOGIN"}, Why: "strongest-offered", InitialReply: true,
				Reply: reply("AUTHENTICATE", "BYE", "", "* BYE Too many tries"), Encrypted: true, Sent: true,
			},
			fault: stage.Bye,
		},
		{
			name: "LOGIN command with quotes, backslashes and spaces",
			req:  request(`j"ane`, `a\b "c" d`),
			script: `
				S: * OK [CAPABILITY IMAP4rev1] ready
				C: a1 LOGIN "j\"ane" "a\\b \"c\" d"
				S: a1 OK Logged in
				hang`,
			want: stage.LoginFacts{
				Mechanism: "IMAP LOGIN", Offered: []string{"IMAP LOGIN"}, Why: "only-one-offered",
				Reply: reply("LOGIN", "OK", "", "OK Logged in"), Encrypted: true, Sent: true,
			},
		},
		{
			name: "LOGIN command with literals that wait",
			req:  request("jané", "päß"),
			script: `
				S: * OK [CAPABILITY IMAP4rev1] ready
				C: a1 LOGIN {5}
				S: + OK
				C: jané {5}
				S: + OK
				C: päß
				S: a1 OK Logged in
				hang`,
			want: stage.LoginFacts{
				Mechanism: "IMAP LOGIN", Offered: []string{"IMAP LOGIN"}, Why: "only-one-offered",
				Reply: reply("LOGIN", "OK", "", "OK Logged in"), Encrypted: true, Sent: true,
			},
		},
		{
			name: "LOGIN command with literals that don't",
			req:  request("jane", "päß"),
			script: `
				S: * OK [CAPABILITY IMAP4rev1 literal-] ready
				C: a1 LOGIN "jane" {5+}
				C: päß
				S: a1 OK Logged in
				hang`,
			want: stage.LoginFacts{
				Mechanism: "IMAP LOGIN", Offered: []string{"IMAP LOGIN"}, Why: "only-one-offered",
				Reply: reply("LOGIN", "OK", "", "OK Logged in"), Encrypted: true, Sent: true,
			},
		},
		{
			name: "LOGIN command, literal refused",
			req:  request("jane", "päß"),
			script: `
				S: * OK [CAPABILITY IMAP4rev1] ready
				C: a1 LOGIN "jane" {5}
				S: a1 BAD no literals
				hang`,
			want: stage.LoginFacts{
				Mechanism: "IMAP LOGIN", Offered: []string{"IMAP LOGIN"}, Why: "only-one-offered",
				Reply: reply("LOGIN", "BAD", "", "BAD no literals"), Encrypted: true,
			},
			fault: stage.Rejected,
		},
		{
			name: "LOGINDISABLED and nothing else",
			script: `
				S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED] ready
				hang`,
			want:  stage.LoginFacts{Why: "strongest-offered", Encrypted: true},
			fault: stage.NoMechanism,
		},
		{
			name: "mechanisms that bear the names of POP3 commands",
			script: `
				S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=APOP AUTH=USER/PASS] ready
				hang`,
			want:  stage.LoginFacts{Why: "strongest-offered", Encrypted: true},
			fault: stage.NoMechanism,
		},
		{
			name: "a NUL in the password",
			req:  request("jane", "a\x00b"),
			script: `
				S: * OK [CAPABILITY IMAP4rev1] ready
				hang`,
			want: stage.LoginFacts{
				Mechanism: "IMAP LOGIN", Offered: []string{"IMAP LOGIN"}, Why: "only-one-offered", Encrypted: true,
			},
			fault: stage.BadCredential,
		},
		{
			name: "preauth: no credential is sent",
			script: `
				S: * PREAUTH [CAPABILITY IMAP4rev1 AUTH=PLAIN] welcome
				hang`,
			want:  stage.LoginFacts{Encrypted: true},
			fault: stage.PreAuth,
		},
		{
			name:  "a challenge that is not base64",
			force: auth.CramMD5,
			script: `
				S: * OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5] ready
				C: a1 AUTHENTICATE CRAM-MD5
				S: + <not base64>
				C: *
				S: a1 BAD cancelled
				hang`,
			want: stage.LoginFacts{
				Mechanism: "CRAM-MD5", Offered: []string{"CRAM-MD5", "IMAP LOGIN"}, Why: "forced",
				Reply: reply("AUTHENTICATE", "BAD", "", "BAD cancelled"), Encrypted: true,
			},
			fault: stage.Malformed,
		},
		{
			name:  "challenges without end",
			force: auth.LoginSASL,
			script: `
				S: * OK [CAPABILITY IMAP4rev1 AUTH=LOGIN] ready
				C: a1 AUTHENTICATE LOGIN
				S: +
				C: *
				S: +
				C: *
				S: +
				C: *
				S: +
				S: +
				S: +
				S: +
				S: +
				S: +
				S: +
				S: +
				S: +
				hang`,
			want: stage.LoginFacts{
				Mechanism: "LOGIN", Offered: []string{"LOGIN", "IMAP LOGIN"}, Why: "forced", Encrypted: true, Sent: true,
			},
			fault: stage.TooManyRounds,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tk := play(t, tt.script)
			tk.enter(t)
			req := tt.req
			if req.User == "" {
				req = request("jane", password)
			}
			req.Force = tt.force
			facts, err := tk.Login(limited(t), req)
			dialoguetest.WantFault(t, err, tt.fault)
			if diff := cmp.Diff(&tt.want, facts); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
			secret := req.Secret.Reveal()
			if got := tk.String(); strings.Contains(got, secret) || strings.Contains(got, b64(secret)) {
				t.Errorf("the transcript holds the password:\n%s", got)
			}
		})
	}
}

// An empty response to the last challenge of SCRAM is an empty line. The values are
// from RFC 5802 5 and don't match our nonce, so the server's first message is refused;
// that refusal is tested here.
func TestScramIsCancelled(t *testing.T) {
	tk := play(t, `
		S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-1] ready
		C: a1 AUTHENTICATE SCRAM-SHA-1 *
		S: + cj1meWtvLXM9UVNYQ1IrUTZzZWs4YmY5MixpPTQwOTY=
		C: *
		S: a1 BAD cancelled
		C: a2 LOGOUT
		S: * BYE
		S: a2 OK`)
	tk.enter(t)
	facts, err := tk.Login(limited(t), request("user", "pencil"))
	if err == nil {
		t.Fatal("a server that doesn't know our nonce was believed")
	}
	if !facts.Sent || !facts.InitialReply || facts.Mechanism != "SCRAM-SHA-1" {
		t.Errorf("facts: %+v", facts)
	}
	tk.Quit(limited(t))
}

func TestLoginScramFaults(t *testing.T) {
	frames := dialoguetest.Frames{
		Hello: "* OK ready\r\n", Ask: "a1 CAPABILITY",
		Offer:   "* CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256\r\na1 OK done\r\n",
		Command: "a2 AUTHENTICATE SCRAM-SHA-256 ", Challenge: "+ ",
		Yes: "a2 OK in", No: "a2 NO no", Cancelled: "a2 BAD cancelled",
	}
	dialoguetest.ScramFaults(t, frames, open)
}

func TestLoginOAuthStatus(t *testing.T) {
	dialoguetest.OAuthStatus(t, `
		S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready
		C: a1 AUTHENTICATE XOAUTH2 *
		S: + %s
		C:
		S: a1 NO [AUTHENTICATIONFAILED] no`, open)
}

func TestLoginChallengeAfterCancel(t *testing.T) {
	dialoguetest.ChallengeAfterCancel(t, `
		S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=LOGIN] ready
		C: a1 AUTHENTICATE LOGIN
		S: + ???
		C: *
		S: + c2VjcmV0
		close`, "S: + ***", open)
}

// A server that sends more challenges even after the exchange was cancelled gets no
// LOGOUT, because it would take that for another response.
func TestCancelledInVain(t *testing.T) {
	tk := play(t, `
		S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=LOGIN] ready
		C: a1 AUTHENTICATE LOGIN
		S: + ???
		C: *
		`+strings.Repeat("S: +\n", 8)+`hang`)
	tk.enter(t)
	_, err := tk.Login(limited(t), request("jane", password))
	dialoguetest.WantFault(t, err, stage.Malformed)
	tk.Quit(limited(t))
	if strings.Contains(tk.String(), "LOGOUT") {
		t.Errorf("said goodbye:\n%s", tk)
	}
}
