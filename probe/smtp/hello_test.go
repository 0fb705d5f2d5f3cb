package smtp_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/smtp"
	"maildoctor/probe/stage"
)

func TestCapabilities(t *testing.T) {
	converse(t, `
		S: 220 mx ESMTP
		C: EHLO [127.0.0.1]
		S: 250-mx at your service
		S: 250-pipelining
		S: 250-Size 10485760
		S: 250-auth plain Login
		S: 250-AUTH=LOGIN CRAM-MD5
		S: 250-XXXXXXXA
		S: 250-
		S: 250 StartTLS
		C: QUIT
		S: 221 bye`, smtp.Options{}, func(t *testing.T, c *client) {
		ready(t, c)
		f, err := c.Capabilities(c.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := c.Capabilities(c.Ctx); err != nil || !slices.Equal(again.List, f.List) {
			t.Errorf("asked again: %v, %v", again, err)
		}
		c.Quit(c.Ctx)
		c.Quit(c.Ctx)
		want := `{"list":["pipelining","Size 10485760","auth plain Login","AUTH=LOGIN CRAM-MD5","XXXXXXXA","StartTLS"],` +
			`"mechanisms":["PLAIN","LOGIN","CRAM-MD5"],"starttls":true,"pipelining":true,"size":10485760}`
		if got := dialoguetest.Encode(t, f); got != want {
			t.Errorf("facts\n%s, want\n%s", got, want)
		}
	})
}

func TestCapabilitiesUnderTLS(t *testing.T) {
	converse(t, "S: 220 mx\nC: EHLO client.example.test\nS: 250-mx\nS: 250 STARTTLS",
		smtp.Options{Hello: "client.example.test", TLS: true}, func(t *testing.T, c *client) {
			ready(t, c)
			f, err := c.Capabilities(c.Ctx)
			if err != nil || f.StartTLS || !f.LoginDisabled {
				t.Errorf("%+v, %v", f, err)
			}
		})
}

func TestSize(t *testing.T) {
	tests := []struct {
		line string
		want *int64
	}{
		{"SIZE 1000", new(int64(1000))},
		{"SIZE 0", new(int64(0))},
		{"SIZE", nil},
		{"SIZE -1", nil},
		{"SIZE 10M", nil},
		{"SIZE 99999999999999999999", new(int64(math.MaxInt64))},
	}
	for _, tt := range tests {
		converse(t, "S: 220 mx\nC: EHLO*\nS: 250-mx\nS: 250 "+tt.line, smtp.Options{}, func(t *testing.T, c *client) {
			ready(t, c)
			f, err := c.Capabilities(c.Ctx)
			if err != nil {
				t.Fatal(err)
			}
			if (f.Size == nil) != (tt.want == nil) || f.Size != nil && *f.Size != *tt.want {
				t.Errorf("%s: %s", tt.line, dialoguetest.Encode(t, f))
			}
		})
	}
}

func TestHelloFaults(t *testing.T) {
	const ehlo = "S: 220 mx\nC: EHLO [127.0.0.1]\n"
	tests := []struct {
		name, script string
		fault        stage.Fault
		refused      int // code of HelloRefused
	}{
		{"HELO serves", ehlo + "S: 502 5.5.1 what?\nC: HELO [127.0.0.1]\nS: 250 mx", "", 502},
		{"both refused", ehlo + "S: 550 who are you\nC: HELO*\nS: 550 no", stage.Rejected, 550},
		{"refused and closed", ehlo + "S: 554 go away\nC: HELO*\nclose", stage.Rejected, 554},
		{"later", ehlo + "S: 450 4.3.2 not now", stage.TemporarilyOut, 450},
		{"shutting down", ehlo + "S: 421 4.3.2 closing\nclose", stage.TemporarilyOut, 421},
		{"another code", ehlo + "S: 220 mx", stage.Malformed, 0},
		{"codes differ", ehlo + "S: 250-mx\nS: 550 mx", stage.Malformed, 0},
		{"silent", ehlo + "hang", stage.Silent, 0},
		{"stalled", ehlo + "S: 250-mx\nhang", stage.Stalled, 0},
		{"closed", ehlo + "close", stage.Closed, 0},
		{"endless", ehlo + strings.Repeat("S: 250-XEXTENSION\n", 600) + "hang", stage.TooLong, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			converse(t, tt.script, smtp.Options{}, func(t *testing.T, c *client) {
				ready(t, c)
				f, err := c.Capabilities(c.Ctx)
				dialoguetest.WantFault(t, err, tt.fault)
				code := 0
				if f.HelloRefused != nil {
					code = f.HelloRefused.Code
				}
				if code != tt.refused {
					t.Errorf("HelloRefused %d, want %d", code, tt.refused)
				}
			})
		})
	}
}

func TestHelloName(t *testing.T) {
	for _, name := range []string{"a b", "a\r\nMAIL FROM:<x@y>", "a\x00", "a\xff"} {
		converse(t, "S: 220 mx\nhang", smtp.Options{Hello: name}, func(t *testing.T, c *client) {
			ready(t, c)
			_, err := c.Capabilities(c.Ctx)
			dialoguetest.WantFault(t, err, stage.InternalProblem)
			if strings.Contains(c.String(), "C:") {
				t.Errorf("sent %q", c.String())
			}
		})
	}
}
