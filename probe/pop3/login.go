package pop3

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"strings"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
)

// Login logs in with the mechanism that [auth.Choose] selects from those offered: AUTH
// (RFC 5034), USER and PASS, or APOP (RFC 1939 7). Faults are Rejected and
// TemporarilyOut with the server's reply, NoMechanism, BadCredential, ServerProof,
// TooManyRounds, Malformed, and those of the connection.
func (s *Session) Login(ctx context.Context, req auth.Request) (*stage.LoginFacts, error) {
	defer s.c.Begin(ctx, stage.Login)()
	facts := &stage.LoginFacts{Encrypted: req.Encrypted}
	c, err := s.capabilities()
	if err != nil {
		return facts, err
	}
	offered := s.waysIn(c)
	facts.Offered = auth.Names(offered)
	mechanism, why, err := auth.Choose(offered, req)
	facts.Mechanism, facts.Why = string(mechanism), why
	if err != nil {
		return facts, err
	}
	switch mechanism {
	case auth.UserPass:
		err = s.userPass(req, c.offers("PIPELINING"), facts)
	case auth.APOP:
		err = s.apop(req, facts)
	default:
		err = s.sasl(mechanism, req, facts)
	}
	return facts, err
}

// userPass sends USER and PASS (RFC 1939 7), both at once if the server supports
// pipelining (RFC 2449 6.6). [auth.Choose] has checked that neither contains a line
// break.
func (s *Session) userPass(req auth.Request, pipelining bool, facts *stage.LoginFacts) error {
	s.c.Protect(req.Secret.In)
	user := "USER " + req.User
	if !pipelining {
		if r, err := s.command("USER", user); err != nil {
			return err
		} else if r.Status == negative {
			return refused(r, facts)
		}
	} else if err := s.c.Send(user); err != nil {
		return err
	}
	facts.Sent = true
	if err := s.c.SendProtected("PASS ***", "PASS "+req.Secret.Reveal()+"\r\n"); err != nil {
		return err
	}
	if pipelining {
		user, err := s.reply("USER")
		if err != nil {
			return err
		}
		if user.Status == negative {
			s.reply("PASS") // its refusal adds no information
			return refused(user, facts)
		}
	}
	return s.final("PASS", facts)
}

// apop sends APOP (RFC 1939 7): the hash of timestamp and password. Lines that repeat
// either are withheld, because both together allow the password to be guessed offline.
func (s *Session) apop(req auth.Request, facts *stage.LoginFacts) error {
	sum := md5.Sum([]byte(s.timestamp + req.Secret.Reveal()))
	digest := hex.EncodeToString(sum[:])
	s.c.Protect(func(line string) bool {
		return strings.Contains(line, s.timestamp) || strings.Contains(line, digest) || req.Secret.In(line)
	})
	line := "APOP " + req.User + " " + digest + "\r\n"
	facts.Sent = true
	if err := s.c.SendProtected("APOP ***", line); err != nil {
		return err
	}
	return s.final("APOP", facts)
}

// final reads the reply that completes a login.
func (s *Session) final(verb string, facts *stage.LoginFacts) error {
	r, err := s.reply(verb)
	if len(r.Lines) > 0 {
		facts.Reply = &r
	}
	if err != nil {
		return err
	}
	return check(r)
}

func refused(r stage.Reply, facts *stage.LoginFacts) error {
	facts.Reply = &r
	return stage.Refusal(r)
}
