package smtp

import (
	"context"
	"strings"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

const (
	maxCommand  = 512   // bytes per command including CRLF (RFC 5321 4.5.3.1.4)
	maxResponse = 12288 // bytes per line of the exchange (RFC 4954 4)
)

// Login logs in by AUTH (RFC 4954) with the mechanism that [auth.Choose] selects from
// those offered. Only reply 235 is success. Faults are Rejected and TemporarilyOut with
// the server's reply, NoMechanism, BadCredential, ServerProof, TooManyRounds,
// Malformed, and those of the connection.
func (s *Session) Login(ctx context.Context, req auth.Request) (*stage.LoginFacts, error) {
	defer s.c.Begin(ctx, stage.Login)()
	facts := &stage.LoginFacts{Encrypted: req.Encrypted}
	h, _, err := s.greet()
	if err != nil {
		return facts, err
	}
	facts.Offered = auth.Names(h.mechanisms)
	mechanism, why, err := auth.Choose(h.mechanisms, req)
	facts.Mechanism, facts.Why = string(mechanism), why
	if err != nil {
		return facts, err
	}
	client, err := auth.NewClient(mechanism, req)
	if err != nil {
		return facts, err
	}
	s.c.Protect(req.Secret.In)
	err = s.exchange(facts).Run(client)
	client.Seen().Tell(facts, s.c.Safe)
	return facts, err
}

// exchange returns the exchange for AUTH.
func (s *Session) exchange(facts *stage.LoginFacts) auth.Exchange {
	return auth.Exchange{
		Carrier: &carrier{&s.c, s, facts}, Command: "AUTH", Facts: facts,
		MaxCommand: maxCommand, MaxResponse: maxResponse,
	}
}

// carrier implements [auth.Carrier] for AUTH.
type carrier struct {
	*wire.Dialogue
	s     *Session
	facts *stage.LoginFacts
}

// Receive reads a challenge or the final reply. Only 235 is success.
func (c *carrier) Receive() (challenge string, more bool, err error) {
	r, challenge, err := c.reply()
	if err == nil && r.Code == 334 {
		if challenge == "=" { // some servers send an empty challenge like this
			challenge = ""
		}
		return challenge, true, nil
	}
	if len(r.Lines) > 0 {
		c.facts.Reply = &r
	}
	if err == nil {
		err = check(r, 235)
	}
	return "", false, err
}

// Cancelled reads one reply as part of the exchange, because it may be another
// challenge.
func (c *carrier) Cancelled() { c.reply() }

func (c *carrier) reply() (r stage.Reply, challenge string, err error) {
	r, err = c.s.readReply("AUTH", func() (wire.Line, error) {
		return c.ReadProtected(func(raw string) (shown string, is bool) {
			rest, is := strings.CutPrefix(raw, "334")
			challenge = strings.TrimLeft(rest, " -")
			if challenge == "" {
				return "334", is
			}
			return "334 ***", is
		})
	})
	return r, challenge, err
}
