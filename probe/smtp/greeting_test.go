package smtp_test

import (
	"strings"
	"testing"
	"time"

	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/smtp"
	"maildoctor/probe/stage"
)

func TestGreeting(t *testing.T) {
	tests := []struct {
		name, script string
		fault        stage.Fault
		code         int
		lines        int
		enhanced     string
		software     string
		date         string
		first        string
	}{
		{name: "postfix", script: "S: 220 smtp.example.test ESMTP Postfix (Debian/GNU)", code: 220, lines: 1, software: "Postfix"},
		{name: "exim", script: "S: 220 mx ESMTP Exim 4.98 Sun, 22 Nov 2026 14:02:03 -0700", code: 220, lines: 1, software: "Exim", date: "2026-11-22T14:02:03-07:00"},
		{name: "exchange", script: "S: 220 mx Microsoft ESMTP MAIL Service ready at Sun, 1 Nov 2026 01:02:03 +0000", code: 220, lines: 1, software: "Microsoft Exchange", date: "2026-11-01T01:02:03Z"},
		{name: "GMT", script: "S: 220 mx ESMTP Sendmail 8.18.1; Sun, 22 Nov 2026 14:02:03 GMT", code: 220, lines: 1, software: "Sendmail", date: "2026-11-22T14:02:03Z"},
		{name: "zone without an offset", script: "S: 220 mx ESMTP; Sun, 22 Nov 2026 14:02:03 EST", code: 220, lines: 1},
		{name: "impossible date", script: "S: 220 mx ESMTP; Sun, 32 Nov 2026 14:02:03 +0000", code: 220, lines: 1},
		{name: "many lines", script: "S: 220-mx one\nS: 220-two\nS: 220 three", code: 220, lines: 3},
		{name: "no text", script: "S: 220", code: 220, lines: 1},
		{name: "LF alone", script: `R: 220 mx ESMTP\n`, code: 220, lines: 1},
		{name: "masked", script: "S: 220 *****2****0*", code: 220, lines: 1},
		{name: "refused", script: "S: 554 5.7.1 no access from here", fault: stage.Rejected, code: 554, lines: 1, enhanced: "5.7.1"},
		{name: "busy", script: "S: 421 4.3.2 too many connections", fault: stage.TemporarilyOut, code: 421, lines: 1, enhanced: "4.3.2"},
		{name: "another success", script: "S: 250 hello", fault: stage.Malformed, code: 250, lines: 1},
		{name: "codes differ", script: "S: 220-mx\nS: 250 mx", fault: stage.Malformed, code: 220, lines: 2},
		{name: "no space", script: "S: 2200 mx", fault: stage.Malformed, lines: 1},
		{name: "not three digits", script: "S: 2x0 mx", fault: stage.Malformed, lines: 1},
		{name: "short", script: "S: 22", fault: stage.Malformed, lines: 1},
		{name: "NULs", script: `R: 220 m\x00x\x1b[2J\r\n`, code: 220, lines: 1},
		{name: "SSH", script: "S: SSH-2.0-OpenSSH_9.9", fault: stage.WrongProtocol, first: "SSH-2.0-OpenSSH_9.9"},
		{name: "HTTP", script: "S: HTTP/1.1 400 Bad Request", fault: stage.WrongProtocol, first: "HTTP/1.1 400 Bad Request"},
		{name: "IMAP", script: "S: * OK [CAPABILITY IMAP4rev1] ready", fault: stage.WrongProtocol, first: "* OK [CAPABILITY IMAP4rev1] ready"},
		{name: "POP3", script: "S: +OK ready", fault: stage.WrongProtocol, first: "+OK ready"},
		{name: "FTP", script: "S: 220 (vsFTPd 3.0.5)", fault: stage.WrongProtocol, code: 220, lines: 1, first: "220 (vsFTPd 3.0.5)"},
		{name: "host called ftp", script: "S: 220 ftp.example.test ESMTP", code: 220, lines: 1},
		{name: "news", script: "S: 200 news.example.test ready", fault: stage.WrongProtocol, code: 200, lines: 1, first: "200 news.example.test ready"},
		{name: "TLS alert", script: "R: \\x15\\x03\\x01\\x00\\x02\\x02\\x28\nhang", fault: stage.WrongProtocol, first: `\x15\x03\x01\x00\x02\x02(`},
		{name: "text without end", script: "R: login:\nhang", fault: stage.WrongProtocol, first: "login:"},
		{name: "long text", script: "S: " + strings.Repeat("ä", 200), fault: stage.WrongProtocol, first: strings.Repeat("ä", 60)},
		{name: "silent", script: "hang", fault: stage.Silent},
		{name: "stalled in a line", script: "R: 220 smtp.exa\nhang", fault: stage.Stalled},
		{name: "stalled between lines", script: "S: 220-smtp.example.test\nhang", fault: stage.Stalled, code: 220, lines: 1},
		{name: "closed", script: "close", fault: stage.Closed},
		{name: "closed in a line", script: "R: 220 smtp\nclose", fault: stage.Closed},
		{name: "reset", script: "reset", fault: stage.Reset},
		{name: "endless line", script: "R: 220 " + strings.Repeat("a", 40_000) + "\nhang", fault: stage.TooLong},
		{name: "endless reply", script: strings.Repeat("S: 220-mx\n", 600) + "hang", fault: stage.TooLong, code: 220, lines: 512},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			converse(t, tt.script, smtp.Options{}, func(t *testing.T, c *client) {
				f, err := c.Greeting(c.Ctx)
				dialoguetest.WantFault(t, err, tt.fault)
				if f.Code != tt.code || len(f.Lines) != tt.lines || f.Enhanced != tt.enhanced {
					t.Errorf("reply %+v, want code %d, %d lines, enhanced %q", f.Reply, tt.code, tt.lines, tt.enhanced)
				}
				if f.Software != tt.software || f.ServerDate != tt.date || f.FirstBytes != tt.first {
					t.Errorf("software %q, date %q, first bytes %q", f.Software, f.ServerDate, f.FirstBytes)
				}
				if strings.ContainsAny(dialoguetest.Encode(t, f)+c.String(), "\x00\x1b") {
					t.Error("control characters in the facts or the transcript")
				}
			})
		})
	}
}

// The wait ends with the last line: some servers send the first at once and then delay,
// to detect clients that don't wait.
func TestGreetingWait(t *testing.T) {
	converse(t, "wait 5s\nS: 220-mx\nwait 6s\nS: 220 mx", smtp.Options{}, func(t *testing.T, c *client) {
		f, err := c.Greeting(c.Ctx)
		if want := stage.Ms(11*time.Second + time.Millisecond); err != nil || f.Wait != want {
			t.Errorf("wait %v, %v; want %v", f.Wait.Duration(), err, want.Duration())
		}
	})
}

// A server that sends a line per minute is abandoned at the stage's deadline.
func TestGreetingLineAMinute(t *testing.T) {
	converse(t, strings.Repeat("S: 220-mx\nwait 20s\n", 2)+"hang", smtp.Options{}, func(t *testing.T, c *client) {
		start := time.Now()
		_, err := c.Greeting(c.Ctx)
		dialoguetest.WantFault(t, err, stage.Stalled)
		if took := time.Since(start); took != dialoguetest.Timeout {
			t.Errorf("took %v", took)
		}
	})
}

func TestGreetingRemarksBinary(t *testing.T) {
	converse(t, "R: \\x15\\x03\\x03\\x00\nhang", smtp.Options{}, func(t *testing.T, c *client) {
		c.Greeting(c.Ctx)
		if got, want := c.String(), "-: the server sent \\x15\\x03\\x03\\x00\n"; got != want {
			t.Errorf("transcript %q, want %q", got, want)
		}
	})
}
