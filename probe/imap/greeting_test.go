package imap_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/stage"
)

func TestGreeting(t *testing.T) {
	reply := func(status, code, line string) stage.Reply {
		return stage.Reply{Status: status, ResponseCode: code, Lines: []string{line}}
	}
	tests := []struct {
		name, raw string
		want      stage.GreetingFacts
		fault     stage.Fault
	}{
		{
			name: "with capabilities",
			raw:  `* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] Dovecot ready.\r\n`,
			want: stage.GreetingFacts{
				Reply:        reply("OK", "CAPABILITY", "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] Dovecot ready."),
				Software:     "Dovecot",
				Capabilities: []string{"IMAP4rev1", "SASL-IR", "AUTH=PLAIN"},
			},
		},
		{
			name: "lower case, bare line feed",
			raw:  `* ok [alert] maintenance at noon\n`,
			want: stage.GreetingFacts{Reply: reply("OK", "ALERT", "* ok [alert] maintenance at noon")},
		},
		{
			name: "a date",
			raw:  `* OK mail IMAP4rev1 2007e.404 at Mon, 7 May 2012 09:24:43 -0700 (PDT)\r\n`,
			want: stage.GreetingFacts{
				Reply:    reply("OK", "", "* OK mail IMAP4rev1 2007e.404 at Mon, 7 May 2012 09:24:43 -0700 (PDT)"),
				Software: "UW IMAP", ServerDate: "2012-05-07T09:24:43-07:00",
			},
		},
		{
			name: "preauth",
			raw:  `* PREAUTH welcome\r\n`,
			want: stage.GreetingFacts{Reply: reply("PREAUTH", "", "* PREAUTH welcome")},
		},
		{
			name:  "bye",
			raw:   `* BYE go away\r\n`,
			want:  stage.GreetingFacts{Reply: reply("BYE", "", "* BYE go away")},
			fault: stage.Bye,
		},
		{
			name:  "bye for now",
			raw:   `* BYE [UNAVAILABLE] too many connections\r\n`,
			want:  stage.GreetingFacts{Reply: reply("BYE", "UNAVAILABLE", "* BYE [UNAVAILABLE] too many connections")},
			fault: stage.TemporarilyOut,
		},
		{
			name:  "pop3",
			raw:   `+OK Dovecot ready.\r\n`,
			want:  stage.GreetingFacts{FirstBytes: "+OK Dovecot ready."},
			fault: stage.WrongProtocol,
		},
		{
			name:  "smtp",
			raw:   `220 mail.example.test ESMTP\r\n`,
			want:  stage.GreetingFacts{FirstBytes: "220 mail.example.test ESMTP"},
			fault: stage.WrongProtocol,
		},
		{
			name:  "ssh",
			raw:   `SSH-2.0-OpenSSH_9.6\r\n`,
			want:  stage.GreetingFacts{FirstBytes: "SSH-2.0-OpenSSH_9.6"},
			fault: stage.WrongProtocol,
		},
		{
			name:  "http",
			raw:   `HTTP/1.1 400 Bad Request\r\n\r\n`,
			want:  stage.GreetingFacts{FirstBytes: "HTTP/1.1 400 Bad Request"},
			fault: stage.WrongProtocol,
		},
		{
			name:  "tls alert",
			raw:   `\x15\x03\x01\x00\x02\x02\x28`,
			want:  stage.GreetingFacts{FirstBytes: `\x15\x03\x01\x00\x02\x02(`},
			fault: stage.WrongProtocol,
		},
		{
			name:  "prose",
			raw:   `hello there\r\n`,
			want:  stage.GreetingFacts{FirstBytes: "hello there"},
			fault: stage.Malformed,
		},
		{
			name:  "NULs",
			raw:   `\x00\x00\x00\x00`,
			want:  stage.GreetingFacts{FirstBytes: `\x00\x00\x00\x00`},
			fault: stage.Malformed,
		},
		{
			name:  "no status",
			raw:   `* CAPABILITY IMAP4rev1\r\n`,
			want:  stage.GreetingFacts{Reply: stage.Reply{Lines: []string{"* CAPABILITY IMAP4rev1"}}, FirstBytes: "* CAPABILITY IMAP4rev1"},
			fault: stage.Malformed,
		},
		{
			name:  "cut short",
			raw:   `* OK Dov`,
			want:  stage.GreetingFacts{FirstBytes: "* OK Dov"},
			fault: stage.Closed,
		},
		{
			name:  "escape sequence",
			raw:   `* OK \x1b[2Jready\r\n`,
			want:  stage.GreetingFacts{Reply: reply("OK", "", `* OK \x1b[2Jready`)},
			fault: "",
		},
		{name: "closed", raw: ``, fault: stage.Closed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tk := play(t, "R: "+tt.raw+"\nclose")
			facts, err := tk.Greeting(limited(t))
			dialoguetest.WantFault(t, err, tt.fault)
			if diff := cmp.Diff(&tt.want, facts, cmpopts.IgnoreFields(stage.GreetingFacts{}, "Wait")); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGreetingReset(t *testing.T) {
	tk := play(t, "reset")
	_, err := tk.Greeting(limited(t))
	dialoguetest.WantFault(t, err, stage.Reset)
}

func TestGreetingOtherProtocolIsInTheTranscript(t *testing.T) {
	tk := play(t, "S: +OK POP3 ready\nclose")
	_, err := tk.Greeting(limited(t))
	dialoguetest.WantFault(t, err, stage.WrongProtocol)
	line := stage.Line{From: stage.Server, Stage: stage.Greeting, Text: "+OK POP3 ready"}
	if !slices.Contains(tk.Lines(), line) {
		t.Errorf("transcript lacks the line:\n%s", tk)
	}
}
