package imap_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/imap"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// endless is a server that plays script and then sends text over and over, until
// the client goes away.
func endless(script, text string) *talk {
	client, server := probetest.Pipe(0)
	tk := &talk{nc: client, tr: new(transcript), done: make(chan error, 1)}
	tk.conn = wire.New(client, wire.Limits{}, nil)
	tk.Session = imap.New(tk.conn)
	go func() {
		defer server.Close()
		go io.Copy(io.Discard, server)
		if _, err := io.WriteString(server, script); err != nil {
			return
		}
		chunk := strings.Repeat(text, 1+8192/len(text))
		for {
			if _, err := io.WriteString(server, chunk); err != nil {
				return
			}
		}
	}()
	return tk
}

// Scripts up to a stage; the server doesn't care what the client says.
const (
	greeted  = "* OK ready\r\n"
	open     = "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n"
	loggedIn = open + "a1 OK [CAPABILITY IMAP4rev1 SPECIAL-USE LIST-EXTENDED QUOTA ID NAMESPACE] in\r\n"
)

// A server that never stops can make a check fail. It cannot make it hang, and
// no more is read than the limit of one connection allows.
func TestEndless(t *testing.T) {
	tests := []struct{ name, script, text string }{
		{"greeting line", "", "* OK aaaaaaaaaaaaaaaa"},
		{"NULs", "* OK ", "\x00"},
		{"capability line", greeted + "* CAPABILITY", " X-AAAAAAA"},
		{"capability lines", greeted, "* CAPABILITY IMAP4rev1\r\n"},
		{"untagged lines", greeted, "* X\r\n"},
		{"empty lines", greeted, "\r\n"},
		{"literals", greeted, "* X {1000}\r\n"},
		{"nested literals", greeted, "* X {2}\r\n\r\n{0}\r\n"},
		{"challenges", open, "+ \r\n"},
		{"alerts at login", open, "* NO [ALERT] no\r\n"},
		{"folders", loggedIn, `* LIST (\Sent) "/" a` + "\r\n"},
		{"folders before anything else", loggedIn + "* OK\r\n", `* LIST (\Sent) "/" {2}` + "\r\nab\r\n"},
		{"quotas", loggedIn, "* QUOTAROOT INBOX a\r\n* QUOTA a (STORAGE 1 2)\r\n"},
		{"namespaces", loggedIn + "* NAMESPACE (", `("" NIL)`},
		{"namespace lines", loggedIn, `* NAMESPACE (("" "/")) NIL NIL` + "\r\n"},
		{"flags", loggedIn + "* FLAGS (", "a "},
		{"status lines", loggedIn, "* OK [ALERT] a\r\n"},
		{"nested lists", loggedIn + `* LIST () "/" a (X `, "("},
		{"literals of the mailbox", loggedIn, `* LIST () "/" {65536}` + "\r\n"},
		{"continuations", loggedIn, "+ go on\r\n"},
		{"junk behind login", loggedIn, "\xff\x00\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tk := endless(tt.script, tt.text)
				start := time.Now()
				err := check(tk)
				tk.conn.Close()
				if err == nil {
					t.Error("the check passed")
				}
				if read := tk.conn.Read(); read > 1<<20 {
					t.Errorf("read %d bytes", read)
				}
				if d := time.Since(start); d > 5*30*time.Second {
					t.Errorf("took %v", d)
				}
				synctest.Wait()
			})
		})
	}
}

// check takes a session through all stages, with the time that each has, and
// returns the first error.
func check(tk *talk) error {
	stages := []func(context.Context) error{
		func(ctx context.Context) error { _, err := tk.Greeting(ctx); return err },
		func(ctx context.Context) error { _, err := tk.Capabilities(ctx); return err },
		func(ctx context.Context) error { _, err := tk.Login(ctx, request("jane", password)); return err },
		func(ctx context.Context) error { _, err := tk.Mailbox(ctx); return err },
	}
	for _, stage := range stages {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		err := stage(ctx)
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

// A wait ends with its stage, whatever comes in between: here a line a minute,
// and before it nothing.
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
				tk := start(tt.script, 0)
				start := time.Now()
				if !strings.Contains(tt.name, "greeting") && tt.name != "silent" {
					tk.Greeting(context.Background())
				}
				ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
				defer cancel()
				err := tt.at(tk, ctx)
				wantFault(t, err, tt.fault)
				if d := time.Since(start); d != 30*time.Second {
					t.Errorf("took %v", d)
				}
				tk.conn.Close()
				<-tk.done
			})
		})
	}
}

func greetThen(script string) string { return "S: * OK ready\n" + script }

// toMailbox goes on behind the greeting, up to the mailbox.
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

// A server that keeps the connection after LOGOUT costs a little time at most.
func TestLogoutUnanswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tk := start(in("")+`
			C: T1 EXAMINE INBOX
			S: * 1 EXISTS
			S: T1 OK
			hang`, 0)
		tk.Greeting(context.Background())
		start := time.Now()
		if err := tk.toMailbox(context.Background()); err != nil {
			t.Error(err)
		}
		if d := time.Since(start); d != 2*time.Second {
			t.Errorf("took %v", d)
		}
		tk.conn.Close()
		<-tk.done
	})
}

// The goodbye takes no longer than it may.
func TestQuitUnanswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tk := start("S: * OK ready\nhang", 0)
		tk.Greeting(context.Background())
		start := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		tk.Quit(ctx)
		if d := time.Since(start); d != time.Second {
			t.Errorf("took %v", d)
		}
		tk.conn.Close()
		<-tk.done
	})
}

// The stages of a healthy session take one round trip each and not one more:
// the capabilities come with the greeting and with the success of the login,
// everything about the mailbox in one flight.
func TestRoundTrips(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const oneWay = 50 * time.Millisecond
		tk := start(in(everything)+flight+`
			S: * 1 EXISTS
			S: T1 OK
			S: T2 OK
			S: T3 OK
			S: T4 OK
			S: T5 OK
			S: * BYE
			S: T6 OK`, oneWay)
		start := time.Now()
		ctx := context.Background()
		if _, err := tk.Greeting(ctx); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d != oneWay {
			t.Errorf("greeting after %v", d)
		}
		start = time.Now()
		if err := tk.toMailbox(ctx); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d != 2*2*oneWay {
			t.Errorf("capabilities, login and mailbox took %v, want 2 round trips of %v", d, 2*oneWay)
		}
		tk.conn.Close()
		if err := <-tk.done; err != nil {
			t.Error(err)
		}
	})
}
