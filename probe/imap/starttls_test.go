package imap_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/imap"
	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/stage"
)

func TestStartTLS(t *testing.T) {
	caps := []string{"IMAP4rev1", "STARTTLS", "LOGINDISABLED"}
	ask := `
		S: * OK ready
		C: a1 CAPABILITY
		S: * CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED
		S: a1 OK done
	`
	reply := func(status, code, line string) *stage.Reply {
		return &stage.Reply{Command: "STARTTLS", Status: status, ResponseCode: code, Lines: []string{line}}
	}
	tests := []struct {
		name, script string
		want         stage.StartTLSFacts
		fault        stage.Fault
	}{
		{
			name: "accepted",
			script: ask + `
				C: a2 STARTTLS
				S: a2 OK Begin TLS
				hang`,
			want: stage.StartTLSFacts{
				Offered: true, Accepted: true, Capabilities: caps, LoginDisabled: true,
				Reply: reply("OK", "", "OK Begin TLS"),
			},
		},
		{
			name: "offered in the greeting alone",
			script: `
				S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready
				C: a1 CAPABILITY
				S: * CAPABILITY IMAP4rev1
				S: a1 OK done
				hang`,
			want:  stage.StartTLSFacts{Capabilities: []string{"IMAP4rev1"}},
			fault: stage.NotOffered,
		},
		{
			name: "list in the tagged reply",
			script: `
				S: * OK ready
				C: a1 CAPABILITY
				S: a1 OK [CAPABILITY IMAP4rev1] done
				hang`,
			want:  stage.StartTLSFacts{Capabilities: []string{"IMAP4rev1"}},
			fault: stage.NotOffered,
		},
		{
			name: "refused",
			script: ask + `
				C: a2 STARTTLS
				S: a2 BAD TLS not configured
				hang`,
			want: stage.StartTLSFacts{
				Offered: true, Capabilities: caps, LoginDisabled: true,
				Reply: reply("BAD", "", "BAD TLS not configured"),
			},
			fault: stage.Rejected,
		},
		{
			name: "refused for now",
			script: ask + `
				C: a2 STARTTLS
				S: a2 NO [UNAVAILABLE] later
				hang`,
			want: stage.StartTLSFacts{
				Offered: true, Capabilities: caps, LoginDisabled: true,
				Reply: reply("NO", "UNAVAILABLE", "NO [UNAVAILABLE] later"),
			},
			fault: stage.TemporarilyOut,
		},
		{
			name: "early data",
			script: ask + `
				C: a2 STARTTLS
				R: a2 OK Begin TLS\r\n* CAPABILITY IMAP4rev1\r\n
				hang`,
			want: stage.StartTLSFacts{
				Offered: true, Accepted: true, Capabilities: caps, LoginDisabled: true,
				Reply:      reply("OK", "", "OK Begin TLS"),
				EarlyBytes: 24, EarlyText: `* CAPABILITY IMAP4rev1\x0d\x0a`,
			},
			fault: stage.EarlyData,
		},
		{
			name: "preauth",
			script: `
				S: * PREAUTH welcome
				hang`,
			fault: stage.PreAuth,
		},
		{
			name: "capability refused",
			script: `
				S: * OK ready
				C: a1 CAPABILITY
				S: a1 BAD what?
				hang`,
			want:  stage.StartTLSFacts{Reply: &stage.Reply{Command: "CAPABILITY", Status: "BAD", Lines: []string{"BAD what?"}}},
			fault: stage.Rejected,
		},
		{
			name: "no list",
			script: `
				S: * OK ready
				C: a1 CAPABILITY
				S: a1 OK done
				hang`,
			fault: stage.Malformed,
		},
		{
			name: "closed instead of an answer",
			script: ask + `
				C: a2 STARTTLS
				close`,
			want:  stage.StartTLSFacts{Offered: true, Capabilities: caps, LoginDisabled: true},
			fault: stage.Closed,
		},
		{
			name: "goodbye instead of an answer",
			script: ask + `
				C: a2 STARTTLS
				S: * BYE [UNAVAILABLE] shutting down
				close`,
			want: stage.StartTLSFacts{
				Offered: true, Capabilities: caps, LoginDisabled: true,
				Reply: reply("BYE", "UNAVAILABLE", "* BYE [UNAVAILABLE] shutting down"),
			},
			fault: stage.TemporarilyOut,
		},
		{
			name: "goodbye instead of a list",
			script: `
				S: * OK Waiting for authentication process to respond..
				C: a1 CAPABILITY
				S: * BYE Auth process broken
				close`,
			want:  stage.StartTLSFacts{Reply: &stage.Reply{Command: "CAPABILITY", Status: "BYE", Lines: []string{"* BYE Auth process broken"}}},
			fault: stage.Bye,
		},
		{
			name: "asks for more",
			script: ask + `
				C: a2 STARTTLS
				S: + go on
				hang`,
			want:  stage.StartTLSFacts{Offered: true, Capabilities: caps, LoginDisabled: true},
			fault: stage.Malformed,
		},
		{
			name: "another tag",
			script: ask + `
				C: a2 STARTTLS
				S: b7 OK Begin TLS
				hang`,
			want:  stage.StartTLSFacts{Offered: true, Capabilities: caps, LoginDisabled: true},
			fault: stage.Malformed,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tk := play(t, tt.script)
			ctx := limited(t)
			if _, err := tk.Greeting(ctx); err != nil {
				t.Fatal(err)
			}
			facts, err := tk.StartTLS(ctx)
			dialoguetest.WantFault(t, err, tt.fault)
			if diff := cmp.Diff(&tt.want, facts); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
		})
	}
}

// Capabilities from before TLS aren't used after it: they are requested again, and the
// first list is dropped.
func TestCapabilitiesAgainAfterTLS(t *testing.T) {
	const script = `
		S: * OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=INJECTED] ready
		C: a1 CAPABILITY
		S: * CAPABILITY IMAP4rev1 STARTTLS AUTH=INJECTED
		S: a1 OK done
		C: a2 STARTTLS
		S: a2 OK [CAPABILITY AUTH=INJECTED] Begin TLS
		starttls
		C: a3 CAPABILITY
		S: * CAPABILITY IMAP4rev1 AUTH=PLAIN STARTTLS
		S: a3 OK done
		C: a4 LOGOUT
		S: * BYE
		S: a4 OK bye`
	dialoguetest.Serve(t, dialoguetest.ScriptTLS(t, "imap.example.test", script), func(t *testing.T, talk *dialoguetest.Talk) {
		s, ctx := imap.New(talk.Conn), talk.Ctx
		if _, err := s.Greeting(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := s.StartTLS(ctx); err != nil {
			t.Fatal(err)
		}
		talk.Upgrade(t)
		facts, err := s.Capabilities(ctx)
		dialoguetest.WantFault(t, err, "")
		want := &stage.CapabilityFacts{List: []string{"IMAP4rev1", "AUTH=PLAIN", "STARTTLS"}, Mechanisms: []string{"PLAIN"}}
		if diff := cmp.Diff(want, facts); diff != "" {
			t.Errorf("facts (-want +got):\n%s", diff)
		}
		s.Quit(ctx)
	})
}

// Between the acceptance of STARTTLS and TLS nothing may be sent in cleartext.
func TestQuitIsSilentAfterStartTLS(t *testing.T) {
	tk := play(t, `
		S: * OK ready
		C: a1 CAPABILITY
		S: * CAPABILITY STARTTLS
		S: a1 OK done
		C: a2 STARTTLS
		S: a2 OK go
		hang`)
	ctx := limited(t)
	tk.Greeting(ctx)
	if _, err := tk.StartTLS(ctx); err != nil {
		t.Fatal(err)
	}
	before := tk.String()
	tk.Quit(ctx)
	if got := tk.String(); got != before {
		t.Errorf("said after STARTTLS:\n%s", got[len(before):])
	}
}

func TestCapabilities(t *testing.T) {
	tests := []struct {
		name, script string
		want         stage.CapabilityFacts
		fault        stage.Fault
	}{
		{
			name: "from the greeting, no round trip",
			script: `
				S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN auth=scram-sha-256 LOGINDISABLED STARTTLS] ready
				hang`,
			want: stage.CapabilityFacts{
				List:       []string{"IMAP4rev1", "AUTH=PLAIN", "auth=scram-sha-256", "LOGINDISABLED", "STARTTLS"},
				Mechanisms: []string{"PLAIN", "SCRAM-SHA-256"}, LoginDisabled: true, StartTLS: true,
			},
		},
		{
			name: "asked for, between other responses",
			script: `
				S: * OK ready
				C: a1 CAPABILITY
				S: * X-UNKNOWN what is this
				S: * LIST () "/" {12}
				S: * CAPABILITY
				S:
				S: * OK [ALERT] soon down
				S: * CAPABILITY IMAP4rev1
				S: a1 OK done
				hang`,
			want: stage.CapabilityFacts{List: []string{"IMAP4rev1"}},
		},
		{
			name: "a literal that ends in the middle of a line",
			script: `
				S: * OK ready
				C: a1 CAPABILITY
				R: * X ({5}\r\na\r\nbc {4}\r\n* CA rest)\r\n
				S: * CAPABILITY IMAP4rev1
				S: a1 OK done
				hang`,
			want: stage.CapabilityFacts{List: []string{"IMAP4rev1"}},
		},
		{
			name: "an empty literal, bare line feeds",
			script: `
				S: * OK ready
				C: a1 CAPABILITY
				R: * X {0}\n\n* X {2}\nab\n
				S: * CAPABILITY IMAP4rev1
				S: a1 OK done
				hang`,
			want: stage.CapabilityFacts{List: []string{"IMAP4rev1"}},
		},
		{
			name: "a literal that looks like the start of another",
			script: `
				S: * OK ready
				C: a1 CAPABILITY
				R: * X {5}\r\na {9}\r\n
				S: * CAPABILITY IMAP4rev1
				S: a1 OK done
				hang`,
			want: stage.CapabilityFacts{List: []string{"IMAP4rev1"}},
		},
		{
			name: "a status text announces no literal",
			script: `
				S: * OK ready
				C: a1 CAPABILITY
				S: * OK welcome {500}
				S: * CAPABILITY IMAP4rev1
				S: a1 OK done
				hang`,
			want: stage.CapabilityFacts{List: []string{"IMAP4rev1"}},
		},
		{
			name: "a huge literal",
			script: `
				S: * OK ready
				C: a1 CAPABILITY
				S: * LIST () "/" {99999999999}
				hang`,
			fault: stage.TooLong,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tk := play(t, tt.script)
			ctx := limited(t)
			if _, err := tk.Greeting(ctx); err != nil {
				t.Fatal(err)
			}
			facts, err := tk.Capabilities(ctx)
			dialoguetest.WantFault(t, err, tt.fault)
			if diff := cmp.Diff(&tt.want, facts); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
		})
	}
}

// A device on the network path may have removed STARTTLS from the capabilities.
func TestInsist(t *testing.T) {
	dialoguetest.Insist(t, "S: * OK hi\nC: a1 CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: a1 OK\n", "C: a2 STARTTLS\n", "S: a2 OK go\n", "S: a2 BAD no\n", open)
}
