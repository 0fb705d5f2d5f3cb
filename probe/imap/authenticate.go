package imap

import (
	"math"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// authenticate performs AUTHENTICATE (RFC 9051 6.2.2), with the initial response in the
// command if the server supports that (RFC 4959).
func (s *Session) authenticate(m auth.Mechanism, req auth.Request, facts *stage.LoginFacts) error {
	client, err := auth.NewClient(m, req)
	if err != nil {
		return err
	}
	err = s.authentication(facts).Run(client)
	client.Seen().Tell(facts, s.c.Safe)
	return err
}

// authentication returns the exchange for AUTHENTICATE. IMAP limits the length of
// neither the command nor a response.
func (s *Session) authentication(facts *stage.LoginFacts) auth.Exchange {
	c := &carrier{&s.c, s.exchange("AUTHENTICATE"), facts}
	c.protected = true
	x := auth.Exchange{Carrier: c, Command: c.tag + " AUTHENTICATE", Facts: facts, MaxResponse: math.MaxInt}
	if s.caps.has("SASL-IR") || s.caps.rev2() {
		x.MaxCommand = math.MaxInt
	}
	return x
}

// carrier implements [auth.Carrier] for AUTHENTICATE.
type carrier struct {
	*wire.Dialogue
	*exchange
	facts *stage.LoginFacts
}

// Receive reads a challenge or the tagged reply.
func (c *carrier) Receive() (challenge string, more bool, err error) {
	r, err := c.next()
	switch {
	case err != nil:
		return "", false, loginError(err, c.facts)
	case r.kind == tagged:
		return "", false, c.s.answered(c.exchange, r, c.facts)
	}
	return r.rest, true, nil
}

// maxIgnored is how many challenges are ignored after the exchange was cancelled.
const maxIgnored = 8

// Cancelled reads up to the tagged reply, so that LOGOUT can be sent.
func (c *carrier) Cancelled() {
	for range maxIgnored {
		r, err := c.next()
		if err != nil {
			return
		}
		if r.kind == tagged {
			reply := c.reply(r)
			c.facts.Reply = &reply
			return
		}
	}
	c.Over = true
}
