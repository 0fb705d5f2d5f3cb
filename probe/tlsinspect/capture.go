package tlsinspect

import (
	"context"
	"net"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"maildoctor/probe/stage"
)

const (
	maxFirst  = 256                    // bytes kept of what the peer sent
	moreWait  = 200 * time.Millisecond // for the rest of a line in clear
	sslv2Sign = 0x80                   // begins a record of SSL 2
)

// capture keeps the first bytes that the peer sends, until it is stopped: a
// peer that doesn't speak TLS says with them what it is.
type capture struct {
	net.Conn
	first   []byte
	stopped atomic.Bool
}

func (c *capture) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 && len(c.first) < maxFirst && !c.stopped.Load() {
		c.first = append(c.first, p[:min(n, maxFirst-len(c.first))]...)
	}
	return n, err
}

// NetConn returns the connection beneath, as that of [tls.Conn] does.
func (c *capture) NetConn() net.Conn { return c.Conn }

func (c *capture) stop() { c.stopped.Store(true) }

// plaintext reports whether what came can't be a TLS record: those begin with a
// content type from 20 to 24 (RFC 8446 B.1).
func (c *capture) plaintext() bool {
	return len(c.first) > 0 && c.first[0] != sslv2Sign && (c.first[0] < 20 || c.first[0] > 24)
}

// line returns the first bytes as text. It waits a moment for the rest of the
// line, as the error came after five bytes.
func (c *capture) line(ctx context.Context) string {
	end := time.Now().Add(moreWait)
	if d, ok := ctx.Deadline(); ok && d.Before(end) {
		end = d
	}
	c.SetReadDeadline(end)
	for len(c.first) < maxFirst && !strings.Contains(string(c.first), "\n") {
		buf := make([]byte, maxFirst-len(c.first))
		n, err := c.Conn.Read(buf)
		c.first = append(c.first, buf[:n]...)
		if err != nil {
			break
		}
	}
	return stage.Visible(withoutTimestamp(strings.TrimRight(string(c.first), "\r\n")))
}

// timestamp is that of an APOP greeting (RFC 1939 7). It is withheld as in the
// dialogue itself: with a digest, it helps to guess a password.
var timestamp = regexp.MustCompile(`<[^>\r\n]*(>|$)`)

func withoutTimestamp(s string) string {
	if !strings.HasPrefix(s, "+OK") {
		return s
	}
	return timestamp.ReplaceAllString(s, "<…>")
}
