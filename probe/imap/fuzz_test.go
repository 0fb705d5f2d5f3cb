package imap_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"
	"unicode/utf8"

	"maildoctor/probe/imap"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// A server may say anything at all, in one piece, and then leave or stay. No check
// panics, hangs or leaks, every error has a fault, and facts are fit to be
// saved.
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
				io.Copy(io.Discard, server) // until the client leaves, or the time is up
			}
			server.Close()
		}()
		tr := new(transcript)
		c := wire.New(client, wire.Limits{}, tr.record)
		defer c.Close()
		s := imap.New(c)
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		facts, err := everyStage(ctx, s, flags)
		if _, ok := errors.AsType[*stage.Error](err); err != nil && !ok {
			t.Errorf("error is %T: %v", err, err)
		}
		if len(facts) == 0 {
			t.Error("no facts")
		}
		for _, fact := range facts {
			b, err := json.Marshal(fact)
			if err != nil || !utf8.Valid(b) {
				t.Errorf("facts that can't be saved: %v", err)
			}
		}
		for _, l := range tr.lines {
			if l.Text != stage.Visible(l.Text) {
				t.Errorf("not visible: %q", l.Text)
			}
		}
		s.Quit(ctx)
	})
}

// everyStage goes through the stages until one fails. flags chooses STARTTLS,
// and whether the mailbox is looked into after a failed login.
func everyStage(ctx context.Context, s *imap.Session, flags byte) (facts []stage.Facts, err error) {
	add := func(f stage.Facts, e error) bool {
		facts, err = append(facts, f), e
		return e == nil
	}
	if f, e := s.Greeting(ctx); !add(f, e) {
		return facts, err
	}
	if flags&1 != 0 {
		if f, e := s.StartTLS(ctx); !add(f, e) {
			return facts, err
		}
	}
	if f, e := s.Capabilities(ctx); !add(f, e) {
		return facts, err
	}
	if f, e := s.Login(ctx, request("jane", password)); !add(f, e) && flags&2 == 0 {
		return facts, err
	}
	f, e := s.Mailbox(ctx)
	add(f, e)
	return facts, err
}
