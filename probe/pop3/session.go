package pop3

import (
	"context"

	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// Session is one dialogue with a POP3 server. One goroutine may use it at a
// time.
type Session struct {
	c         wire.Dialogue
	timestamp string // of the greeting, for APOP; empty: none
	caps      *capa  // what CAPA brought on this layer; nil: not asked yet

	upgrading bool // STLS was accepted; TLS comes next
	insist    bool // STLS is sent also where it is not offered
	said      bool // QUIT was sent
}

// New returns a Session on a connection of which nothing has been read.
func New(c *wire.Conn) *Session { return &Session{c: wire.NewDialogue(c)} }

// command sends a line and reads the reply to it. verb names it in the reply.
func (s *Session) command(verb, line string) (stage.Reply, error) {
	if err := s.c.Send(line); err != nil {
		return stage.Reply{Command: verb}, err
	}
	return s.reply(verb)
}

// Quit says goodbye where the dialogue is in a state for it, and reads the
// reply, within ctx. A maildrop stays locked until then (RFC 1939 6). It does
// nothing where goodbye was said and answered, or where the connection is lost.
func (s *Session) Quit(ctx context.Context) {
	if s.c.Over || s.upgrading {
		return
	}
	defer s.c.BeginAgain(ctx)()
	if !s.said && s.c.Send("QUIT") != nil {
		return
	}
	s.said = true
	s.reply("QUIT")
	s.c.Over = true
}
