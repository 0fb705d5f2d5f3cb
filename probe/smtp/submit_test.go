package smtp_test

import (
	"strings"
	"testing"

	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/smtp"
	"maildoctor/probe/stage"
)

func TestSubmit(t *testing.T) {
	hello := func(extensions ...string) string {
		s := "S: 220 mx\nC: EHLO*\n"
		for _, e := range extensions {
			s += "S: 250-" + e + "\n"
		}
		return s + "S: 250 HELP\n"
	}
	const (
		jane  = "jane@example.test"
		taken = `{"sender":"jane@example.test","accepted":true,"reply":{"command":"MAIL","code":250,"lines":["250 ok"]}}`
	)
	together := hello("mx", "PIPELINING") + "C: MAIL*\nC: RCPT*\nC: RSET\nC: QUIT\n"
	tests := []struct {
		name, script, sender string
		fault                stage.Fault
		want                 string // the facts
	}{
		{
			"pipelined", hello("mx", "PIPELINING", "SIZE 5000") +
				"C: MAIL FROM:<jane@example.test> SIZE=1024\nC: RCPT TO:<jane@example.test>\nC: RSET\nC: QUIT\nS: 250 2.1.0 ok\nS: 250 2.1.5 ok\nS: 250 ok\nS: 221 bye", jane, "",
			`{"sender":"jane@example.test","accepted":true,"reply":{"command":"MAIL","code":250,"enhanced":"2.1.0","lines":["250 2.1.0 ok"]},"size_limit":5000}`,
		},
		{
			"one by one", hello("mx", "SIZE") +
				"C: MAIL FROM:<jane@example.test> SIZE=1024\nS: 250 ok\nC: RSET\nS: 250 ok\nC: QUIT\nS: 221 bye", jane, "",
			`{"sender":"jane@example.test","accepted":true,"reply":{"command":"MAIL","code":250,"lines":["250 ok"]}}`,
		},
		{
			"no SIZE", hello("mx") + "C: MAIL FROM:<jane@example.test>\nS: 250 ok\nC: RSET\nS: 250 ok\nC: QUIT\nS: 221 bye", jane, "",
			`{"sender":"jane@example.test","accepted":true,"reply":{"command":"MAIL","code":250,"lines":["250 ok"]}}`,
		},
		{"no sender", hello("mx", "SIZE 7") + "C: QUIT\nS: 221 bye", "", "", `{"size_limit":7}`},
		{
			"SMTPUTF8", hello("mx", "SMTPUTF8") + "C: MAIL FROM:<jäne@xn--bcher-kva.test> SMTPUTF8\nS: 250 ok\nC: RSET\nS: 250 ok\nC: QUIT\nS: 221 bye", "jäne@bücher.test", "",
			`{"sender":"jäne@xn--bcher-kva.test","accepted":true,"reply":{"command":"MAIL","code":250,"lines":["250 ok"]}}`,
		},
		{"no SMTPUTF8", hello("mx") + "C: QUIT\nS: 221 bye", "jäne@example.test", stage.NotOffered, `{"sender":"jäne@example.test"}`},
		{
			"refused", together + "S: 553 5.7.1 not yours\nS: 503 MAIL first\nS: 250 ok\nS: 221 bye", jane, stage.Rejected,
			`{"sender":"jane@example.test","reply":{"command":"MAIL","code":553,"enhanced":"5.7.1","lines":["553 5.7.1 not yours"]}}`,
		},
		{
			// As Postfix says it with its default of smtpd_delay_reject.
			"refused at RCPT", together + "S: 250 ok\nS: 553 5.7.1 Sender rejected: not owned by you\nS: 250 ok\nS: 221 bye", jane, stage.Rejected,
			`{"sender":"jane@example.test","reply":{"command":"RCPT","code":553,"enhanced":"5.7.1","lines":["553 5.7.1 Sender rejected: not owned by you"]}}`,
		},
		{
			"a blocklist at RCPT, without a status", together + "S: 250 ok\nS: 554 blocked using a list\nS: 250 ok\nS: 221 bye", jane, stage.Rejected,
			`{"sender":"jane@example.test","reply":{"command":"RCPT","code":554,"lines":["554 blocked using a list"]}}`,
		},
		{
			"a sender that does not exist", together + "S: 250 ok\nS: 550 5.1.8 bad sender\nS: 250 ok\nS: 221 bye", jane, stage.Rejected,
			`{"sender":"jane@example.test","reply":{"command":"RCPT","code":550,"enhanced":"5.1.8","lines":["550 5.1.8 bad sender"]}}`,
		},
		{"an unknown recipient", together + "S: 250 ok\nS: 550 5.1.1 unknown\nS: 250 ok\nS: 221 bye", jane, "", taken},
		{"an unknown recipient, without a status", together + "S: 250 ok\nS: 550 No such user here\nS: 250 ok\nS: 221 bye", jane, "", taken},
		{"a server without rules for RCPT", together + "S: 250 ok\nS: 550 Administrative prohibition\nS: 250 ok\nS: 221 bye", jane, "", taken},
		{"closed at RCPT", together + "S: 250 ok\nclose", jane, "", taken},
		{"silent at RCPT", together + "S: 250 ok\nhang", jane, "", taken},
		{"patience at RCPT", together + "S: 250 ok\nS: 450 4.2.0 greylisted\nS: 250 ok\nS: 221 bye", jane, "", taken},
		{"no RCPT", together + "S: 250 ok\nS: 502 what\nS: 250 ok\nS: 221 bye", jane, "", taken},
		{
			"refused, one by one", hello("mx") + "C: MAIL*\nS: 553 no\nC: QUIT\nS: 221 bye", jane, stage.Rejected,
			`{"sender":"jane@example.test","reply":{"command":"MAIL","code":553,"lines":["553 no"]}}`,
		},
		{
			"later", hello("mx") + "C: MAIL*\nS: 451 4.3.0 no\nC: QUIT\nS: 221 bye", jane, stage.TemporarilyOut,
			`{"sender":"jane@example.test","reply":{"command":"MAIL","code":451,"enhanced":"4.3.0","lines":["451 4.3.0 no"]}}`,
		},
		{
			"another code", hello("mx") + "C: MAIL*\nS: 354 go\nC: QUIT\nS: 221 bye", jane, stage.Malformed,
			`{"sender":"jane@example.test","reply":{"command":"MAIL","code":354,"lines":["354 go"]}}`,
		},
		{"silent", hello("mx") + "C: MAIL*\nhang", jane, stage.Silent, `{"sender":"jane@example.test"}`},
		{"closed", hello("mx") + "C: MAIL*\nclose", jane, stage.Closed, `{"sender":"jane@example.test"}`},
		{"another command in the address", hello("mx") + "C: QUIT\nS: 221 bye", "a@b>\r\nRCPT TO:<c@d", stage.BadCredential, `{"sender":"a@b\u003e\\x0d\\x0aRCPT TO:\u003cc@d"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			converse(t, tt.script, smtp.Options{Sender: tt.sender}, func(t *testing.T, c *client) {
				ready(t, c)
				f, err := c.Submit(c.Ctx)
				dialoguetest.WantFault(t, err, tt.fault)
				if got := dialoguetest.Encode(t, f); got != tt.want {
					t.Errorf("facts\n%s, want\n%s", got, tt.want)
				}
				c.Quit(c.Ctx)
				c.Quit(c.Ctx)
				if n := strings.Count(c.String(), "C: QUIT"); n > 1 {
					t.Errorf("QUIT %d times", n)
				}
				if strings.Contains(tt.script, "221") && !strings.HasSuffix(c.String(), "S: 221 bye\n") {
					t.Errorf("the goodbye was not read:\n%s", c.String())
				}
			})
		})
	}
}

// A server that doesn't answer QUIT costs the goodbye its time and no more.
func TestQuitUnanswered(t *testing.T) {
	for _, script := range []string{"S: 220 mx\nC: QUIT\nhang", "S: 220 mx\nC: QUIT\nclose", "S: 220 mx\nC: QUIT\nS: what"} {
		converse(t, script, smtp.Options{}, func(t *testing.T, c *client) {
			ready(t, c)
			c.Quit(c.Ctx)
		})
	}
}

// 421 says that the server closes: there is nobody left to say goodbye to.
func TestQuitAfterClosing(t *testing.T) {
	for _, script := range []string{"S: 421 busy\nhang", "S: 220 mx\nC: EHLO*\nS: 421 too slow\nhang"} {
		converse(t, script, smtp.Options{}, func(t *testing.T, c *client) {
			c.Greeting(c.Ctx)
			if strings.Contains(script, "EHLO") {
				c.Capabilities(c.Ctx)
			}
			c.Quit(c.Ctx)
			if strings.Contains(c.String(), "QUIT") {
				t.Error("said QUIT")
			}
		})
	}
}
