package wire

import (
	"context"
	"fmt"
	"slices"
	"time"

	"maildoctor/probe/stage"
)

// frame is a stage that has begun and not ended.
type frame struct {
	ctx   context.Context
	stage stage.Stage
}

// past is a deadline that every read and write has missed.
var past = time.Unix(1, 0)

// Begin starts a stage: reads and writes fail when ctx ends, also those that
// come later and would find an answer waiting. The returned function ends the
// stage, and gives back what held before: no deadline, or that of the stage
// around this one. Stages may be nested; the strictest counts.
func (c *Conn) Begin(ctx context.Context, s stage.Stage) (end func()) {
	f := &frame{ctx: ctx, stage: s}
	c.mu.Lock()
	c.frames = append(c.frames, f)
	c.rearm()
	c.mu.Unlock()
	stop := context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		// The stage may have ended meanwhile and the next one have begun, whose
		// time this is not.
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

// rearm sets the deadline that the stages under way ask for. It needs the lock.
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
	// The error says that the connection is closed, as the next read will.
	_ = c.nc.SetDeadline(deadline)
}

// doneFrame returns a stage under way whose time is over; nil if there is none.
// It needs the lock.
func (c *Conn) doneFrame() *frame {
	for _, f := range c.frames {
		if f.ctx.Err() != nil {
			return f
		}
	}
	return nil
}

// over returns the error of a stage under way whose time is over, else nil. It
// wraps os.ErrDeadlineExceeded, as the connection's own error does, and the
// cause of the end.
func (c *Conn) over() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.doneFrame()
	if f == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errTime, context.Cause(f.ctx))
}

// stage is the stage under way, or the last one that was.
func (c *Conn) stage() stage.Stage {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.frames); n > 0 {
		return c.frames[n-1].stage
	}
	return c.last
}
