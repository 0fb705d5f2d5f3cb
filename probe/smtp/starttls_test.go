package smtp_test

import (
	"testing"

	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/smtp"
	"maildoctor/probe/stage"
)

func TestStartTLSFaults(t *testing.T) {
	const (
		ehlo    = "S: 220 mx\nC: EHLO*\n"
		offered = ehlo + "S: 250-mx\nS: 250-AUTH PLAIN\nS: 250 starttls\nC: STARTTLS\n"
	)
	tests := []struct {
		name, script string
		fault        stage.Fault
		offered      bool
		accepted     bool
		code         int // of the reply in the facts
		early        string
	}{
		{"accepted", offered + "S: 220 2.0.0 go ahead\nhang", "", true, true, 220, ""},
		{"not offered", ehlo + "S: 250-mx\nS: 250 XXXXXXXA\nhang", stage.NotOffered, false, false, 0, ""},
		{"HELO only", ehlo + "S: 502 what\nC: HELO*\nS: 250 mx\nhang", stage.NotOffered, false, false, 502, ""},
		{"hello refused", ehlo + "S: 550 no\nC: HELO*\nS: 550 no\nhang", stage.Rejected, false, false, 550, ""},
		{"temporary", offered + "S: 454 4.7.0 TLS not available\nhang", stage.TemporarilyOut, true, false, 454, ""},
		{"refused", offered + "S: 502 5.5.1 no\nhang", stage.Rejected, true, false, 502, ""},
		{"another code", offered + "S: 250 ok\nhang", stage.Malformed, true, false, 250, ""},
		{"no reply line", offered + "S: what\nhang", stage.Malformed, true, false, 0, ""},
		{"early data", offered + "S: 220 go\nR: 250 AUTH PLAIN\\r\\n\nhang", stage.EarlyData, true, true, 220, `250 AUTH PLAIN\x0d\x0a`},
		{"a reply ahead", ehlo + "S: 250-mx\nS: 250 STARTTLS\nS: 220 go\nhang", stage.EarlyData, true, false, 0, `220 go\x0d\x0a`},
		{"closing", ehlo + "S: 250-mx\nS: 250 STARTTLS\nS: 421 too slow\nhang", stage.TemporarilyOut, true, false, 421, ""},
		{"silent", offered + "hang", stage.Silent, true, false, 0, ""},
		{"closed", offered + "close", stage.Closed, true, false, 0, ""},
		{"reset", offered + "reset", stage.Reset, true, false, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			converse(t, tt.script, smtp.Options{}, func(t *testing.T, c *client) {
				f := dialoguetest.StartTLS(t, c, c.Talk, tt.fault, tt.early)
				code := 0
				if f.Reply != nil {
					code = f.Reply.Code
				}
				if f.Offered != tt.offered || f.Accepted != tt.accepted || code != tt.code {
					t.Errorf("facts %s", dialoguetest.Encode(t, f))
				}
			})
		})
	}
}

// EHLO is sent again after TLS, and nothing from before TLS is kept.
func TestStartTLSAsksAgain(t *testing.T) {
	script := `
		S: 220 mx
		C: EHLO*
		S: 250-mx
		S: 250-SIZE 1
		S: 250-AUTH PLAIN
		S: 250 STARTTLS
		C: STARTTLS
		S: 220 go
		starttls
		C: EHLO*
		S: 250-mx
		S: 250-STARTTLS
		S: 250 AUTH CRAM-MD5`
	serve(t, dialoguetest.ScriptTLS(t, "smtp.example.test", script), smtp.Options{}, func(t *testing.T, c *client) {
		ready(t, c)
		f, err := c.StartTLS(c.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := dialoguetest.Encode(t, f.Capabilities), `["SIZE 1","AUTH PLAIN","STARTTLS"]`; got != want {
			t.Errorf("before TLS %s, want %s", got, want)
		}
		c.Upgrade(t)
		caps, err := c.Capabilities(c.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := dialoguetest.Encode(t, caps), `{"list":["STARTTLS","AUTH CRAM-MD5"],"mechanisms":["CRAM-MD5"]}`; got != want {
			t.Errorf("under TLS %s, want %s", got, want)
		}
	})
}

// If STARTTLS isn't offered, the dialogue can continue in cleartext.
func TestStartTLSIfOffered(t *testing.T) {
	converse(t, "S: 220 mx\nC: EHLO*\nS: 250-mx\nS: 250 SIZE 5\nC: QUIT\nS: 221 bye", smtp.Options{}, func(t *testing.T, c *client) {
		ready(t, c)
		_, err := c.StartTLS(c.Ctx)
		dialoguetest.WantFault(t, err, stage.NotOffered)
		if f, err := c.Capabilities(c.Ctx); err != nil || f.Size == nil || *f.Size != 5 {
			t.Errorf("%s, %v", dialoguetest.Encode(t, f), err)
		}
		c.Quit(c.Ctx)
	})
}

// A device on the network path may have removed STARTTLS from the reply to EHLO.
func TestInsist(t *testing.T) {
	dialoguetest.Insist(t, "S: 220 mx\nC: EHLO*\nS: 250-mx\nS: 250 SIZE 5\n", "C: STARTTLS\n", "S: 220 go\n", "S: 502 5.5.1 no\n", open)
}
