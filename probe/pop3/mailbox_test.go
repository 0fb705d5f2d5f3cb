package pop3_test

import (
	"strings"
	"testing"

	"maildoctor/probe/auth"
	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/stage"
)

func TestMailbox(t *testing.T) {
	tests := []struct {
		name, script string
		fault        stage.Fault
		want         string // the facts
	}{
		{
			"pipelined", offering("UIDL", "PIPELINING") + "C: STAT\nC: QUIT\nS: +OK 2 320\nS: +OK bye", "",
			`{"messages":2,"bytes":320,"uidl":true}`,
		},
		{
			"one by one", offering("USER") + "C: STAT\nS: +OK 0 0 more words\nC: QUIT\nS: +OK bye", "",
			`{"messages":0,"bytes":0,"uidl":false}`,
		},
		{
			"no CAPA", noCapa + "C: STAT\nS: +OK 1 9\nC: UIDL 1\nS: +OK 1 abc\nC: QUIT\nS: +OK bye", "",
			`{"messages":1,"bytes":9,"uidl":true}`,
		},
		{
			"no CAPA, no UIDL", noCapa + "C: STAT\nS: +OK 1 9\nC: UIDL 1\nS: -ERR what\nC: QUIT\nS: +OK bye", "",
			`{"messages":1,"bytes":9,"uidl":false}`,
		},
		{
			"no CAPA, no message", noCapa + "C: STAT\nS: +OK 0 0\nC: QUIT\nS: +OK bye", "",
			`{"messages":0,"bytes":0}`,
		},
		{
			"refused", offering("UIDL") + "C: STAT\nS: -ERR [SYS/PERM] index broken\nC: QUIT\nS: +OK", stage.Rejected,
			`{"uidl":true,"reply":{"command":"STAT","status":"-ERR","response_code":"SYS/PERM","lines":["-ERR [SYS/PERM] index broken"]}}`,
		},
		{
			"later", offering("UIDL", "PIPELINING") + "C: STAT\nC: QUIT\nS: -ERR [SYS/TEMP] no\nS: +OK", stage.TemporarilyOut,
			`{"uidl":true,"reply":{"command":"STAT","status":"-ERR","response_code":"SYS/TEMP","lines":["-ERR [SYS/TEMP] no"]}}`,
		},
		{"one number", offering("UIDL") + "C: STAT\nS: +OK 2\nC: QUIT\nS: +OK", stage.Malformed, `{"uidl":true}`},
		{"words", offering("UIDL") + "C: STAT\nS: +OK two messages\nC: QUIT\nS: +OK", stage.Malformed, `{"uidl":true}`},
		{"negative", offering("UIDL") + "C: STAT\nS: +OK 1 -1\nC: QUIT\nS: +OK", stage.Malformed, `{"uidl":true}`},
		{"beyond 64 bits", offering("UIDL") + "C: STAT\nS: +OK 1 99999999999999999999\nC: QUIT\nS: +OK", stage.Malformed, `{"uidl":true}`},
		{"silent", offering("UIDL") + "C: STAT\nhang", stage.Silent, `{"uidl":true}`},
		{"closed", offering("UIDL") + "C: STAT\nclose", stage.Closed, `{"uidl":true}`},
		{"silent to UIDL", noCapa + "C: STAT\nS: +OK 1 9\nC: UIDL 1\nhang", stage.Silent, `{"messages":1,"bytes":9}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			converse(t, tt.script, func(t *testing.T, c *client) {
				ready(t, c)
				f, err := c.Mailbox(c.Ctx)
				dialoguetest.WantFault(t, err, tt.fault)
				if got := dialoguetest.Encode(t, f); got != tt.want {
					t.Errorf("facts\n%s, want\n%s", got, tt.want)
				}
				c.Quit(c.Ctx)
				c.Quit(c.Ctx)
				if n := strings.Count(c.String(), "C: QUIT"); n > 1 {
					t.Errorf("QUIT %d times", n)
				}
				if strings.Contains(c.String(), "DELE") {
					t.Error("DELE")
				}
			})
		})
	}
}

// A password that looks like part of a reply doesn't disturb parsing.
func TestMailboxOddPassword(t *testing.T) {
	req := dialoguetest.Request()
	req.Secret = auth.NewSecret("320")
	script := offering("USER") + "C: USER*\nS: +OK\nC: PASS 320\nS: +OK you are in\nC: STAT\nS: +OK 2 320"
	converse(t, script, func(t *testing.T, c *client) {
		ready(t, c)
		if _, err := c.Login(c.Ctx, req); err != nil {
			t.Fatal(err)
		}
		if f, err := c.Mailbox(c.Ctx); err != nil || *f.Messages != 2 || *f.Bytes != 320 {
			t.Errorf("%s, %v", dialoguetest.Encode(t, f), err)
		}
	})
}

// If a server doesn't reply to QUIT, that costs only QUIT's time limit.
func TestQuitUnanswered(t *testing.T) {
	for _, script := range []string{"S: +OK\nC: QUIT\nhang", "S: +OK\nC: QUIT\nclose", "S: +OK\nC: QUIT\nS: what"} {
		converse(t, script, func(t *testing.T, c *client) {
			ready(t, c)
			c.Quit(c.Ctx)
		})
	}
}
