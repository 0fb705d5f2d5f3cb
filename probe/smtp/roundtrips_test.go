package smtp_test

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/probetest"
	"maildoctor/probe/smtp"
	"maildoctor/probe/wire"
)

// A healthy STARTTLS dialogue takes one round trip a stage, two where EHLO and
// STARTTLS are both needed, and none for the goodbye.
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
		C: RSET
		C: QUIT
		S: 250 ok
		S: 250 ok
		S: 221 bye
		close`
	synctest.Test(t, func(t *testing.T) {
		const way = 50 * time.Millisecond
		near, far := probetest.Pipe(way)
		done := make(chan error)
		go func() { done <- probetest.PlayTLS(far, script, serverTLS(t)) }()
		ctx, cancel := context.WithTimeout(t.Context(), timeout)
		defer cancel()
		c := &client{ctx: ctx, conn: wire.New(near, wire.Limits{}, nil)}
		c.Session = smtp.New(c.conn, smtp.Options{Sender: "jane@example.test"})

		steps := []struct {
			name string
			ways time.Duration
			do   func() error
		}{
			{"greeting", 1, func() error { _, err := c.Greeting(ctx); return err }}, // the connection is there already
			{"EHLO and STARTTLS", 4, func() error { _, err := c.StartTLS(ctx); return err }},
			{"handshake", 2, func() error { c.upgrade(t); return nil }},
			{"EHLO", 2, func() error { _, err := c.Capabilities(ctx); return err }},
			{"AUTH", 2, func() error { _, err := c.Login(ctx, request()); return err }},
			{"MAIL, RSET and QUIT", 2, func() error { _, err := c.Submit(ctx); return err }},
			{"goodbye", 0, func() error { c.Quit(ctx); return nil }},
		}
		for _, step := range steps {
			start := time.Now()
			if err := step.do(); err != nil {
				t.Fatalf("%s: %v", step.name, err)
			}
			if took := time.Since(start); took != step.ways*way {
				t.Errorf("%s took %v, want %v", step.name, took, step.ways*way)
			}
		}
		near.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// Where nothing may be pipelined, nothing is.
func TestRoundTripsOneByOne(t *testing.T) {
	const script = "S: 220 mx\nC: EHLO*\nS: 250 mx\nC: MAIL*\nwait 1s\nS: 250 ok\nC: RSET\nwait 1s\nS: 250 ok\nC: QUIT\nwait 1s\nS: 221 bye\nclose"
	serve(t, func(conn net.Conn) {
		if err := probetest.Play(conn, script); err != nil {
			t.Error(err)
		}
	}, smtp.Options{Sender: "jane@example.test"}, func(t *testing.T, c *client) {
		ready(t, c)
		start := time.Now()
		if _, err := c.Submit(c.ctx); err != nil {
			t.Fatal(err)
		}
		c.Quit(c.ctx)
		if took, want := time.Since(start), 3*time.Second+8*time.Millisecond; took != want {
			t.Errorf("took %v, want %v", took, want)
		}
	})
}
