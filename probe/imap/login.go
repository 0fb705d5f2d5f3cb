package imap

import (
	"context"
	"errors"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
)

// Login logs in: by the SASL mechanism that package auth chooses from those
// offered, or by the LOGIN command. The list of capabilities must be known; see
// [Session.Capabilities]. From here on no line of the server that repeats the
// secret is recorded.
//
// Faults beside those of the connection: NoMechanism, BadCredential, PreAuth
// (the server let us in without a login: nothing is sent), Rejected and
// TemporarilyOut with the server's reply, Bye, Malformed, TooManyRounds,
// ServerProof.
func (s *Session) Login(ctx context.Context, req auth.Request) (*stage.LoginFacts, error) {
	defer s.c.Begin(ctx, stage.Login)()
	facts := &stage.LoginFacts{Encrypted: req.Encrypted}
	if s.preauth {
		return facts, stage.Errorf(stage.PreAuth, "the server greeted with PREAUTH: no login is possible")
	}
	if req.TLS == nil {
		req.TLS = s.c.TLS()
	}
	offered := s.caps.waysIn()
	for _, m := range offered {
		facts.Offered = append(facts.Offered, s.c.Safe(string(m)))
	}
	m, why, err := auth.Choose(offered, req)
	facts.Mechanism, facts.Why = string(m), why
	if err != nil {
		return facts, err
	}
	s.c.Protect(req.Secret.In)
	if m == auth.IMAPLogin {
		return facts, s.loginCommand(req, facts)
	}
	return facts, s.authenticate(m, req, facts)
}

// answered takes the tagged reply to a login in.
func (s *Session) answered(x *exchange, r response, facts *stage.LoginFacts) error {
	reply := x.reply(r)
	facts.Reply = &reply
	if r.status != "OK" {
		return stage.Refusal(reply)
	}
	// A list that comes with the success is of the new state (RFC 9051 6.2.2).
	s.after = x.caps
	return nil
}

// loginError completes the facts where a login ended without a tagged reply.
func loginError(err error, facts *stage.LoginFacts) error {
	if e, ok := errors.AsType[*stage.Error](err); ok && e.Reply != nil {
		facts.Reply = e.Reply
	}
	return err
}
