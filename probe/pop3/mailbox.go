package pop3

import (
	"context"
	"strconv"
	"strings"

	"maildoctor/probe/stage"
)

// Mailbox reads the size of the maildrop (RFC 1939 5, STAT) and finds out whether the
// server supports unique ids (UIDL). If the server supports pipelining, QUIT is sent
// together with STAT, and [Session.Quit] reads its reply. Faults are Rejected and
// TemporarilyOut with the reply to STAT, Malformed, and those of the connection.
func (s *Session) Mailbox(ctx context.Context) (*stage.MailboxFacts, error) {
	defer s.c.Begin(ctx, stage.Mailbox)()
	facts := &stage.MailboxFacts{}
	c, err := s.capabilities()
	if err != nil {
		return facts, err
	}
	if !c.unsupported {
		facts.UIDL = new(c.offers("UIDL"))
	}
	if c.offers("PIPELINING") {
		s.said = true
		err = s.c.Send("STAT", "QUIT")
	} else {
		err = s.c.Send("STAT")
	}
	if err != nil {
		return facts, err
	}
	if err := s.stat(facts); err != nil {
		return facts, err
	}
	if facts.UIDL == nil && *facts.Messages > 0 {
		return facts, s.uidl(facts)
	}
	return facts, nil
}

// stat reads the reply to STAT: the number of messages and their size in bytes.
func (s *Session) stat(facts *stage.MailboxFacts) error {
	r, rest, err := s.statusLine("STAT")
	if err != nil {
		return err
	}
	if err := check(r); err != nil {
		facts.Reply = &r
		return err
	}
	fields := strings.Fields(rest)
	if len(fields) < 2 {
		return malformed(r)
	}
	messages, ok := count(fields[0])
	bytes, also := count(fields[1])
	if !ok || !also {
		return malformed(r)
	}
	facts.Messages, facts.Bytes = &messages, &bytes
	return nil
}

// count parses a number in the format of RFC 1939.
func count(s string) (int64, bool) {
	n, err := strconv.ParseUint(s, 10, 63)
	return int64(n), err == nil
}

// uidl requests the unique id of the first message from a server without CAPA (RFC 1939
// 7). A refusal means that UIDL is not supported.
func (s *Session) uidl(facts *stage.MailboxFacts) error {
	r, err := s.command("UIDL", "UIDL 1")
	if err != nil {
		return err
	}
	facts.UIDL = new(r.Status == positive)
	return nil
}
