package cli

import (
	"sync/atomic"

	"maildoctor/report/term"
)

// curtain hides the display of a run while something else needs the terminal, such
// as a command that asks for a password. It exists before the display does.
type curtain struct {
	before atomic.Pointer[progress] // the display; nil: none
}

// lower runs f while the display is hidden.
func (c *curtain) lower(f func()) {
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
