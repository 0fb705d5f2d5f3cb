package pop3_test

import (
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/stage"
)

func TestCapabilities(t *testing.T) {
	converse(t, `
		S: +OK
		C: CAPA
		S: +OK list follows
		S: Top
		S: stls
		S: ..dotted
		S: pipelining
		S: USER
		R: IMPLEMENTATION a\x1bb \r\n
		R: \r\n
		S: sasl plain Login
		S: SASL CRAM-MD5 PLAIN
		S: .
		C: QUIT
		S: +OK bye`, func(t *testing.T, c *client) {
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
		want := `{"list":["Top","stls",".dotted","pipelining","USER","IMPLEMENTATION a\\x1bb","sasl plain Login","SASL CRAM-MD5 PLAIN"],` +
			`"mechanisms":["PLAIN","LOGIN","CRAM-MD5"],"starttls":true,"pipelining":true}`
		if got := dialoguetest.Encode(t, f); got != want {
			t.Errorf("facts\n%s, want\n%s", got, want)
		}
	})
}

func TestCapabilitiesFaults(t *testing.T) {
	const capa = "S: +OK\nC: CAPA\n"
	tests := []struct {
		name, script string
		fault        stage.Fault
		unsupported  bool
		disabled     bool
	}{
		{"unknown command", capa + "S: -ERR what?", "", true, false},
		{"no way in", capa + "S: +OK\nS: STLS\nS: .", "", false, true},
		{"timestamp alone", strings.Replace(capa, "+OK", "+OK <1.2@x>", 1) + "S: +OK\nS: STLS\nS: .", "", false, false},
		{"empty list", capa + "S: +OK\nS: .", "", false, true},
		{"later", capa + "S: -ERR [SYS/TEMP] busy", stage.TemporarilyOut, false, false},
		{"no status", capa + "S: TOP", stage.Malformed, false, false},
		{"silent", capa + "hang", stage.Silent, false, false},
		{"list without end", capa + "S: +OK\nS: TOP\nhang", stage.Stalled, false, false},
		{"list not begun", capa + "S: +OK\nhang", stage.Stalled, false, false},
		{"closed", capa + "S: +OK\nS: TOP\nclose", stage.Closed, false, false},
		{"endless", capa + "S: +OK\n" + strings.Repeat("S: XTENSION\n", 600) + "hang", stage.TooLong, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			converse(t, tt.script, func(t *testing.T, c *client) {
				ready(t, c)
				f, err := c.Capabilities(c.Ctx)
				dialoguetest.WantFault(t, err, tt.fault)
				if f.Unsupported != tt.unsupported || f.LoginDisabled != tt.disabled {
					t.Errorf("facts %s", dialoguetest.Encode(t, f))
				}
			})
		})
	}
}
