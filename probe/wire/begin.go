package wire

import (
	"context"
	"fmt"
	"slices"
	"time"

	"maildoctor/probe/stage"
)

// frame is a stage in progress.
type frame struct {
	ctx   context.Context
	stage stage.Stage
}

// past is a deadline that every read and write misses.
var past = time.Unix(1, 0)

// Begin starts a stage. Reads and writes fail once ctx has ended, even later ones for
// which data has already arrived. The returned function ends the stage and restores the
// previous deadline: none, or that of the enclosing stage. Stages may be nested; the
// earliest deadline counts.
func (c *Conn) Begin(ctx context.Context, s stage.Stage) (end func()) {
	f := &frame{ctx: ctx, stage: s}
	c.mu.Lock()
	c.frames = append(c.frames, f)
	c.rearm()
	c.mu.Unlock()
	stop := context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		// The stage may have ended meanwhile. Its end must not change the deadline of
		// the next one.
		if slices.Contains(c.frames, f) {
			c.rearm()
		}
	})
	return func() {
		stop()
		c.mu.Lock()
		defer c.mu.Unlock()
		if i := slices.Index(c.frames, f); i >= 0 {
			c.frames = slices.Delete(c.frames, i, i+1)
			c.last = s
			c.rearm()
		}
	}
}

// rearm sets the deadline required by the stages in progress. The caller must hold the
// lock.
func (c *Conn) rearm() {
	var deadline time.Time
	for _, f := range c.frames {
		if f.ctx.Err() != nil {
			deadline = past
			break
		}
		if d, ok := f.ctx.Deadline(); ok && (deadline.IsZero() || d.Before(deadline)) {
			deadline = d
		}
	}
	// An error means that the connection is closed; the next read reports that.
	_ = c.nc.SetDeadline(deadline)
}

// doneFrame returns a stage in progress whose context has ended, or nil. The caller
// must hold the lock.
func (c *Conn) doneFrame() *frame {
	for _, f := range c.frames {
		if f.ctx.Err() != nil {
			return f
		}
	}
	return nil
}

// over returns an error if the context of a stage in progress has ended. Like the
// connection's own timeout error it wraps os.ErrDeadlineExceeded, and also the
// context's cause.
func (c *Conn) over() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.doneFrame()
	if f == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errTime, context.Cause(f.ctx))
}

// stage returns the stage in progress, or else the last one.
func (c *Conn) stage() stage.Stage {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.frames); n > 0 {
		return c.frames[n-1].stage
	}
	return c.last
}
