package imap

import (
	"context"
	"strconv"

	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// Session is one dialogue with an IMAP server. One goroutine may use it at a
// time.
type Session struct {
	c    *wire.Conn
	tags int
	last stage.Stage // the stage that Quit's goodbye is told under

	caps      capabilities // of the present layer, before login; nil: not known
	after     capabilities // after login; nil: not known
	preauth   bool         // greeted with PREAUTH (RFC 9051 7.1.4)
	upgrading bool         // STARTTLS was accepted: nothing more in clear
	over      bool         // goodbye was said, or the connection failed
}

// New returns a Session on c, on which nothing has been said yet.
func New(c *wire.Conn) *Session { return &Session{c: c, last: stage.Greeting} }

// begin starts a stage; the returned function ends it.
func (s *Session) begin(ctx context.Context, name stage.Stage) (end func()) {
	s.last = name
	return s.c.Begin(ctx, name)
}

// tag returns the tag of the next command. Its form is one that package wire
// knows as a tag when it withholds a reply (RFC 9051 2.2.1).
func (s *Session) tag() string {
	s.tags++
	return "a" + strconv.Itoa(s.tags)
}

// failed marks the connection as one on which nothing more can be said.
func (s *Session) failed(err error) error {
	s.over = true
	return err
}

// Quit says LOGOUT (RFC 9051 6.1.3) and waits for the reply, no longer than ctx
// allows. It does nothing where goodbye was already said or can't be: after
// Mailbox, after a failed connection, and between the acceptance of STARTTLS
// and TLS.
func (s *Session) Quit(ctx context.Context) {
	if s.over || s.upgrading && s.c.TLS() == nil {
		return
	}
	s.over = true
	defer s.c.Begin(ctx, s.last)()
	x := s.exchange("LOGOUT")
	if s.c.Send(x.tag+" LOGOUT") != nil {
		return
	}
	for {
		if r, err := x.next(); err != nil || r.kind == tagged {
			return
		}
	}
}
