package wire

import (
	"bytes"
	"net"
	"time"

	"maildoctor/probe/stage"
)

// Library returns the connection as a net.Conn for a library that reads in one
// goroutine and writes in another. Reads return prelude first. What the library sends
// and receives is recorded line by line, and the limit on the total still applies. The
// deadlines of the stages apply; those that the library sets are ignored.
//
// Errors of Read are those of the connection, or the *stage.Error for the total;
// [Fault] classifies them. Close closes the connection. Nothing else may read from the
// Conn meanwhile.
func (c *Conn) Library(prelude string) net.Conn {
	return &libraryConn{Conn: c.Underlying(), c: c, prelude: []byte(prelude)}
}

type libraryConn struct {
	net.Conn
	c        *Conn
	prelude  []byte // used only by the library's reader, as is received
	received lineSplitter
	sent     lineSplitter // used only by the library's writer
}

func (l *libraryConn) Read(p []byte) (int, error) {
	if len(l.prelude) > 0 {
		n := copy(p, l.prelude)
		l.prelude = l.prelude[n:]
		return n, nil
	}
	n, err := l.c.r.Read(p)
	if l.c.tape.off() {
		return n, l.c.cause(err)
	}
	l.received.add(p[:n], l.c.limits.Line, l.heard)
	if err != nil {
		l.received.flush(l.heard)
	}
	return n, l.c.cause(err)
}

func (l *libraryConn) heard(line string) { l.c.recordLine(l.c.safe(line)) }

func (l *libraryConn) Write(p []byte) (int, error) {
	if err := l.c.over(); err != nil {
		return 0, err
	}
	if !l.c.tape.off() {
		l.sent.add(p, l.c.limits.Line, func(line string) {
			l.c.say(stage.Line{From: stage.Client, Text: stage.Visible(line)})
		})
	}
	return l.Conn.Write(p)
}

// Close is like [Conn.Close].
func (l *libraryConn) Close() error { return l.c.Close() }

func (*libraryConn) SetDeadline(time.Time) error      { return nil }
func (*libraryConn) SetReadDeadline(time.Time) error  { return nil }
func (*libraryConn) SetWriteDeadline(time.Time) error { return nil }

// lineSplitter splits a stream into lines. Lines beyond the limit are truncated.
type lineSplitter struct{ rest []byte }

func (s *lineSplitter) add(p []byte, limit int, line func(string)) {
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n') + 1
		piece := p
		if end > 0 {
			piece = p[:end]
		}
		s.rest = append(s.rest, piece[:min(len(piece), limit+2-len(s.rest))]...)
		if end == 0 {
			return
		}
		s.flush(line)
		p = p[end:]
	}
}

// flush passes on a last line without a line ending.
func (s *lineSplitter) flush(line func(string)) {
	if len(s.rest) > 0 {
		line(string(trim(s.rest)))
		s.rest = s.rest[:0]
	}
}
