package pop3_test

import (
	"strings"
	"testing"
	"time"

	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/stage"
)

func TestGreeting(t *testing.T) {
	tests := []struct {
		name, script string
		fault        stage.Fault
		status, code string
		apop         bool
		software     string
		first        string
		shown        string // the transcript, if it matters
	}{
		{name: "dovecot", script: "S: +OK Dovecot (Debian) ready.", status: "+OK", software: "Dovecot"},
		{name: "no text", script: "S: +OK", status: "+OK"},
		{name: "LF alone", script: `R: +OK ready\n`, status: "+OK"},
		{name: "timestamp", script: "S: +OK ready <1896.697170952@dbc.mtview.ca.us>", status: "+OK", apop: true, shown: "S: +OK ready <***>\n"},
		{name: "angles without a timestamp", script: "S: +OK <hello there> <a b@c>", status: "+OK", shown: "S: +OK <***> <***>\n"},
		{name: "timestamp beyond ASCII", script: "S: +OK <1.2@exämple.test>", status: "+OK", shown: "S: +OK <***>\n"},
		{name: "refused", script: "S: -ERR go away <1.2@x>", fault: stage.Rejected, status: "-ERR"},
		{name: "busy", script: "S: -ERR [SYS/TEMP] later", fault: stage.TemporarilyOut, status: "-ERR", code: "SYS/TEMP"},
		{name: "permanent", script: "S: -ERR [sys/perm] never", fault: stage.Rejected, status: "-ERR", code: "SYS/PERM"},
		{name: "another word", script: "S: +OKAY ready", fault: stage.Malformed},
		{name: "small letters", script: "S: +ok ready", fault: stage.Malformed},
		{name: "NULs", script: `R: +OK m\x00x\x1b[2J <1@\x00>\r\n`, status: "+OK"},
		{name: "SSH", script: "S: SSH-2.0-OpenSSH_9.9", fault: stage.WrongProtocol, first: "SSH-2.0-OpenSSH_9.9"},
		{name: "HTTP", script: "S: HTTP/1.1 400 Bad Request", fault: stage.WrongProtocol, first: "HTTP/1.1 400 Bad Request"},
		{name: "IMAP", script: "S: * OK ready", fault: stage.WrongProtocol, first: "* OK ready"},
		{name: "SMTP", script: "S: 220 mx ESMTP", fault: stage.WrongProtocol, first: "220 mx ESMTP"},
		{name: "TLS alert", script: "R: \\x15\\x03\\x01\\x00\\x02\\x02\\x28\nhang", fault: stage.WrongProtocol, first: `\x15\x03\x01\x00\x02\x02(`, shown: "-: the server sent \\x15\\x03\\x01\\x00\\x02\\x02(\n"},
		{name: "text without end", script: "R: login:\nhang", fault: stage.WrongProtocol, first: "login:"},
		{name: "long text", script: "S: " + strings.Repeat("ä", 200), fault: stage.WrongProtocol, first: strings.Repeat("ä", 60)},
		{name: "silent", script: "hang", fault: stage.Silent},
		{name: "stalled", script: "R: +OK pop.exa\nhang", fault: stage.Stalled},
		{name: "closed", script: "close", fault: stage.Closed},
		{name: "closed in a line", script: "R: +OK pop\nclose", fault: stage.Closed},
		{name: "reset", script: "reset", fault: stage.Reset},
		{name: "endless line", script: "R: +OK " + strings.Repeat("a", 40_000) + "\nhang", fault: stage.TooLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			converse(t, tt.script, func(t *testing.T, c *client) {
				f, err := c.Greeting(c.Ctx)
				dialoguetest.WantFault(t, err, tt.fault)
				if f.Status != tt.status || f.ResponseCode != tt.code || f.APOP != tt.apop {
					t.Errorf("facts %s", dialoguetest.Encode(t, f))
				}
				if f.Software != tt.software || f.FirstBytes != tt.first {
					t.Errorf("software %q, first bytes %q", f.Software, f.FirstBytes)
				}
				if tt.shown != "" && c.String() != tt.shown {
					t.Errorf("transcript %q, want %q", c.String(), tt.shown)
				}
				all := dialoguetest.Encode(t, f) + c.String()
				if strings.ContainsAny(all, "\x00\x1b") {
					t.Error("control characters in the facts or the transcript")
				}
				if tt.apop && strings.Contains(all, "1896") {
					t.Error("the timestamp is shown")
				}
			})
		})
	}
}

func TestGreetingWait(t *testing.T) {
	converse(t, "wait 7s\nS: +OK", func(t *testing.T, c *client) {
		f, err := c.Greeting(c.Ctx)
		if want := stage.Ms(7*time.Second + time.Millisecond); err != nil || f.Wait != want {
			t.Errorf("wait %v, %v; want %v", f.Wait.Duration(), err, want.Duration())
		}
	})
}
