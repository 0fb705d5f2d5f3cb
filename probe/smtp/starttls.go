package smtp

import (
	"context"
	"strings"

	"maildoctor/probe/stage"
)

// StartTLS asks for TLS (RFC 3207 4): EHLO, then STARTTLS if it is offered. With
// a nil error the server waits for the handshake. Faults are NotOffered,
// Rejected and TemporarilyOut where STARTTLS or what came before it was refused,
// and EarlyData where bytes came that nobody asked for: in clear, where anybody
// on the way can put them, and to be taken for the server's answers under TLS
// (CVE-2011-0411).
func (s *Session) StartTLS(ctx context.Context) (*stage.StartTLSFacts, error) {
	defer s.begin(ctx, stage.Upgrade)()
	facts := &stage.StartTLSFacts{}
	h, refused, err := s.greet()
	facts.Reply = refused
	if err != nil {
		return facts, err
	}
	facts.Capabilities = h.list
	facts.LoginDisabled = len(h.mechanisms) == 0
	facts.Offered = h.offers("STARTTLS")
	if !facts.Offered {
		return facts, stage.Errorf(stage.NotOffered, "STARTTLS is not in the reply to EHLO")
	}
	// A reply that comes before its command would be taken for the one to
	// STARTTLS. 421 alone may come at any time (RFC 5321 3.8).
	if n, text := s.c.Early(); n > 0 && !strings.HasPrefix(text, "421") {
		return facts, s.early(facts)
	}
	r, err := s.command("STARTTLS", "STARTTLS")
	if len(r.Lines) > 0 {
		facts.Reply = &r
	}
	if err != nil {
		return facts, err
	}
	if err := check(r, 220); err != nil {
		return facts, err
	}
	facts.Accepted = true
	if n, _ := s.c.Early(); n > 0 {
		return facts, s.early(facts)
	}
	s.hello, s.upgrading = nil, true
	return facts, nil
}

func (s *Session) early(facts *stage.StartTLSFacts) error {
	facts.EarlyBytes, facts.EarlyText = s.c.Early()
	return s.lost(stage.Errorf(stage.EarlyData, "%d bytes that nobody asked for, before TLS", facts.EarlyBytes))
}
