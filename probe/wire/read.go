package wire

import (
	"bufio"
	"errors"

	"maildoctor/probe/stage"
)

// Line is a line from the server, without its line ending.
type Line struct {
	raw      string
	shown    string
	withheld bool
}

// Raw returns the line as received. It may repeat a secret: parse it, but never keep or
// show it.
func (l Line) Raw() string { return l.raw }

// Text returns the line as it may be kept and shown.
func (l Line) Text() string { return l.shown }

// ReadLine reads one line, terminated by LF or CRLF. Its errors are *stage.Error:
// Silent, Stalled, Closed, Reset, TooLong, and after the handshake ClientCertAsked,
// TLSAlert, TLSProtocol. With Stalled, Closed and Reset, the part of the line received
// so far is returned too. After a failed write, lines that the server sent before it
// closed the connection are returned first.
func (c *Conn) ReadLine() (Line, error) {
	raw, err := c.readRaw()
	return c.heard(raw, err)
}

// heard makes a Line of the received text, and records it.
func (c *Conn) heard(raw string, err error) (Line, error) {
	if err != nil && raw == "" {
		return Line{}, err
	}
	l := c.safe(raw)
	c.recordLine(l)
	return l, err
}

func (c *Conn) recordLine(l Line) {
	out := stage.Line{From: stage.Server, Text: l.shown}
	if l.withheld {
		out.Withheld = len(l.raw)
	}
	c.say(out)
}

// readRaw reads a line up to the maximum length. On error it also returns the part
// received so far, unless the line was too long.
func (c *Conn) readRaw() (string, error) {
	if err := c.over(); err != nil {
		return "", Fault(err, false)
	}
	var long []byte // only for lines longer than the reader's buffer
	for {
		part, err := c.r.ReadSlice('\n')
		if len(long)+len(part) > c.limits.Line+2 || err == nil && len(long)+len(trim(part)) > c.limits.Line {
			c.Remark("a line beyond the limit: not read on")
			return "", stage.Errorf(stage.TooLong, "a line of more than %d bytes", c.limits.Line)
		}
		switch {
		case err == nil && long == nil:
			return string(trim(part)), nil
		case err == nil:
			return string(trim(append(long, part...))), nil
		case errors.Is(err, bufio.ErrBufferFull):
			long = append(long, part...)
		default:
			raw := string(long) + string(part)
			return raw, c.readFault(err, raw != "")
		}
	}
}

// readFault classifies a read error. If an earlier write failed, it returns that error.
func (c *Conn) readFault(err error, partial bool) *stage.Error {
	c.mu.Lock()
	unsent := c.unsent
	c.mu.Unlock()
	if unsent != nil {
		return unsent
	}
	e := c.fault(err, partial)
	if e.Fault == stage.TooLong {
		c.Remark("more bytes than the limit of one connection: not read on")
	}
	return e
}

// trim removes the line ending, LF or CRLF. Any other CR belongs to the line.
func trim(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\n' {
		b = b[:n-1]
		if n > 1 && b[n-2] == '\r' {
			b = b[:n-2]
		}
	}
	return b
}

// Peek waits for the first bytes without consuming any. It returns up to n bytes of
// what has arrived, unchanged (see stage.Visible). If nothing arrives, it returns the
// error of [Conn.ReadLine].
func (c *Conn) Peek(n int) (string, error) {
	if err := c.over(); err != nil {
		return "", Fault(err, false)
	}
	if _, err := c.r.Peek(1); err != nil {
		return "", c.readFault(err, false)
	}
	b, _ := c.r.Peek(min(n, c.r.Buffered()))
	return string(b), nil
}

// ReadProtected reads one line of a login exchange. challenge reports whether the line
// is a challenge, and what to show in its place; only the length of a challenge is
// recorded. Any other line is treated as by [Conn.ReadLine].
func (c *Conn) ReadProtected(challenge func(raw string) (shown string, is bool)) (Line, error) {
	raw, err := c.readRaw()
	if err != nil {
		// Part of a line may be part of a challenge.
		if raw != "" {
			c.say(stage.Line{From: stage.Server, Withheld: len(raw)})
		}
		return Line{}, err
	}
	if shown, is := challenge(raw); is {
		c.say(stage.Line{From: stage.Server, Text: shown, Withheld: len(raw)})
		return Line{raw: raw, shown: shown, withheld: true}, nil
	}
	return c.heard(raw, nil)
}
