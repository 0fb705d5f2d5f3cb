package imap

import (
	"context"
	"errors"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
)

// Login logs in with the SASL mechanism that package auth chooses from those offered,
// or with the LOGIN command. The capabilities must be known; see
// [Session.Capabilities]. From here on, lines from the server that repeat the secret
// are not recorded.
//
// Faults other than those of the connection are NoMechanism, BadCredential, PreAuth
// (already logged in by the server: nothing is sent), Rejected and TemporarilyOut with
// the server's reply, Bye, Malformed, TooManyRounds and ServerProof.
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

// answered processes the tagged reply to a login.
func (s *Session) answered(x *exchange, r response, facts *stage.LoginFacts) error {
	reply := x.reply(r)
	facts.Reply = &reply
	if r.status != "OK" {
		return stage.Refusal(reply)
	}
	// Capabilities in a success reply apply after the login (RFC 9051 6.2.2).
	s.after = x.caps
	return nil
}

// loginError completes the facts when a login ends without a tagged reply.
func loginError(err error, facts *stage.LoginFacts) error {
	if e, ok := errors.AsType[*stage.Error](err); ok && e.Reply != nil {
		facts.Reply = e.Reply
	}
	return err
}
