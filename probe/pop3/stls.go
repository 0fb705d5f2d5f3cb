package pop3

import (
	"context"

	"maildoctor/probe/stage"
)

// Insist makes [Session.StartTLS] send STLS also where it is not offered:
// something on the way may have taken it out of the list. A refusal is then
// NotOffered all the same.
func (s *Session) Insist() { s.insist = true }

// StartTLS asks for TLS (RFC 2595 4): CAPA, then STLS if it is listed, or if the
// server has no CAPA to list it in. With a nil error the server waits for the
// handshake. Faults are NotOffered, Rejected and TemporarilyOut where STLS was
// refused, and EarlyData where bytes came that nobody asked for.
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
	// A reply that comes before its command would be taken for the one to STLS.
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
