package display

import (
	"sync/atomic"

	"maildoctor/report/term"
)

// Curtain hides the display of a run while something else needs the terminal, such
// as a command that asks for a password. It exists before the display does.
type Curtain struct {
	before atomic.Pointer[Display] // the display; nil: none
}

// Cover puts the curtain before a display.
func (c *Curtain) Cover(d *Display) { c.before.Store(d) }

// Lower runs f while the display is hidden.
func (c *Curtain) Lower(f func()) {
	p := c.before.Load()
	if p == nil {
		f()
		return
	}
	gone := make(chan struct{})
	p.send(func(t *term.Progress) { t.Hide(); close(gone) })
	select {
	case <-gone:
	case <-p.ended:
	}
	defer p.send(func(t *term.Progress) { t.Show() })
	f()
}
