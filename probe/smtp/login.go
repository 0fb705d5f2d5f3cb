package smtp

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

const (
	maxRounds   = 10    // challenges in one exchange; the longest mechanism here has three
	maxCommand  = 512   // bytes in a command with its CRLF (RFC 5321 4.5.3.1.4)
	maxResponse = 12288 // bytes in a line of the exchange (RFC 4954 4)
)

// Login logs in by AUTH (RFC 4954) with the mechanism that [auth.Choose] takes
// from those offered. It succeeds with reply 235 alone. Faults are Rejected and
// TemporarilyOut with the server's reply, NoMechanism, BadCredential,
// ServerProof, TooManyRounds, Malformed, and those of the connection.
func (s *Session) Login(ctx context.Context, req auth.Request) (*stage.LoginFacts, error) {
	defer s.begin(ctx, stage.Login)()
	facts := &stage.LoginFacts{Encrypted: req.Encrypted}
	h, _, err := s.greet()
	if err != nil {
		return facts, err
	}
	facts.Offered = names(h.mechanisms)
	mechanism, why, err := auth.Choose(h.mechanisms, req)
	facts.Mechanism, facts.Why = string(mechanism), why
	if err != nil {
		return facts, err
	}
	client, err := auth.NewClient(mechanism, req)
	if err != nil {
		return facts, s.fault(err, stage.BadCredential)
	}
	s.c.Protect(req.Secret.In)
	err = (&exchange{s, client, facts}).run()
	client.Seen().Tell(facts, s.c.Safe)
	return facts, err
}

// fault gives an error of a mechanism the fault f, unless it names one itself.
// Its text may quote the server.
func (s *Session) fault(err error, f stage.Fault) error {
	if e, ok := errors.AsType[*stage.Error](err); ok {
		return e
	}
	return stage.Errorf(f, "%s", s.c.Safe(err.Error()))
}

// exchange is one AUTH command and what follows it.
type exchange struct {
	s      *Session
	client auth.Client
	facts  *stage.LoginFacts
}

func (x *exchange) run() error {
	name, initial, err := x.client.Start()
	if err != nil {
		return x.s.fault(err, stage.BadCredential)
	}
	waiting := initial != nil // the initial response is still to be sent
	if line := initialCommand(name, initial); waiting && len(line) <= maxCommand {
		x.facts.InitialReply, x.facts.Sent, waiting = true, true, false
		err = x.s.lost(x.s.c.SendProtected("AUTH "+name+" ***", line))
	} else {
		err = x.s.send("AUTH " + name)
	}
	for round := 0; err == nil; round++ {
		reply, challenge, failed := x.reply()
		if failed != nil {
			if len(reply.Lines) > 0 {
				x.facts.Reply = &reply
			}
			return failed
		}
		if reply.Code != 334 {
			return x.end(reply)
		}
		switch {
		case round == maxRounds:
			return x.cancel(stage.Errorf(stage.TooManyRounds, "more than %d challenges", maxRounds))
		case waiting:
			waiting = false
			err = x.respond(initial)
		default:
			err = x.answer(challenge)
		}
	}
	return err
}

// initialCommand returns AUTH with an initial response; an empty one is an
// equals sign (RFC 4954 4).
func initialCommand(name string, initial []byte) string {
	coded := "="
	if len(initial) > 0 {
		coded = base64.StdEncoding.EncodeToString(initial)
	}
	return "AUTH " + name + " " + coded + "\r\n"
}

// reply reads a challenge or the final reply.
func (x *exchange) reply() (r stage.Reply, challenge string, err error) {
	r, err = x.s.readReply("AUTH", func() (wire.Line, error) {
		return x.s.c.ReadProtected(func(raw string) (shown string, is bool) {
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

// answer gives the mechanism a challenge and sends its response.
func (x *exchange) answer(challenge string) error {
	if challenge == "=" {
		challenge = ""
	}
	data, err := base64.StdEncoding.DecodeString(challenge)
	if err != nil {
		return x.cancel(stage.Errorf(stage.Malformed, "a challenge that is not base64"))
	}
	response, err := x.client.Next(data)
	if err != nil {
		return x.cancel(x.s.fault(err, stage.Malformed))
	}
	return x.respond(response)
}

// respond sends a response; an empty one is an empty line (RFC 4954 4).
func (x *exchange) respond(response []byte) error {
	line := base64.StdEncoding.EncodeToString(response) + "\r\n"
	if len(line) > maxResponse {
		return x.cancel(stage.Errorf(stage.BadCredential, "a response of %d bytes is longer than AUTH allows", len(line)))
	}
	x.facts.Sent = true
	return x.s.lost(x.s.c.SendProtected("***", line))
}

// cancel ends the exchange (RFC 4954 4) for the reason why, which it returns.
func (x *exchange) cancel(why error) error {
	if x.s.send("*") == nil {
		x.reply() // as part of the exchange: it may be one more challenge
	}
	return why
}

// end judges the final reply: 235 and a satisfied mechanism are success.
func (x *exchange) end(r stage.Reply) error {
	x.facts.Reply = &r
	if err := check(r, 235); err != nil {
		return err
	}
	if err := x.client.Done(); err != nil {
		return x.s.fault(err, stage.ServerProof)
	}
	return nil
}
