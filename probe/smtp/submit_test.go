package smtp_test

import (
	"fmt"
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
				"C: MAIL FROM:<jane@example.test> SIZE=1024\nS: 250 ok\nC: RCPT TO:<jane@example.test>\nS: 250 ok\nC: RSET\nS: 250 ok\nC: QUIT\nS: 221 bye", jane, "",
			`{"sender":"jane@example.test","accepted":true,"reply":{"command":"MAIL","code":250,"lines":["250 ok"]}}`,
		},
		{
			"no SIZE", hello("mx") + "C: MAIL FROM:<jane@example.test>\nS: 250 ok\nC: RCPT*\nS: 250 ok\nC: RSET\nS: 250 ok\nC: QUIT\nS: 221 bye", jane, "",
			`{"sender":"jane@example.test","accepted":true,"reply":{"command":"MAIL","code":250,"lines":["250 ok"]}}`,
		},
		{"no sender", hello("mx", "SIZE 7") + "C: QUIT\nS: 221 bye", "", "", `{"size_limit":7}`},
		{
			"SMTPUTF8", hello("mx", "SMTPUTF8") + "C: MAIL FROM:<jäne@xn--bcher-kva.test> SMTPUTF8\nS: 250 ok\nC: RCPT TO:<jäne@xn--bcher-kva.test>\nS: 250 ok\nC: RSET\nS: 250 ok\nC: QUIT\nS: 221 bye", "jäne@bücher.test", "",
			`{"sender":"jäne@xn--bcher-kva.test","accepted":true,"reply":{"command":"MAIL","code":250,"lines":["250 ok"]}}`,
		},
		{"no SMTPUTF8", hello("mx") + "C: QUIT\nS: 221 bye", "jäne@example.test", stage.NotOffered, `{"sender":"jäne@example.test"}`},
		{
			"refused", together + "S: 553 5.7.1 not yours\nS: 503 MAIL first\nS: 250 ok\nS: 221 bye", jane, stage.Rejected,
			`{"sender":"jane@example.test","reply":{"command":"MAIL","code":553,"enhanced":"5.7.1","lines":["553 5.7.1 not yours"]}}`,
		},
		{
			// As Postfix replies, with smtpd_delay_reject on by default.
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
		{"an unknown recipient of a relay", together + "S: 250 ok\nS: 550 5.1.1 <jane@example.test>: Recipient address rejected: User unknown in relay recipient table\nS: 250 ok\nS: 221 bye", jane, "", taken},
		{"forwarded", together + "S: 250 ok\nS: 251 will forward\nS: 250 ok\nS: 221 bye", jane, "", taken},
		// Refusals that may concern only this recipient: the sender remains accepted,
		// with a fault.
		{"a server without rules for RCPT", together + "S: 250 ok\nS: 550 Administrative prohibition\nS: 250 ok\nS: 221 bye", jane, stage.Rejected, atRecipient(true, 550, "", "Administrative prohibition")},
		{"a recipient refused", together + "S: 250 ok\nS: 554 5.7.1 Recipient address rejected: Access denied\nS: 250 ok\nS: 221 bye", jane, stage.Rejected, atRecipient(true, 554, "5.7.1", "Recipient address rejected: Access denied")},
		{"a recipient's mailbox full", together + "S: 250 ok\nS: 452 4.2.2 Mailbox full\nS: 250 ok\nS: 221 bye", jane, stage.TemporarilyOut, atRecipient(true, 452, "4.2.2", "Mailbox full")},
		{"no RCPT", together + "S: 250 ok\nS: 502 what\nS: 250 ok\nS: 221 bye", jane, stage.Rejected, atRecipient(true, 502, "", "what")},
		{"closed at RCPT", together + "S: 250 ok\nclose", jane, stage.Closed, taken},
		{"silent at RCPT", together + "S: 250 ok\nhang", jane, stage.Silent, taken},
		{"another code at RCPT", together + "S: 250 ok\nS: 354 go\nS: 250 ok\nS: 221 bye", jane, stage.Malformed, atRecipient(true, 354, "", "go")},
		// Refusals that concern the sender, the client or the server.
		{"the hello", together + "S: 250 ok\nS: 504 5.5.2 <d>: Helo command rejected: need fully-qualified hostname\nS: 250 ok\nS: 221 bye", jane, stage.Rejected, atRecipient(false, 504, "5.5.2", "<d>: Helo command rejected: need fully-qualified hostname")},
		{"the hello, for now", together + "S: 250 ok\nS: 450 4.7.1 <d>: Helo command rejected: Host not found\nS: 250 ok\nS: 221 bye", jane, stage.TemporarilyOut, atRecipient(false, 450, "4.7.1", "<d>: Helo command rejected: Host not found")},
		{"a sender's form", together + "S: 250 ok\nS: 501 5.1.7 Bad address syntax\nS: 250 ok\nS: 221 bye", jane, stage.Rejected, atRecipient(false, 501, "5.1.7", "Bad address syntax")},
		{"relaying", together + "S: 250 ok\nS: 454 4.7.1 Relay access denied\nS: 250 ok\nS: 221 bye", jane, stage.TemporarilyOut, atRecipient(false, 454, "4.7.1", "Relay access denied")},
		{"patience at RCPT", together + "S: 250 ok\nS: 450 4.2.0 Recipient address rejected: Greylisted\nS: 250 ok\nS: 221 bye", jane, stage.TemporarilyOut, atRecipient(false, 450, "4.2.0", "Recipient address rejected: Greylisted")},
		{"the server's configuration", together + "S: 250 ok\nS: 451 4.3.5 Server configuration error\nS: 250 ok\nS: 221 bye", jane, stage.TemporarilyOut, atRecipient(false, 451, "4.3.5", "Server configuration error")},
		{"for now, and no more said", together + "S: 250 ok\nS: 451 try later\nS: 250 ok\nS: 221 bye", jane, stage.TemporarilyOut, atRecipient(false, 451, "", "try later")},
		{
			"refused at RCPT, one by one", hello("mx") + "C: MAIL*\nS: 250 ok\nC: RCPT TO:<jane@example.test>\nS: 554 5.7.1 Sender refused\nC: RSET\nS: 250 ok\nC: QUIT\nS: 221 bye", jane, stage.Rejected,
			atRecipient(false, 554, "5.7.1", "Sender refused"),
		},
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

// atRecipient returns the facts for this reply at RCPT.
func atRecipient(accepted bool, code int, enhanced, text string) string {
	var b strings.Builder
	b.WriteString(`{"sender":"jane@example.test",`)
	if accepted {
		b.WriteString(`"accepted":true,`)
	}
	line := fmt.Sprint(code)
	fmt.Fprintf(&b, `"reply":{"command":"RCPT","code":%d,`, code)
	if enhanced != "" {
		fmt.Fprintf(&b, `"enhanced":"%s",`, enhanced)
		line += " " + enhanced
	}
	line = strings.NewReplacer("<", `\u003c`, ">", `\u003e`).Replace(line + " " + text)
	fmt.Fprintf(&b, `"lines":["%s"]}}`, line)
	return b.String()
}

// If a server doesn't reply to QUIT, that costs only QUIT's time limit.
func TestQuitUnanswered(t *testing.T) {
	for _, script := range []string{"S: 220 mx\nC: QUIT\nhang", "S: 220 mx\nC: QUIT\nclose", "S: 220 mx\nC: QUIT\nS: what"} {
		converse(t, script, smtp.Options{}, func(t *testing.T, c *client) {
			ready(t, c)
			c.Quit(c.Ctx)
		})
	}
}

// 421 says that the server closes the connection, so QUIT isn't sent.
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
