package smtp_test

import (
	"testing"
	"time"

	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/smtp"
)

// A healthy STARTTLS dialogue takes one round trip per stage, two where EHLO and
// STARTTLS are both needed, and none for QUIT.
func TestRoundTrips(t *testing.T) {
	const script = `
		S: 220 mx ESMTP
		C: EHLO*
		S: 250-mx
		S: 250-PIPELINING
		S: 250 STARTTLS
		C: STARTTLS
		S: 220 go
		starttls
		C: EHLO*
		S: 250-mx
		S: 250-PIPELINING
		S: 250-SIZE 100
		S: 250 AUTH PLAIN
		C: AUTH PLAIN *
		S: 235 ok
		C: MAIL*
		C: RCPT*
		C: RSET
		C: QUIT
		S: 250 ok
		S: 250 ok
		S: 250 ok
		S: 221 bye
		close`
	server := dialoguetest.ScriptTLS(t, "smtp.example.test", script)
	dialoguetest.RoundTrips(t, server, func(t *testing.T, talk *dialoguetest.Talk) []dialoguetest.Leg {
		c := &client{smtp.New(talk.Conn, sending), talk}
		return []dialoguetest.Leg{
			{Name: "greeting", Ways: 1, Go: func() error { _, err := c.Greeting(c.Ctx); return err }}, // the connection is there already
			{Name: "EHLO and STARTTLS", Ways: 4, Go: func() error { _, err := c.StartTLS(c.Ctx); return err }},
			{Name: "handshake", Ways: 2, Go: func() error { c.Upgrade(t); return nil }},
			{Name: "EHLO", Ways: 2, Go: func() error { _, err := c.Capabilities(c.Ctx); return err }},
			{Name: "AUTH", Ways: 2, Go: func() error { _, err := c.Login(c.Ctx, dialoguetest.Request()); return err }},
			{Name: "MAIL, RCPT, RSET and QUIT", Ways: 2, Go: func() error { _, err := c.Submit(c.Ctx); return err }},
			{Name: "goodbye", Ways: 0, Go: func() error { c.Quit(c.Ctx); return nil }},
		}
	})
}

// Without PIPELINING nothing is pipelined.
func TestRoundTripsOneByOne(t *testing.T) {
	const script = "S: 220 mx\nC: EHLO*\nS: 250 mx\nC: MAIL*\nwait 1s\nS: 250 ok\nC: RCPT*\nwait 1s\nS: 250 ok\nC: RSET\nwait 1s\nS: 250 ok\nC: QUIT\nwait 1s\nS: 221 bye\nclose"
	converse(t, script, sending, func(t *testing.T, c *client) {
		ready(t, c)
		start := time.Now()
		if _, err := c.Submit(c.Ctx); err != nil {
			t.Fatal(err)
		}
		c.Quit(c.Ctx)
		if took, want := time.Since(start), 4*time.Second+10*time.Millisecond; took != want {
			t.Errorf("took %v, want %v", took, want)
		}
	})
}
