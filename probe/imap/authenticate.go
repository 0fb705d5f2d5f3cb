package imap

import (
	"math"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// authenticate runs AUTHENTICATE (RFC 9051 6.2.2), with the initial response in
// the command where the server takes that (RFC 4959).
func (s *Session) authenticate(m auth.Mechanism, req auth.Request, facts *stage.LoginFacts) error {
	client, err := auth.NewClient(m, req)
	if err != nil {
		return err
	}
	err = s.authentication(facts).Run(client)
	client.Seen().Tell(facts, s.c.Safe)
	return err
}

// authentication returns the exchange of an AUTHENTICATE command. The protocol
// bounds the length of neither the command nor a response.
func (s *Session) authentication(facts *stage.LoginFacts) auth.Exchange {
	c := &carrier{&s.c, s.exchange("AUTHENTICATE"), facts}
	c.protected = true
	x := auth.Exchange{Carrier: c, Command: c.tag + " AUTHENTICATE", Facts: facts, MaxResponse: math.MaxInt}
	if s.caps.has("SASL-IR") || s.caps.rev2() {
		x.MaxCommand = math.MaxInt
	}
	return x
}

// carrier carries an exchange by AUTHENTICATE.
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

// maxIgnored bounds the challenges that are passed over after the exchange was
// cancelled.
const maxIgnored = 8

// Cancelled waits for the tagged reply, so that the connection can be left
// politely.
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
