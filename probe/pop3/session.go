package pop3

import (
	"context"

	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// Session is one dialogue with a POP3 server. One goroutine may use it at a
// time.
type Session struct {
	c         *wire.Conn
	stage     stage.Stage // the one begun last
	timestamp string      // of the greeting, for APOP; empty: none
	caps      *capa       // what CAPA brought on this layer; nil: not asked yet

	upgrading bool // STLS was accepted; TLS comes next
	said      bool // QUIT was sent
	over      bool // nothing more can be said
}

// New returns a Session on a connection of which nothing has been read.
func New(c *wire.Conn) *Session { return &Session{c: c} }

func (s *Session) begin(ctx context.Context, name stage.Stage) (end func()) {
	s.stage = name
	return s.c.Begin(ctx, name)
}

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

// Quit says goodbye where the dialogue is in a state for it, and reads the
// reply, within ctx. A maildrop stays locked until then (RFC 1939 6). It does
// nothing where goodbye was said and answered, or where the connection is lost.
func (s *Session) Quit(ctx context.Context) {
	if s.over || s.upgrading {
		return
	}
	defer s.begin(ctx, s.stage)()
	if !s.said && s.send("QUIT") != nil {
		return
	}
	s.said = true
	s.reply("QUIT")
	s.over = true
}
