package imap

import (
	"context"

	"maildoctor/probe/stage"
)

// Insist makes [Session.StartTLS] send STARTTLS even if it is not offered, because a
// device on the network path may have removed it from the capabilities. If the server
// refuses it, the fault is still NotOffered.
func (s *Session) Insist() { s.insist = true }

// StartTLS negotiates TLS (RFC 9051 6.2.1). STARTTLS counts as offered only if it is in
// the capabilities requested here; those in the greeting are no more trustworthy and
// may apply to another state. If the error is nil, the server waits for the handshake,
// which the caller makes.
//
// Faults other than those of the connection are PreAuth, NotOffered, EarlyData, and
// Rejected or TemporarilyOut if CAPABILITY or STARTTLS is refused.
func (s *Session) StartTLS(ctx context.Context) (*stage.StartTLSFacts, error) {
	defer s.c.Begin(ctx, stage.Upgrade)()
	facts := &stage.StartTLSFacts{}
	if s.preauth {
		// STARTTLS is only valid in the not authenticated state (RFC 9051 7.1.4).
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

// upgrade sends STARTTLS and makes sure that nothing follows the reply in cleartext.
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
	s.caps = nil // capabilities received in cleartext must not be used
	if n, text := s.c.Early(); n > 0 {
		facts.EarlyBytes, facts.EarlyText = n, text
		return s.c.Lost(stage.Errorf(stage.EarlyData, "%d bytes after the reply to STARTTLS, before TLS", n))
	}
	return nil
}
