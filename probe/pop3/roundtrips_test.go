package pop3_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/pop3"
	"maildoctor/probe/probetest"
	"maildoctor/probe/wire"
)

// A healthy STLS dialogue takes one round trip a stage, two where CAPA and STLS
// are both needed, and none for the goodbye.
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
	synctest.Test(t, func(t *testing.T) {
		const way = 50 * time.Millisecond
		near, far := probetest.Pipe(way)
		done := make(chan error)
		go func() { done <- probetest.PlayTLS(far, script, serverTLS(t)) }()
		ctx, cancel := context.WithTimeout(t.Context(), timeout)
		defer cancel()
		c := &client{ctx: ctx, conn: wire.New(near, wire.Limits{}, nil)}
		c.Session = pop3.New(c.conn)

		steps := []struct {
			name string
			ways time.Duration
			do   func() error
		}{
			{"greeting", 1, func() error { _, err := c.Greeting(ctx); return err }}, // the connection is there already
			{"CAPA and STLS", 4, func() error { _, err := c.StartTLS(ctx); return err }},
			{"handshake", 2, func() error { c.upgrade(t); return nil }},
			{"CAPA", 2, func() error { _, err := c.Capabilities(ctx); return err }},
			{"USER and PASS", 2, func() error { _, err := c.Login(ctx, request()); return err }},
			{"STAT and QUIT", 2, func() error { _, err := c.Mailbox(ctx); return err }},
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
