package smtp

import (
	"context"
	"strings"

	"maildoctor/probe/stage"
)

// Insist makes [Session.StartTLS] send STARTTLS even if it is not offered, because a
// device on the network path may have removed it from the reply to EHLO. If the server
// refuses it, the fault is still NotOffered.
func (s *Session) Insist() { s.insist = true }

// StartTLS negotiates TLS (RFC 3207 4): it sends EHLO, then STARTTLS if that is
// offered. If the error is nil, the server waits for the handshake. Faults are
// NotOffered, Rejected and TemporarilyOut if STARTTLS or a command before it was
// refused, and EarlyData if unexpected bytes were received.
func (s *Session) StartTLS(ctx context.Context) (*stage.StartTLSFacts, error) {
	defer s.c.Begin(ctx, stage.Upgrade)()
	facts := &stage.StartTLSFacts{}
	h, refused, err := s.greet()
	facts.Reply = refused
	if err != nil {
		return facts, err
	}
	facts.Capabilities = h.list
	facts.LoginDisabled = len(h.mechanisms) == 0
	facts.Offered = h.offers("STARTTLS")
	if !facts.Offered && !s.insist {
		return facts, stage.Errorf(stage.NotOffered, "STARTTLS is not in the reply to EHLO")
	}
	// A reply received before its command was sent would be taken for the reply to
	// STARTTLS. Only 421 may be sent at any time (RFC 5321 3.8).
	if _, text := s.c.Early(); !strings.HasPrefix(text, "421") {
		if err := s.c.Unasked(facts); err != nil {
			return facts, s.c.Lost(err)
		}
	}
	facts.Insisted = !facts.Offered
	r, err := s.command("STARTTLS", "STARTTLS")
	if len(r.Lines) > 0 {
		facts.Reply = &r
	}
	if err != nil {
		return facts, err
	}
	if err := check(r, 220); err != nil {
		if facts.Insisted {
			return facts, &stage.Error{Fault: stage.NotOffered, Reply: &r}
		}
		return facts, err
	}
	facts.Accepted = true
	if err := s.c.Unasked(facts); err != nil {
		return facts, s.c.Lost(err)
	}
	s.hello, s.upgrading = nil, true
	return facts, nil
}
