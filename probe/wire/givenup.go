package wire

import (
	"errors"
	"os"
	"regexp"
	"time"
)

// parting matches lines with which servers end an idle session (RFC 9051 7.1.5, RFC
// 5321 3.8, RFC 1939 3).
var parting = regexp.MustCompile(`(?i)^(?:\* BYE\b|421[ -]|-ERR\b)`)

// GivenUp reports whether the server has closed the connection, or announced it, while
// no command was pending. No stage may be in progress. Data that has arrived is not
// consumed.
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
