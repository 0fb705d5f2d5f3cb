package pop3

import (
	"strings"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

const (
	maxCommand  = 255   // bytes per command including CRLF (RFC 2449 4)
	maxResponse = 12288 // bytes per line of the exchange; RFC 5034 4 leaves the limit open
)

// sasl logs in by AUTH (RFC 5034).
func (s *Session) sasl(mechanism auth.Mechanism, req auth.Request, facts *stage.LoginFacts) error {
	client, err := auth.NewClient(mechanism, req)
	if err != nil {
		return err
	}
	s.c.Protect(req.Secret.In)
	err = s.exchange(facts).Run(client)
	client.Seen().Tell(facts, s.c.Safe)
	return err
}

// exchange returns the exchange for AUTH.
func (s *Session) exchange(facts *stage.LoginFacts) auth.Exchange {
	return auth.Exchange{
		Carrier: &carrier{&s.c, facts}, Command: "AUTH", Facts: facts,
		MaxCommand: maxCommand, MaxResponse: maxResponse,
	}
}

// carrier implements [auth.Carrier] for AUTH.
type carrier struct {
	*wire.Dialogue
	facts *stage.LoginFacts
}

// Receive reads a challenge, whose status is a single plus sign, or the final reply.
func (c *carrier) Receive() (challenge string, more bool, err error) {
	line, err := c.ReadProtected(func(raw string) (shown string, is bool) {
		first, rest, _ := strings.Cut(raw, " ")
		if more = first == "+"; !more {
			return "", false
		}
		if challenge = strings.TrimSpace(rest); challenge == "" {
			return "+", true
		}
		return "+ ***", true
	})
	switch {
	case err != nil:
		return "", false, c.Lost(err)
	case more:
		return challenge, true, nil
	}
	r := parseReply("AUTH", line)
	c.facts.Reply = &r
	if r.Status == "" {
		return "", false, c.Lost(malformed(r))
	}
	return "", false, check(r)
}

// Cancelled reads one reply as part of the exchange, because it may be another
// challenge. The reply says nothing about the login.
func (c *carrier) Cancelled() { (&carrier{c.Dialogue, new(stage.LoginFacts)}).Receive() }
