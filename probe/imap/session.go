package imap

import (
	"context"
	"strconv"

	"maildoctor/probe/wire"
)

// Session is one dialogue with an IMAP server. Only one goroutine may use it at a time.
type Session struct {
	c    wire.Dialogue
	tags int

	caps      capabilities // before login, on the current TLS or cleartext layer; nil: not known
	after     capabilities // after login; nil: not known
	preauth   bool         // the greeting was PREAUTH (RFC 9051 7.1.4)
	upgrading bool         // STARTTLS was accepted: nothing more may be sent in cleartext
	insist    bool         // send STARTTLS even if it is not offered
}

// New returns a Session on a connection from which nothing has been read.
func New(c *wire.Conn) *Session { return &Session{c: wire.NewDialogue(c)} }

// tag returns the tag of the next command, in a form that package wire recognizes when
// it withholds a reply (RFC 9051 2.2.1).
func (s *Session) tag() string {
	s.tags++
	return "a" + strconv.Itoa(s.tags)
}

// Quit sends LOGOUT (RFC 9051 6.1.3) and waits for the reply until ctx ends. It does
// nothing if LOGOUT was already sent or can't be: after Mailbox, after a connection
// failure, and between the acceptance of STARTTLS and TLS.
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
