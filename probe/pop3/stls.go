package pop3

import (
	"context"

	"maildoctor/probe/stage"
)

// Insist makes [Session.StartTLS] send STLS even if it is not offered, because a device
// on the network path may have removed it from the reply to CAPA. If the server refuses
// it, the fault is still NotOffered.
func (s *Session) Insist() { s.insist = true }

// StartTLS negotiates TLS (RFC 2595 4): it sends CAPA, then STLS if that is announced
// or the server doesn't support CAPA. If the error is nil, the server waits for the
// handshake. Faults are NotOffered, Rejected and TemporarilyOut if STLS was refused,
// and EarlyData if unexpected bytes were received.
func (s *Session) StartTLS(ctx context.Context) (*stage.StartTLSFacts, error) {
	defer s.c.Begin(ctx, stage.Upgrade)()
	facts := &stage.StartTLSFacts{}
	c, err := s.capabilities()
	if err != nil {
		return facts, err
	}
	facts.Capabilities = c.list
	facts.LoginDisabled = len(s.waysIn(c)) == 0
	facts.Offered = c.offers("STLS")
	if !facts.Offered && !c.unsupported && !s.insist {
		return facts, stage.Errorf(stage.NotOffered, "STLS is not in the list of capabilities")
	}
	// A reply received before its command was sent would be taken for the reply to
	// STLS.
	if err := s.c.Unasked(facts); err != nil {
		return facts, s.c.Lost(err)
	}
	facts.Insisted = !facts.Offered && !c.unsupported
	r, err := s.command("STLS", "STLS")
	if len(r.Lines) > 0 {
		facts.Reply = &r
	}
	if err != nil {
		return facts, err
	}
	if err := check(r); err != nil {
		if !facts.Offered && !r.Temporary() {
			return facts, &stage.Error{Fault: stage.NotOffered, Reply: &r}
		}
		return facts, err
	}
	facts.Offered, facts.Accepted = !facts.Insisted, true
	if err := s.c.Unasked(facts); err != nil {
		return facts, s.c.Lost(err)
	}
	s.caps, s.upgrading = nil, true
	return facts, nil
}
