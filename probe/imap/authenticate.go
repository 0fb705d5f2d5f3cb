package imap

import (
	"encoding/base64"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
)

// maxChallenges bounds an exchange. The longest mechanism has three.
const maxChallenges = 8

// authenticate runs AUTHENTICATE (RFC 9051 6.2.2), with the initial response in
// the command where the server takes that (RFC 4959).
func (s *Session) authenticate(m auth.Mechanism, req auth.Request, facts *stage.LoginFacts) error {
	client, err := auth.NewClient(m, req)
	if err != nil {
		return plainError(err)
	}
	defer func() { client.Seen().Tell(facts, s.c.Safe) }()
	name, first, err := client.Start()
	if err != nil {
		return plainError(err)
	}
	a := &authentication{exchange: s.exchange("AUTHENTICATE"), client: client, facts: facts, first: first}
	a.protected = true
	facts.InitialReply = first != nil && (s.caps.has("SASL-IR") || s.caps.rev2())
	if err := a.open(name); err != nil {
		return s.failed(err)
	}
	r, err := a.converse()
	if err != nil {
		return loginError(err, facts)
	}
	if err := s.answered(a.exchange, r, facts); err != nil {
		return err
	}
	if err := client.Done(); err != nil {
		return plainError(err)
	}
	return nil
}

// authentication is an AUTHENTICATE command under way.
type authentication struct {
	*exchange
	client auth.Client
	facts  *stage.LoginFacts
	first  []byte // the initial response until it has been sent; nil: none
}

// open sends the command.
func (a *authentication) open(mechanism string) error {
	command := a.tag + " AUTHENTICATE " + mechanism
	if !a.facts.InitialReply {
		return a.s.c.Send(command)
	}
	data := "=" // an empty initial response, which differs from none (RFC 4959 3)
	if len(a.first) > 0 {
		data = base64.StdEncoding.EncodeToString(a.first)
	}
	a.first = nil
	a.facts.Sent = true
	return a.s.c.SendProtected(command+" ***", command+" "+data+"\r\n")
}

// converse answers challenges until the tagged reply comes.
func (a *authentication) converse() (response, error) {
	for round := 0; ; round++ {
		r, err := a.next()
		if err != nil || r.kind == tagged {
			return r, err
		}
		if round == maxChallenges {
			return r, a.cancel(stage.Errorf(stage.TooManyRounds, "more than %d challenges", maxChallenges))
		}
		answer, err := a.answer(r.rest)
		if err != nil {
			return r, a.cancel(err)
		}
		a.facts.Sent = true
		// An empty answer is an empty line; "=" has a meaning in the command alone.
		if err := a.s.c.SendProtected("***", base64.StdEncoding.EncodeToString(answer)+"\r\n"); err != nil {
			return r, a.s.failed(err)
		}
	}
}

// answer returns what to say to a challenge. The first one only asks for the
// initial response, if there is one; some servers then write prose behind the
// plus, which doesn't matter.
func (a *authentication) answer(text string) ([]byte, error) {
	if first := a.first; first != nil {
		a.first = nil
		return first, nil
	}
	challenge, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, stage.Errorf(stage.Malformed, "a challenge that is not base64")
	}
	answer, err := a.client.Next(challenge)
	if err != nil {
		return nil, plainError(err)
	}
	return answer, nil
}

// cancel ends the exchange in the way that RFC 9051 6.2.2 has for it, so that
// the connection can be left politely, and returns the reason.
func (a *authentication) cancel(reason error) error {
	if err := a.s.c.Send("*"); err != nil {
		a.s.over = true
		return reason
	}
	for range maxChallenges {
		r, err := a.next()
		if err != nil {
			return reason
		}
		if r.kind == tagged {
			reply := a.reply(r)
			a.facts.Reply = &reply
			return reason
		}
	}
	a.s.over = true
	return reason
}
