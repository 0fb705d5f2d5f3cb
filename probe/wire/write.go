package wire

import (
	"io"
	"strings"

	"maildoctor/probe/stage"
)

// Send writes lines, each with CRLF, in a single write. Its errors are *stage.Error:
// WriteFailed if the connection doesn't accept the data, InternalProblem for a line
// that contains a line break or NUL and would thus be another command.
//
// A peer that closes the connection has often sent the reason before. If writing fails
// because of that, Send returns nil, and the next reads return the reason and then the
// failure. Only a second Send returns the error.
func (c *Conn) Send(lines ...string) error {
	var b strings.Builder
	for _, l := range lines {
		if strings.ContainsAny(l, "\r\n\x00") {
			return stage.Errorf(stage.InternalProblem, "a command with a line break or NUL in it was not sent")
		}
		b.WriteString(l)
		b.WriteString("\r\n")
	}
	for _, l := range lines {
		if !c.tape.off() {
			c.say(stage.Line{From: stage.Client, Text: stage.Visible(l)})
		}
	}
	return c.write(b.String())
}

// SendProtected writes data unchanged, without adding a line ending. It records shown
// in its place, and its length. Errors are those of [Conn.Send].
func (c *Conn) SendProtected(shown, data string) error {
	c.remember(data)
	c.say(stage.Line{From: stage.Client, Text: shown, Withheld: len(data)})
	return c.write(data)
}

func (c *Conn) write(s string) error {
	if err := c.over(); err != nil {
		return &stage.Error{Fault: stage.WriteFailed, Err: err}
	}
	c.mu.Lock()
	nc, unsent := c.nc, c.unsent
	c.mu.Unlock()
	if unsent != nil {
		return unsent
	}
	_, err := io.WriteString(nc, s)
	if err == nil {
		return nil
	}
	e := c.fault(err, false)
	if e.Fault == stage.Silent || e.Fault == stage.Stalled {
		e.Fault = stage.WriteFailed
	}
	c.mu.Lock()
	c.unsent = e
	c.mu.Unlock()
	if e.Fault == stage.Reset || e.Fault == stage.Closed {
		return nil
	}
	return e
}
