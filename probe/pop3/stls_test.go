package pop3_test

import (
	"testing"

	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/stage"
)

func TestStartTLSFaults(t *testing.T) {
	const (
		capa    = "S: +OK\nC: CAPA\n"
		none    = capa + "S: -ERR unknown\nC: STLS\n"
		offered = capa + "S: +OK\nS: stls\nS: USER\nS: .\nC: STLS\n"
	)
	tests := []struct {
		name, script string
		fault        stage.Fault
		offered      bool
		accepted     bool
		status       string // of the reply in the facts
		early        string
	}{
		{"accepted", offered + "S: +OK go\nhang", "", true, true, "+OK", ""},
		{"accepted without CAPA", none + "S: +OK go\nhang", "", true, true, "+OK", ""},
		{"not offered", capa + "S: +OK\nS: USER\nS: .\nhang", stage.NotOffered, false, false, "", ""},
		{"neither CAPA nor STLS", none + "S: -ERR unknown\nhang", stage.NotOffered, false, false, "-ERR", ""},
		{"without CAPA, later", none + "S: -ERR [SYS/TEMP] later\nhang", stage.TemporarilyOut, false, false, "-ERR", ""},
		{"refused", offered + "S: -ERR no\nhang", stage.Rejected, true, false, "-ERR", ""},
		{"temporary", offered + "S: -ERR [SYS/TEMP] no\nhang", stage.TemporarilyOut, true, false, "-ERR", ""},
		{"no status", offered + "S: what\nhang", stage.Malformed, true, false, "", ""},
		{"early data", offered + "S: +OK go\nR: +OK injected\\r\\n\nhang", stage.EarlyData, true, true, "+OK", `+OK injected\x0d\x0a`},
		{"a reply ahead", capa + "S: +OK\nS: STLS\nS: .\nS: +OK go\nhang", stage.EarlyData, true, false, "", `+OK go\x0d\x0a`},
		{"silent", offered + "hang", stage.Silent, true, false, "", ""},
		{"stalled", offered + "R: +OK g\nhang", stage.Stalled, true, false, "", ""},
		{"closed", offered + "close", stage.Closed, true, false, "", ""},
		{"reset", offered + "reset", stage.Reset, true, false, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			converse(t, tt.script, func(t *testing.T, c *client) {
				f := dialoguetest.StartTLS(t, c, c.Talk, tt.fault, tt.early)
				status := ""
				if f.Reply != nil {
					status = f.Reply.Status
				}
				if f.Offered != tt.offered || f.Accepted != tt.accepted || status != tt.status {
					t.Errorf("facts %s", dialoguetest.Encode(t, f))
				}
			})
		})
	}
}

// CAPA is sent again after TLS, and nothing from before TLS is kept.
func TestStartTLSAsksAgain(t *testing.T) {
	script := `
		S: +OK
		C: CAPA
		S: +OK
		S: STLS
		S: PIPELINING
		S: SASL PLAIN
		S: .
		C: STLS
		S: +OK
		starttls
		C: CAPA
		S: +OK
		S: STLS
		S: SASL CRAM-MD5
		S: .`
	serve(t, dialoguetest.ScriptTLS(t, "pop.example.test", script), func(t *testing.T, c *client) {
		ready(t, c)
		f, err := c.StartTLS(c.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := dialoguetest.Encode(t, f.Capabilities), `["STLS","PIPELINING","SASL PLAIN"]`; got != want {
			t.Errorf("before TLS %s, want %s", got, want)
		}
		c.Upgrade(t)
		caps, err := c.Capabilities(c.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := dialoguetest.Encode(t, caps), `{"list":["STLS","SASL CRAM-MD5"],"mechanisms":["CRAM-MD5"]}`; got != want {
			t.Errorf("under TLS %s, want %s", got, want)
		}
	})
}

// If STLS isn't offered, the dialogue can continue in cleartext.
func TestStartTLSIfOffered(t *testing.T) {
	converse(t, "S: +OK\nC: CAPA\nS: +OK\nS: USER\nS: .\nC: QUIT\nS: +OK", func(t *testing.T, c *client) {
		ready(t, c)
		_, err := c.StartTLS(c.Ctx)
		dialoguetest.WantFault(t, err, stage.NotOffered)
		if f, err := c.Capabilities(c.Ctx); err != nil || len(f.List) != 1 {
			t.Errorf("%s, %v", dialoguetest.Encode(t, f), err)
		}
		c.Quit(c.Ctx)
	})
}

// A device on the network path may have removed STLS from the reply to CAPA.
func TestInsist(t *testing.T) {
	dialoguetest.Insist(t, "S: +OK\nC: CAPA\nS: +OK\nS: USER\nS: .\n", "C: STLS\n", "S: +OK go\n", "S: -ERR no\n", open)
}
