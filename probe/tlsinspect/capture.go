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
	moreWait  = 200 * time.Millisecond // for the rest of a cleartext line
	sslv2Sign = 0x80                   // first byte of an SSL 2 record
)

// capture keeps the first bytes that the peer sends, until it is stopped. They tell
// what a peer is that doesn't speak TLS.
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

// NetConn returns the underlying connection, like the method of [tls.Conn].
func (c *capture) NetConn() net.Conn { return c.Conn }

func (c *capture) stop() { c.stopped.Store(true) }

// plaintext reports whether the received bytes can't be a TLS record, which begins with
// a content type from 20 to 24 (RFC 8446 B.1).
func (c *capture) plaintext() bool {
	return len(c.first) > 0 && c.first[0] != sslv2Sign && (c.first[0] < 20 || c.first[0] > 24)
}

// line returns the first bytes as text. It waits briefly for the rest of the line,
// because crypto/tls fails after five bytes.
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

// timestamp matches the timestamp of an APOP greeting (RFC 1939 7). It is withheld as
// in the POP3 dialogue: together with a digest, it helps to guess a password.
var timestamp = regexp.MustCompile(`<[^>\r\n]*(>|$)`)

func withoutTimestamp(s string) string {
	if !strings.HasPrefix(s, "+OK") {
		return s
	}
	return timestamp.ReplaceAllString(s, "<…>")
}
