package wire

import (
	"context"

	"maildoctor/probe/stage"
)

// Dialogue is a Conn that remembers whether it can still be used. Only one goroutine
// may use it at a time.
type Dialogue struct {
	*Conn
	Over bool        // the session was ended, or the connection is lost
	last stage.Stage // the stage that began last
}

// NewDialogue returns a Dialogue on a connection from which nothing has been read.
func NewDialogue(c *Conn) Dialogue { return Dialogue{Conn: c, last: stage.Greeting} }

// Begin is like [Conn.Begin], and remembers the stage.
func (d *Dialogue) Begin(ctx context.Context, name stage.Stage) (end func()) {
	d.last = name
	return d.Conn.Begin(ctx, name)
}

// BeginAgain begins the last stage again, so that LOGOUT or QUIT is recorded under it.
func (d *Dialogue) BeginAgain(ctx context.Context) (end func()) { return d.Conn.Begin(ctx, d.last) }

// Lost records that err ends the dialogue, and returns err. A nil err has no effect.
func (d *Dialogue) Lost(err error) error {
	d.Over = d.Over || err != nil
	return err
}

// Send is like [Conn.Send]. An error ends the dialogue.
func (d *Dialogue) Send(lines ...string) error { return d.Lost(d.Conn.Send(lines...)) }

// SendProtected is like [Conn.SendProtected]. An error ends the dialogue.
func (d *Dialogue) SendProtected(shown, data string) error {
	return d.Lost(d.Conn.SendProtected(shown, data))
}
