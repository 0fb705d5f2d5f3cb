package wire

import (
	"errors"
	"os"
	"regexp"
	"time"
)

// parting is how servers of the three protocols say that they won't wait any longer
// (RFC 9051 7.1.5, RFC 5321 3.8, RFC 1939 3).
var parting = regexp.MustCompile(`(?i)^(?:\* BYE\b|421[ -]|-ERR\b)`)

// GivenUp looks whether the server has hung up, or said that it does, while nothing
// was asked of it. No stage may be under way. What has come is not consumed.
func (c *Conn) GivenUp() bool {
	c.mu.Lock()
	err := c.nc.SetReadDeadline(time.Now().Add(time.Millisecond))
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.rearm()
	}()
	if err != nil {
		return true
	}
	if _, err = c.r.Peek(1); err != nil {
		return !errors.Is(err, os.ErrDeadlineExceeded)
	}
	b, _ := c.r.Peek(c.r.Buffered())
	return parting.Match(b)
}
