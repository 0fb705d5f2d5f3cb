package smtp

import (
	"context"

	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// Options say how the client presents itself. The zero value works.
type Options struct {
	Hello  string // argument of EHLO; empty: the connection's own address literal (RFC 5321 4.1.4)
	Sender string // address for MAIL FROM; empty: MAIL isn't sent
	TLS    bool   // encrypted from the start, on a connection that doesn't show it by itself
}

// Session is one dialogue with a submission server. One goroutine may use it at
// a time.
type Session struct {
	c     *wire.Conn
	opt   Options
	stage stage.Stage // the one begun last
	hello *hello      // what EHLO brought on this layer; nil: not asked yet

	upgrading bool // STARTTLS was accepted; TLS comes next
	reset     bool // a sender was named; RSET is due
	said      bool // QUIT was sent
	unread    int  // replies to commands sent ahead
	over      bool // nothing more can be said
}

// New returns a Session on a connection of which nothing has been read.
func New(c *wire.Conn, opt Options) *Session { return &Session{c: c, opt: opt} }

func (s *Session) begin(ctx context.Context, name stage.Stage) (end func()) {
	s.stage = name
	return s.c.Begin(ctx, name)
}

// encrypted reports whether TLS is in force.
func (s *Session) encrypted() bool { return s.opt.TLS || s.c.TLS() != nil }

// lost notes that the dialogue can't go on after err.
func (s *Session) lost(err error) error {
	if err != nil {
		s.over = true
	}
	return err
}

// send writes commands in one piece.
func (s *Session) send(lines ...string) error { return s.lost(s.c.Send(lines...)) }

// command sends a line and reads the reply to it. verb names it in the reply.
func (s *Session) command(verb, line string) (stage.Reply, error) {
	if err := s.send(line); err != nil {
		return stage.Reply{Command: verb}, err
	}
	return s.reply(verb)
}

// Quit says goodbye where the dialogue is in a state for it: RSET if a sender
// was named, QUIT, and the replies that are still to come, all within ctx. It
// does nothing where goodbye was said and answered, or where the connection is
// lost.
func (s *Session) Quit(ctx context.Context) {
	if s.over || s.upgrading {
		return
	}
	defer s.begin(ctx, s.stage)()
	defer func() { s.over = true }()
	if s.reset && !s.said {
		if _, err := s.command("RSET", "RSET"); err != nil {
			return
		}
	}
	if !s.said {
		s.said = true
		if s.send("QUIT") != nil {
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
