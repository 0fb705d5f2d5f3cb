package imap

import (
	"context"
	"strconv"

	"maildoctor/probe/wire"
)

// Session is one dialogue with an IMAP server. One goroutine may use it at a
// time.
type Session struct {
	c    wire.Dialogue
	tags int

	caps      capabilities // of the present layer, before login; nil: not known
	after     capabilities // after login; nil: not known
	preauth   bool         // greeted with PREAUTH (RFC 9051 7.1.4)
	upgrading bool         // STARTTLS was accepted: nothing more in clear
	insist    bool         // STARTTLS is sent also where it is not offered
}

// New returns a Session on c, on which nothing has been said yet.
func New(c *wire.Conn) *Session { return &Session{c: wire.NewDialogue(c)} }

// tag returns the tag of the next command. Its form is one that package wire
// knows as a tag when it withholds a reply (RFC 9051 2.2.1).
func (s *Session) tag() string {
	s.tags++
	return "a" + strconv.Itoa(s.tags)
}

// Quit says LOGOUT (RFC 9051 6.1.3) and waits for the reply, no longer than ctx
// allows. It does nothing where goodbye was already said or can't be: after
// Mailbox, after a failed connection, and between the acceptance of STARTTLS
// and TLS.
func (s *Session) Quit(ctx context.Context) {
	if s.c.Over || s.upgrading && s.c.TLS() == nil {
		return
	}
	s.c.Over = true
	defer s.c.BeginAgain(ctx)()
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
