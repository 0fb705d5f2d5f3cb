package imap

import (
	"errors"
	"strings"

	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

const (
	maxLiteral = 64 << 10 // bytes in a literal that is skipped
	maxNotes   = 8        // alerts kept per reply
)

// exchange is one command with its responses: untagged ones, and the tagged one that
// completes it (RFC 9051 2.2.2).
type exchange struct {
	s         *Session
	tag, verb string
	protected bool // challenges are withheld

	lines int
	caps  capabilities // from an untagged CAPABILITY or the response code of a status response
	notes []string     // alerts and untagged refusals
	code  string       // the response code of one of the notes
	bye   *stage.Reply
}

func (s *Session) exchange(verb string) *exchange {
	return &exchange{s: s, tag: s.tag(), verb: verb}
}

// command sends a command without arguments and reads its responses. Errors are those
// of the connection, BYE, and malformed responses.
func (s *Session) command(verb string) (*exchange, response, error) {
	x := s.exchange(verb)
	if err := s.c.Send(x.tag + " " + verb); err != nil {
		return x, response{}, err
	}
	r, err := x.next()
	if err == nil && r.kind == continuation {
		err = s.c.Lost(stage.Errorf(stage.Malformed, "the server asks for more after %s", verb))
	}
	return x, r, err
}

// next returns the next response that the caller has to handle: the tagged one or a
// continuation request. Untagged responses are recorded, or skipped if not needed.
func (x *exchange) next() (response, error) {
	for {
		line, err := x.read()
		if err != nil {
			return response{}, err
		}
		r := readable(line)
		switch r.kind {
		case blank:
		case continuation:
			return r, nil
		case untagged:
			if err := x.note(r, line); err != nil {
				return response{}, err
			}
		case tagged:
			if r.tag == x.tag {
				x.learn(r)
				return r, nil
			}
			fallthrough
		default:
			return response{}, x.s.c.Lost(stage.Errorf(stage.Malformed, "not an answer to %s: %s", x.verb, wire.Clip(r.shown)))
		}
	}
}

// read reads one line of a response.
func (x *exchange) read() (wire.Line, error) {
	if x.lines++; x.lines > x.s.c.MaxLines() {
		return wire.Line{}, x.s.c.Lost(stage.Errorf(stage.TooLong, "more than %d lines in answer to %s", x.s.c.MaxLines(), x.verb))
	}
	line, err := wire.Line{}, error(nil)
	if x.protected {
		line, err = x.s.c.ReadProtected(challenge)
	} else {
		line, err = x.s.c.ReadLine()
	}
	if err != nil {
		return wire.Line{}, x.broken(err)
	}
	return line, nil
}

// challenge reports whether a line is a continuation request of a login. Nothing of it
// is shown.
func challenge(raw string) (shown string, is bool) {
	switch {
	case !strings.HasPrefix(raw, "+"):
		return "", false
	case strings.TrimSpace(raw) == "+":
		return "+", true
	}
	return "+ ***", true
}

// broken returns the error for a failed connection: BYE if the server sent one before,
// or Stalled if part of a reply was received.
func (x *exchange) broken(err error) error {
	e, ok := errors.AsType[*stage.Error](err)
	switch {
	case !ok:
	case x.bye != nil && (e.Fault == stage.Closed || e.Fault == stage.Reset):
		err = goodbye(*x.bye)
	case x.lines > 1:
		err = wire.MidAnswer(err)
	}
	return x.s.c.Lost(err)
}

// goodbye returns the error for BYE. It is temporary if the response code says so (RFC
// 5530).
func goodbye(r stage.Reply) *stage.Error {
	if r.Temporary() {
		return stage.Refusal(r)
	}
	return &stage.Error{Fault: stage.Bye, Reply: &r}
}

// note records the contents of an untagged response.
func (x *exchange) note(r response, line wire.Line) error {
	switch {
	case r.word == "CAPABILITY":
		caps, err := parseCapabilities(r.rest)
		if err != nil {
			return x.s.c.Lost(err)
		}
		x.caps = caps
	case r.status == "":
		return x.skipLiterals(line)
	case r.status == "BYE" && x.bye == nil:
		x.bye = &stage.Reply{Command: x.verb, Status: r.status, ResponseCode: r.shownCode, Lines: []string{r.shown}}
	case r.status == "NO", r.status == "BAD", strings.HasSuffix(r.code, "ALERT"):
		if len(x.notes) < maxNotes {
			x.notes = append(x.notes, r.shown)
		}
		if x.code == "" {
			x.code = r.shownCode
		}
	}
	x.learn(r)
	return nil
}

// learn records the capabilities in the response code of a status response (RFC 9051
// 7.1).
func (x *exchange) learn(r response) {
	if r.code != "CAPABILITY" || r.status != "OK" {
		return
	}
	if caps, err := parseCapabilities(r.arg); err == nil {
		x.caps = caps
	}
}

// skipLiterals skips the literals of an untagged response. The connection returns
// lines, so the position in the stream is computed from the bytes read minus those
// still buffered.
func (x *exchange) skipLiterals(line wire.Line) error {
	n, ok := literalSize(line.Raw())
	for ok {
		if n > maxLiteral {
			return x.s.c.Lost(stage.Errorf(stage.TooLong, "a literal of %d bytes in answer to %s", n, x.verb))
		}
		end := x.position() + n
		for {
			next, err := x.read()
			if err != nil {
				return err
			}
			if over := x.position() - end; over > 0 {
				raw := next.Raw()
				tail := raw[min(len(raw), max(0, len(raw)+2-int(over))):] // what follows the literal, without the line ending
				n, ok = literalSize(tail)
				break
			}
		}
	}
	return nil
}

// position returns how many of the server's bytes have been consumed.
func (x *exchange) position() int64 {
	held, _ := x.s.c.Early()
	return x.s.c.Read() - int64(held)
}

// reply returns the server's reply for the facts, without our tag.
func (x *exchange) reply(r response) stage.Reply {
	code := r.shownCode
	if code == "" {
		code = x.code
	}
	text := strings.TrimPrefix(r.shown, x.tag+" ")
	return stage.Reply{Command: x.verb, Status: r.status, ResponseCode: code, Lines: append(x.notes, text)}
}
