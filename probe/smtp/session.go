package smtp

import (
	"context"

	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// Options configure the dialogue. The zero value works.
type Options struct {
	Hello     string // argument of EHLO; empty: the connection's address literal (RFC 5321 4.1.4)
	Sender    string // address for MAIL FROM; empty: MAIL isn't sent
	Recipient string // address for RCPT TO; empty: the sender's own
	TLS       bool   // the connection is encrypted from the start, but its type doesn't show it
}

// Session is one dialogue with a submission server. Only one goroutine may use it at a
// time.
type Session struct {
	c     wire.Dialogue
	opt   Options
	hello *hello // reply to EHLO on the current layer; nil: not sent yet

	upgrading bool // STARTTLS was accepted; TLS comes next
	insist    bool // send STARTTLS even if it is not offered
	reset     bool // MAIL FROM was sent; RSET is due
	said      bool // QUIT was sent
	unread    int  // replies still to be read to pipelined commands
}

// New returns a Session on a connection from which nothing has been read.
func New(c *wire.Conn, opt Options) *Session { return &Session{c: wire.NewDialogue(c), opt: opt} }

// ListsLogin reports whether the server has announced a way to log in on the current
// layer.
func (s *Session) ListsLogin() bool { return s.hello != nil && len(s.hello.mechanisms) > 0 }

// encrypted reports whether TLS is in force.
func (s *Session) encrypted() bool { return s.opt.TLS || s.c.TLS() != nil }

// command sends a line and reads the reply. verb is recorded as the command.
func (s *Session) command(verb, line string) (stage.Reply, error) {
	if err := s.c.Send(line); err != nil {
		return stage.Reply{Command: verb}, err
	}
	return s.reply(verb)
}

// Quit ends the session within ctx, if the state of the dialogue allows it: it sends
// RSET if MAIL FROM was sent, sends QUIT, and reads the outstanding replies. It does
// nothing if QUIT has been answered, or the connection is lost.
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
