package pop3

import (
	"encoding/base64"
	"strings"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
)

const (
	maxRounds   = 10    // challenges in one exchange; the longest mechanism here has three
	maxCommand  = 255   // bytes in a command with its CRLF (RFC 2449 4)
	maxResponse = 12288 // bytes in a line of the exchange; RFC 5034 4 leaves the figure to us
)

// sasl logs in by AUTH (RFC 5034).
func (s *Session) sasl(mechanism auth.Mechanism, req auth.Request, facts *stage.LoginFacts) error {
	client, err := auth.NewClient(mechanism, req)
	if err != nil {
		return s.fault(err, stage.BadCredential)
	}
	s.c.Protect(req.Secret.In)
	err = (&exchange{s, client, facts}).run()
	client.Seen().Tell(facts, s.c.Safe)
	return err
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
		if reply.Status != "+" {
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
// equals sign (RFC 5034 4).
func initialCommand(name string, initial []byte) string {
	coded := "="
	if len(initial) > 0 {
		coded = base64.StdEncoding.EncodeToString(initial)
	}
	return "AUTH " + name + " " + coded + "\r\n"
}

// reply reads a challenge, whose status is a plus sign alone, or the final
// reply.
func (x *exchange) reply() (r stage.Reply, challenge string, err error) {
	isChallenge := false
	line, err := x.s.c.ReadProtected(func(raw string) (string, bool) {
		first, rest, _ := strings.Cut(raw, " ")
		if isChallenge = first == "+"; !isChallenge {
			return "", false
		}
		if challenge = strings.TrimSpace(rest); challenge == "" {
			return "+", true
		}
		return "+ ***", true
	})
	if err != nil {
		return r, "", x.s.lost(err)
	}
	if isChallenge {
		return stage.Reply{Command: "AUTH", Status: "+"}, challenge, nil
	}
	r = parseReply("AUTH", line)
	if r.Status == "" {
		return r, "", x.s.lost(malformed(r))
	}
	return r, "", nil
}

// answer gives the mechanism a challenge and sends its response.
func (x *exchange) answer(challenge string) error {
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

// respond sends a response; an empty one is an empty line (RFC 5034 4).
func (x *exchange) respond(response []byte) error {
	line := base64.StdEncoding.EncodeToString(response) + "\r\n"
	if len(line) > maxResponse {
		return x.cancel(stage.Errorf(stage.BadCredential, "a response of %d bytes is too long for AUTH", len(line)))
	}
	x.facts.Sent = true
	return x.s.lost(x.s.c.SendProtected("***", line))
}

// cancel ends the exchange (RFC 5034 4) for the reason why, which it returns.
func (x *exchange) cancel(why error) error {
	if x.s.send("*") == nil {
		x.reply() // as part of the exchange: it may be one more challenge
	}
	return why
}

// end judges the final reply: +OK and a satisfied mechanism are success.
func (x *exchange) end(r stage.Reply) error {
	x.facts.Reply = &r
	if err := check(r); err != nil {
		return err
	}
	if err := x.client.Done(); err != nil {
		return x.s.fault(err, stage.ServerProof)
	}
	return nil
}
