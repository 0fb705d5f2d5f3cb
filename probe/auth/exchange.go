package auth

import (
	"encoding/base64"

	"maildoctor/probe/stage"
)

// MaxRounds is the maximum number of challenges in one exchange. The longest mechanism
// has three.
const MaxRounds = 10

// Carrier transmits an exchange between the mechanism and the server, in the frames of
// one protocol. It must keep the contents of the exchange out of the record. Its errors
// are *stage.Error and end the exchange.
type Carrier interface {
	// Send sends lines that contain no credentials, and adds the line endings.
	Send(lines ...string) error

	// SendProtected sends a line with credentials, including its line ending, and
	// records shown instead.
	SendProtected(shown, line string) error

	// Receive reads the server's next message. It is a challenge in base64 without its
	// frame, or the reply that ends the exchange, which is added to the facts. The
	// error is nil for a challenge and for success.
	Receive() (challenge string, more bool, err error)

	// Cancelled reads the reply to a cancelled exchange.
	Cancelled()
}

// Exchange is a SASL login (RFC 4422 3). The three protocols differ only in their
// frames.
type Exchange struct {
	Carrier
	Command string // the command before the mechanism's name: "AUTH"
	Facts   *stage.LoginFacts

	// Maximum lengths, in bytes with CRLF, of a command with an initial response and of
	// a response. If MaxCommand is 0, the server accepts no initial response.
	MaxCommand, MaxResponse int
}

// Run performs the mechanism of c from start to the server's final reply, or cancels
// the exchange (RFC 4422 3.5) if it can't continue. Errors are those of the Carrier and
// of c, TooManyRounds beyond [MaxRounds] challenges, Malformed for a challenge that
// isn't base64, and BadCredential for a response longer than allowed.
func (x Exchange) Run(c Client) error {
	mechanism, initial, err := c.Start()
	if err != nil {
		return err
	}
	waiting, err := x.open(mechanism, initial)
	for round := 0; err == nil; round++ {
		challenge, more, failed := x.Receive()
		switch {
		case failed != nil:
			return failed
		case !more:
			return c.Done()
		case round == MaxRounds:
			return x.cancel(stage.Errorf(stage.TooManyRounds, "more than %d challenges", MaxRounds))
		case waiting:
			// This challenge only asks for the initial response; some servers put text
			// into it.
			waiting = false
			err = x.respond(initial)
		default:
			err = x.answer(c, challenge)
		}
	}
	return err
}

// open sends the command, including the initial response if it fits. waiting says that
// there is an initial response that was not sent. An empty one is sent as an equals
// sign (RFC 4954 4, RFC 5034 4, RFC 4959 3).
func (x *Exchange) open(mechanism string, initial []byte) (waiting bool, err error) {
	coded := "="
	if len(initial) > 0 {
		coded = base64.StdEncoding.EncodeToString(initial)
	}
	line := x.Command + " " + mechanism + " " + coded + "\r\n"
	if initial == nil || len(line) > x.MaxCommand {
		return initial != nil, x.Send(x.Command + " " + mechanism)
	}
	x.Facts.InitialReply, x.Facts.Sent = true, true
	return false, x.SendProtected(x.Command+" "+mechanism+" ***", line)
}

// answer passes a challenge to the mechanism and sends the response.
func (x *Exchange) answer(c Client, challenge string) error {
	data, err := base64.StdEncoding.DecodeString(challenge)
	if err != nil {
		return x.cancel(stage.Errorf(stage.Malformed, "a challenge that is not base64"))
	}
	response, err := c.Next(data)
	if err != nil {
		return x.cancel(err)
	}
	return x.respond(response)
}

// respond sends a response. An empty one is sent as an empty line, because the equals
// sign has a meaning only in the command.
func (x *Exchange) respond(response []byte) error {
	line := base64.StdEncoding.EncodeToString(response) + "\r\n"
	if len(line) > x.MaxResponse {
		return x.cancel(stage.Errorf(stage.BadCredential, "a response of %d bytes is longer than %s allows", len(line), x.Command))
	}
	x.Facts.Sent = true
	return x.SendProtected("***", line)
}

// cancel cancels the exchange and returns why.
func (x *Exchange) cancel(why error) error {
	if x.Send("*") == nil {
		x.Cancelled()
	}
	return why
}
