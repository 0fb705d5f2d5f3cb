package auth

import (
	"encoding/base64"

	"maildoctor/probe/stage"
)

// MaxRounds bounds the challenges in one exchange. The longest mechanism has
// three.
const MaxRounds = 10

// Carrier carries an exchange between the mechanism and the server, in the
// frames of one protocol. Whatever it sends and hears of the exchange it keeps
// out of the record. Its errors are *stage.Error and end the exchange.
type Carrier interface {
	// Send sends lines without credentials, and adds the line endings.
	Send(lines ...string) error

	// SendProtected sends a line with credentials, which holds its line ending,
	// and records shown in its place.
	SendProtected(shown, line string) error

	// Receive reads what the server says next: a challenge in base64, without
	// its frame, or the reply that ends the exchange, which it puts into the
	// facts. The error is nil for a challenge and for success.
	Receive() (challenge string, more bool, err error)

	// Cancelled reads the reply to a cancelled exchange.
	Cancelled()
}

// Exchange is a login by SASL (RFC 4422 3), the same in the three protocols but
// for their frames.
type Exchange struct {
	Carrier
	Command string // that the mechanism's name completes: "AUTH"
	Facts   *stage.LoginFacts

	// The longest command with an initial response and the longest response,
	// in bytes with CRLF; 0: the server takes no initial response.
	MaxCommand, MaxResponse int
}

// Run speaks the mechanism of c from its start to the server's verdict, or
// cancels the exchange (RFC 4422 3.5) where it can't go on. Its errors are those
// of the Carrier and of c; TooManyRounds beyond [MaxRounds] challenges, Malformed
// for a challenge that isn't base64, BadCredential for a response longer than
// allowed.
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
			// This challenge asks for the initial response alone; some servers
			// write prose into it.
			waiting = false
			err = x.respond(initial)
		default:
			err = x.answer(c, challenge)
		}
	}
	return err
}

// open sends the command, with the initial response if it has room for it.
// waiting says that there is one that was not sent. An empty one is an equals
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

// answer gives the mechanism a challenge and sends its response.
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

// respond sends a response. An empty one is an empty line: the equals sign has a
// meaning in the command alone.
func (x *Exchange) respond(response []byte) error {
	line := base64.StdEncoding.EncodeToString(response) + "\r\n"
	if len(line) > x.MaxResponse {
		return x.cancel(stage.Errorf(stage.BadCredential, "a response of %d bytes is longer than %s allows", len(line), x.Command))
	}
	x.Facts.Sent = true
	return x.SendProtected("***", line)
}

// cancel ends the exchange for the reason why, which it returns.
func (x *Exchange) cancel(why error) error {
	if x.Send("*") == nil {
		x.Cancelled()
	}
	return why
}
