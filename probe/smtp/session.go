package smtp

import (
	"context"

	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// Options say how the client presents itself. The zero value works.
type Options struct {
	Hello     string // argument of EHLO; empty: the connection's own address literal (RFC 5321 4.1.4)
	Sender    string // address for MAIL FROM; empty: MAIL isn't sent
	Recipient string // address for RCPT TO; empty: the sender's own
	TLS       bool   // encrypted from the start, on a connection that doesn't show it by itself
}

// Session is one dialogue with a submission server. One goroutine may use it at
// a time.
type Session struct {
	c     wire.Dialogue
	opt   Options
	hello *hello // what EHLO brought on this layer; nil: not asked yet

	upgrading bool // STARTTLS was accepted; TLS comes next
	insist    bool // STARTTLS is sent also where it is not offered
	reset     bool // a sender was named; RSET is due
	said      bool // QUIT was sent
	unread    int  // replies to commands sent ahead
}

// New returns a Session on a connection of which nothing has been read.
func New(c *wire.Conn, opt Options) *Session { return &Session{c: wire.NewDialogue(c), opt: opt} }

// ListsLogin reports whether the server has listed a way to log in on this layer, as far
// as it was asked.
func (s *Session) ListsLogin() bool { return s.hello != nil && len(s.hello.mechanisms) > 0 }

// encrypted reports whether TLS is in force.
func (s *Session) encrypted() bool { return s.opt.TLS || s.c.TLS() != nil }

// command sends a line and reads the reply to it. verb names it in the reply.
func (s *Session) command(verb, line string) (stage.Reply, error) {
	if err := s.c.Send(line); err != nil {
		return stage.Reply{Command: verb}, err
	}
	return s.reply(verb)
}

// Quit says goodbye where the dialogue is in a state for it: RSET if a sender
// was named, QUIT, and the replies that are still to come, all within ctx. It
// does nothing where goodbye was said and answered, or where the connection is
// lost.
func (s *Session) Quit(ctx context.Context) {
	if s.c.Over || s.upgrading {
		return
	}
	defer s.c.BeginAgain(ctx)()
	defer func() { s.c.Over = true }()
	if s.reset && !s.said {
		if _, err := s.command("RSET", "RSET"); err != nil {
			return
		}
	}
	if !s.said {
		s.said = true
		if s.c.Send("QUIT") != nil {
			return
		}
		s.unread++
	}
	for ; s.unread > 0; s.unread-- {
		if _, err := s.reply("QUIT"); err != nil {
			return
		}
	}
}
