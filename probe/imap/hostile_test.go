package imap_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/imap"
	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// Scripts up to a stage; the server ignores what the client sends.
const (
	greeted  = "* OK ready\r\n"
	offering = "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n"
	loggedIn = offering + "a1 OK [CAPABILITY IMAP4rev1 SPECIAL-USE LIST-EXTENDED QUOTA ID NAMESPACE] in\r\n"
)

// A server that never stops costs no more than the limit of one connection.
func TestEndless(t *testing.T) {
	dialoguetest.Floods(t, []dialoguetest.Flood{
		{Name: "greeting line", Start: "", Forever: "* OK aaaaaaaaaaaaaaaa"},
		{Name: "NULs", Start: "* OK ", Forever: "\x00"},
		{Name: "capability line", Start: greeted + "* CAPABILITY", Forever: " X-AAAAAAA"},
		{Name: "capability lines", Start: greeted, Forever: "* CAPABILITY IMAP4rev1\r\n"},
		{Name: "untagged lines", Start: greeted, Forever: "* X\r\n"},
		{Name: "empty lines", Start: greeted, Forever: "\r\n"},
		{Name: "literals", Start: greeted, Forever: "* X {1000}\r\n"},
		{Name: "nested literals", Start: greeted, Forever: "* X {2}\r\n\r\n{0}\r\n"},
		{Name: "challenges", Start: offering, Forever: "+ \r\n"},
		{Name: "alerts at login", Start: offering, Forever: "* NO [ALERT] no\r\n"},
		{Name: "folders", Start: loggedIn, Forever: `* LIST (\Sent) "/" a` + "\r\n"},
		{Name: "folders before anything else", Start: loggedIn + "* OK\r\n", Forever: `* LIST (\Sent) "/" {2}` + "\r\nab\r\n"},
		{Name: "quotas", Start: loggedIn, Forever: "* QUOTAROOT INBOX a\r\n* QUOTA a (STORAGE 1 2)\r\n"},
		{Name: "namespaces", Start: loggedIn + "* NAMESPACE (", Forever: `("" NIL)`},
		{Name: "namespace lines", Start: loggedIn, Forever: `* NAMESPACE (("" "/")) NIL NIL` + "\r\n"},
		{Name: "flags", Start: loggedIn + "* FLAGS (", Forever: "a "},
		{Name: "status lines", Start: loggedIn, Forever: "* OK [ALERT] a\r\n"},
		{Name: "nested lists", Start: loggedIn + `* LIST () "/" a (X `, Forever: "("},
		{Name: "literals of the mailbox", Start: loggedIn, Forever: `* LIST () "/" {65536}` + "\r\n"},
		{Name: "continuations", Start: loggedIn, Forever: "+ go on\r\n"},
		{Name: "junk behind login", Start: loggedIn, Forever: "\xff\x00\r\n"},
	}, func(c *wire.Conn) []dialoguetest.Outcome {
		s := imap.New(c)
		return dialoguetest.Through(s.Quit,
			dialoguetest.As(s.Greeting), dialoguetest.As(s.Capabilities),
			dialoguetest.Login(s.Login, request("jane", password)), dialoguetest.As(s.Mailbox))
	})
}

// A wait ends with its stage, whether the server sends a line per minute or nothing.
func TestSlow(t *testing.T) {
	tests := []struct {
		name, script string
		at           func(*talk, context.Context) error
		fault        stage.Fault
	}{
		{
			"silent", "hang",
			func(tk *talk, ctx context.Context) error { _, err := tk.Greeting(ctx); return err },
			stage.Silent,
		},
		{
			"stalled greeting", "R: * OK \nhang",
			func(tk *talk, ctx context.Context) error { _, err := tk.Greeting(ctx); return err },
			stage.Stalled,
		},
		{
			"a line a minute",
			greetThen("C: a1 CAPABILITY\n" + strings.Repeat("wait 20s\nS: * X\n", 10)),
			func(tk *talk, ctx context.Context) error { _, err := tk.Capabilities(ctx); return err },
			stage.Stalled,
		},
		{
			"no answer to CAPABILITY",
			greetThen("hang"),
			func(tk *talk, ctx context.Context) error { _, err := tk.Capabilities(ctx); return err },
			stage.Silent,
		},
		{
			"no answer to STARTTLS",
			greetThen("C: a1 CAPABILITY\nS: * CAPABILITY STARTTLS\nS: a1 OK\nhang"),
			func(tk *talk, ctx context.Context) error { _, err := tk.StartTLS(ctx); return err },
			stage.Silent,
		},
		{
			"no answer to EXAMINE", in("") + "hang",
			(*talk).toMailbox,
			stage.Silent,
		},
		{
			"half an answer to EXAMINE", in("") + "C: T1 EXAMINE INBOX\nR: * 1 EXI\nhang",
			(*talk).toMailbox,
			stage.Stalled,
		},
		{
			"a line a minute in the mailbox",
			in("") + "C: T1 EXAMINE INBOX\n" + strings.Repeat("wait 20s\nS: * OK still here\n", 10),
			(*talk).toMailbox,
			stage.Stalled,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tk := start(t, tt.script)
				start := time.Now()
				if !strings.Contains(tt.name, "greeting") && tt.name != "silent" {
					tk.Greeting(context.Background())
				}
				ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
				defer cancel()
				err := tt.at(tk, ctx)
				dialoguetest.WantFault(t, err, tt.fault)
				if d := time.Since(start); d != 30*time.Second {
					t.Errorf("took %v", d)
				}
				tk.Conn.Close()
				<-tk.done
			})
		})
	}
}

func greetThen(script string) string { return "S: * OK ready\n" + script }

// toMailbox continues after the greeting, up to the mailbox.
func (tk *talk) toMailbox(ctx context.Context) error {
	if _, err := tk.Capabilities(ctx); err != nil {
		return err
	}
	if _, err := tk.Login(ctx, request("jane", password)); err != nil {
		return err
	}
	_, err := tk.Mailbox(ctx)
	return err
}

// A server that keeps the connection open after LOGOUT costs little time.
func TestLogoutUnanswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tk := start(t, in("")+`
			C: T1 EXAMINE INBOX
			S: * 1 EXISTS
			S: T1 OK
			hang`)
		tk.Greeting(context.Background())
		start := time.Now()
		if err := tk.toMailbox(context.Background()); err != nil {
			t.Error(err)
		}
		if d := time.Since(start); d != 2*time.Second {
			t.Errorf("took %v", d)
		}
		tk.Conn.Close()
		<-tk.done
	})
}

// LOGOUT takes no longer than its limit.
func TestQuitUnanswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tk := start(t, "S: * OK ready\nhang")
		tk.Greeting(context.Background())
		start := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		tk.Quit(ctx)
		if d := time.Since(start); d != time.Second {
			t.Errorf("took %v", d)
		}
		tk.Conn.Close()
		<-tk.done
	})
}

// Each stage of a healthy session takes exactly one round trip. Capabilities come with
// the greeting and with the success of the login, and everything about the mailbox is
// requested at once.
func TestRoundTrips(t *testing.T) {
	server := dialoguetest.Script(t, in(everything)+flight+`
		S: * 1 EXISTS
		S: T1 OK
		S: T2 OK
		S: T3 OK
		S: T4 OK
		S: T5 OK
		S: * BYE
		S: T6 OK`)
	dialoguetest.RoundTrips(t, server, func(_ *testing.T, end *dialoguetest.Talk) []dialoguetest.Leg {
		tk := &talk{Session: imap.New(end.Conn), Talk: end}
		return []dialoguetest.Leg{
			{Name: "greeting", Ways: 1, Go: func() error { _, err := tk.Greeting(tk.Ctx); return err }},
			{Name: "capabilities, login and mailbox", Ways: 4, Go: func() error { return tk.toMailbox(tk.Ctx) }},
		}
	})
}
