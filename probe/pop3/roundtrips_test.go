package pop3_test

import (
	"testing"

	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/pop3"
)

// A healthy STLS dialogue takes one round trip per stage, two where CAPA and STLS are
// both needed, and none for QUIT.
func TestRoundTrips(t *testing.T) {
	const script = `
		S: +OK
		C: CAPA
		S: +OK
		S: STLS
		S: .
		C: STLS
		S: +OK
		starttls
		C: CAPA
		S: +OK
		S: PIPELINING
		S: USER
		S: .
		C: USER*
		C: PASS*
		S: +OK
		S: +OK
		C: STAT
		C: QUIT
		S: +OK 2 320
		S: +OK
		close`
	server := dialoguetest.ScriptTLS(t, "pop.example.test", script)
	dialoguetest.RoundTrips(t, server, func(t *testing.T, talk *dialoguetest.Talk) []dialoguetest.Leg {
		c := &client{pop3.New(talk.Conn), talk}
		return []dialoguetest.Leg{
			{Name: "greeting", Ways: 1, Go: func() error { _, err := c.Greeting(c.Ctx); return err }}, // the connection is there already
			{Name: "CAPA and STLS", Ways: 4, Go: func() error { _, err := c.StartTLS(c.Ctx); return err }},
			{Name: "handshake", Ways: 2, Go: func() error { c.Upgrade(t); return nil }},
			{Name: "CAPA", Ways: 2, Go: func() error { _, err := c.Capabilities(c.Ctx); return err }},
			{Name: "USER and PASS", Ways: 2, Go: func() error { _, err := c.Login(c.Ctx, dialoguetest.Request()); return err }},
			{Name: "STAT and QUIT", Ways: 2, Go: func() error { _, err := c.Mailbox(c.Ctx); return err }},
			{Name: "goodbye", Ways: 0, Go: func() error { c.Quit(c.Ctx); return nil }},
		}
	})
}
