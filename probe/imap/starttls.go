package imap

import (
	"context"

	"maildoctor/probe/stage"
)

// Insist makes [Session.StartTLS] send STARTTLS also where it is not offered:
// something on the way may have taken it out of the list. A refusal is then
// NotOffered all the same.
func (s *Session) Insist() { s.insist = true }

// StartTLS asks for TLS (RFC 9051 6.2.1). It counts as offered only if the list
// that is asked for here has it: one that came unasked with the greeting is as
// easy to forge, and may be of another state. When the error is nil the server
// waits for the handshake; the caller makes it and tells the connection.
//
// Faults beside those of the connection: PreAuth, NotOffered, EarlyData, and
// Rejected or TemporarilyOut for a refused CAPABILITY or STARTTLS.
func (s *Session) StartTLS(ctx context.Context) (*stage.StartTLSFacts, error) {
	defer s.c.Begin(ctx, stage.Upgrade)()
	facts := &stage.StartTLSFacts{}
	if s.preauth {
		// STARTTLS is a command of the not authenticated state (RFC 9051 7.1.4).
		return facts, stage.Errorf(stage.PreAuth, "the server greeted with PREAUTH before TLS")
	}
	caps, reply, err := s.ask()
	if err != nil {
		if reply.Status != "" && reply.Status != "OK" {
			facts.Reply = &reply
		}
		return facts, err
	}
	s.caps = caps
	facts.Capabilities = s.safe(caps)
	facts.LoginDisabled = caps.loginDisabled()
	if facts.Offered = caps.has("STARTTLS"); !facts.Offered && !s.insist {
		return facts, stage.Errorf(stage.NotOffered, "STARTTLS is not in the list of capabilities")
	}
	return facts, s.upgrade(facts)
}

// upgrade sends STARTTLS and sees to it that nothing follows the reply in clear.
func (s *Session) upgrade(facts *stage.StartTLSFacts) error {
	x, r, err := s.command("STARTTLS")
	if err != nil {
		if reply := said(err); reply.Status != "" {
			facts.Reply = &reply
		}
		return err
	}
	reply := x.reply(r)
	facts.Reply = &reply
	facts.Insisted = !facts.Offered
	if r.status != "OK" {
		if facts.Insisted {
			return &stage.Error{Fault: stage.NotOffered, Reply: &reply}
		}
		return stage.Refusal(reply)
	}
	facts.Accepted = true
	s.upgrading = true
	s.caps = nil // what was said in clear counts no more
	if n, text := s.c.Early(); n > 0 {
		facts.EarlyBytes, facts.EarlyText = n, text
		return s.c.Lost(stage.Errorf(stage.EarlyData, "%d bytes after the reply to STARTTLS, before TLS", n))
	}
	return nil
}
