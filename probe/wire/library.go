package wire

import (
	"bytes"
	"io"
	"net"
	"time"

	"maildoctor/probe/stage"
)

// Library returns the connection as a net.Conn for a library that wants to
// speak on it. Reads yield prelude first. What the library sends and gets is
// recorded line by line, the total stays bounded, and the deadlines stay ours:
// those that the library sets are ignored. Close closes the connection.
func (c *Conn) Library(prelude string) net.Conn {
	return &libraryConn{Conn: c.nc, c: c, prelude: []byte(prelude)}
}

type libraryConn struct {
	net.Conn
	c        *Conn
	prelude  []byte
	sent     lineSplitter // used by the library's writer alone
	received lineSplitter // used by the library's reader alone
}

func (l *libraryConn) Read(p []byte) (int, error) {
	if len(l.prelude) > 0 {
		n := copy(p, l.prelude)
		l.prelude = l.prelude[n:]
		return n, nil
	}
	n, err := l.c.r.Read(p)
	l.received.add(p[:n], l.c.limits.Line, func(line string) {
		l.c.recordLine(l.c.safe(line))
	})
	return n, err
}

func (l *libraryConn) Write(p []byte) (int, error) {
	l.sent.add(p, l.c.limits.Line, func(line string) {
		l.c.record(stage.Line{From: stage.Client, Stage: l.c.stage, Text: stage.Visible(line)})
	})
	return l.Conn.Write(p)
}

func (*libraryConn) SetDeadline(time.Time) error      { return nil }
func (*libraryConn) SetReadDeadline(time.Time) error  { return nil }
func (*libraryConn) SetWriteDeadline(time.Time) error { return nil }

var _ io.ReadWriteCloser = (*libraryConn)(nil)

// lineSplitter cuts a stream into lines of bounded length.
type lineSplitter struct{ rest []byte }

func (s *lineSplitter) add(p []byte, limit int, line func(string)) {
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			if len(s.rest) < limit {
				s.rest = append(s.rest, p[:min(len(p), limit-len(s.rest))]...)
			}
			return
		}
		line(trimEnd(append(s.rest, p[:i]...)))
		s.rest, p = s.rest[:0], p[i+1:]
	}
}
