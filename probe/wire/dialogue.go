package wire

import (
	"context"

	"maildoctor/probe/stage"
)

// Dialogue is a Conn that remembers whether anything more can be said on it. One
// goroutine may use it at a time.
type Dialogue struct {
	*Conn
	Over bool        // goodbye was said, or the connection is lost
	last stage.Stage // the one begun last
}

// NewDialogue returns a Dialogue on a connection of which nothing has been read.
func NewDialogue(c *Conn) Dialogue { return Dialogue{Conn: c, last: stage.Greeting} }

// Begin is [Conn.Begin] and remembers the stage.
func (d *Dialogue) Begin(ctx context.Context, name stage.Stage) (end func()) {
	d.last = name
	return d.Conn.Begin(ctx, name)
}

// BeginAgain begins the last stage again, under which the goodbye is told.
func (d *Dialogue) BeginAgain(ctx context.Context) (end func()) { return d.Conn.Begin(ctx, d.last) }

// Lost notes that the dialogue can't go on after err, and returns it. nil changes
// nothing.
func (d *Dialogue) Lost(err error) error {
	d.Over = d.Over || err != nil
	return err
}

// Send is [Conn.Send]; an error ends the dialogue.
func (d *Dialogue) Send(lines ...string) error { return d.Lost(d.Conn.Send(lines...)) }

// SendProtected is [Conn.SendProtected]; an error ends the dialogue.
func (d *Dialogue) SendProtected(shown, data string) error {
	return d.Lost(d.Conn.SendProtected(shown, data))
}
