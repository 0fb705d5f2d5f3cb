package pop3

import (
	"context"

	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// Session is one dialogue with a POP3 server. Only one goroutine may use it at a time.
type Session struct {
	c         wire.Dialogue
	timestamp string // from the greeting, for APOP; empty: none
	caps      *capa  // reply to CAPA on the current layer; nil: not sent yet

	upgrading bool // STLS was accepted; TLS comes next
	insist    bool // send STLS even if it is not offered
	said      bool // QUIT was sent
}

// New returns a Session on a connection from which nothing has been read.
func New(c *wire.Conn) *Session { return &Session{c: wire.NewDialogue(c)} }

// command sends a line and reads the reply. verb is recorded as the command.
func (s *Session) command(verb, line string) (stage.Reply, error) {
	if err := s.c.Send(line); err != nil {
		return stage.Reply{Command: verb}, err
	}
	return s.reply(verb)
}

// Quit sends QUIT, if the state of the dialogue allows it, and reads the reply within
// ctx. The maildrop stays locked until then (RFC 1939 6). It does nothing if QUIT has
// been answered, or the connection is lost.
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
