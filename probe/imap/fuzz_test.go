package imap_test

import (
	"context"
	"io"
	"testing"
	"time"

	"maildoctor/probe/imap"
	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// A server may send anything, all at once, and then close the connection or not. No
// check panics, hangs or leaks a goroutine, every error has a fault, and facts are safe
// to save.
func FuzzSession(f *testing.F) {
	f.Add([]byte(""), byte(0))
	f.Add([]byte("* OK ready\r\n* CAPABILITY IMAP4rev1\r\na1 OK\r\na2 OK go\r\n"), byte(1))
	f.Add([]byte("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] x\r\n+ \r\na1 NO [ALERT] no\r\n"), byte(0))
	f.Add([]byte("* OK [CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-256] x\r\n+ cj1h\r\na1 BAD\r\n"), byte(0))
	f.Add([]byte(loggedIn+"* ID (\"name\" NIL)\r\nT1 OK\r\n* 5 EXISTS\r\nT2 OK\r\n* QUOTAROOT INBOX a\r\n"+
		"* QUOTA a (STORAGE 1 2)\r\nT3 OK\r\n* NAMESPACE ((\"\" \"/\")) NIL NIL\r\nT4 OK\r\n"+
		"* LIST (\\Sent) \"/\" {4}\r\nSent\r\nT5 OK\r\n* BYE\r\nT6 OK\r\n"), byte(0))
	f.Add([]byte(loggedIn+"T1 OK\r\nT2 NO [X] \xff\x00\r\n* BYE [UNAVAILABLE]\r\n"), byte(0))
	f.Add([]byte("\x15\x03\x01\x00\x02\x02\x28"), byte(0))
	f.Add([]byte("* PREAUTH hi\r\n"), byte(5))
	f.Fuzz(func(t *testing.T, said []byte, flags byte) {
		client, server := probetest.Pipe(0)
		go func() {
			server.Write(said)
			if flags&4 != 0 {
				io.Copy(io.Discard, server) // until the client closes the connection, or the deadline
			}
			server.Close()
		}()
		talk := dialoguetest.NewTalk(t, client)
		defer talk.Conn.Close()
		s := imap.New(talk.Conn)
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		for _, o := range everyStage(ctx, s, flags) {
			o.Saved(t, string(said))
		}
		for _, l := range talk.Lines() {
			dialoguetest.Visible(t, l)
		}
		s.Quit(ctx)
	})
}

// everyStage goes through the stages until one fails. flags select STARTTLS, and
// whether to look into the mailbox after a failed login.
func everyStage(ctx context.Context, s *imap.Session, flags byte) (all []dialoguetest.Outcome) {
	steps := []dialoguetest.Step{dialoguetest.As(s.Greeting)}
	if flags&1 != 0 {
		steps = append(steps, dialoguetest.As(s.StartTLS))
	}
	steps = append(steps, dialoguetest.As(s.Capabilities),
		dialoguetest.Login(s.Login, request("jane", password)), dialoguetest.As(s.Mailbox))
	for _, step := range steps {
		facts, err := step(ctx)
		all = append(all, dialoguetest.Outcome{Facts: facts, Err: err})
		if _, login := facts.(*stage.LoginFacts); err != nil && (!login || flags&2 == 0) {
			break
		}
	}
	return all
}
