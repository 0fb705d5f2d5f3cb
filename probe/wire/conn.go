package wire

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"maildoctor/probe/stage"
)

// Limits bound what a server may send. Zero members take the defaults.
type Limits struct {
	Line  int   // bytes in a line, without its ending; default 16 KiB
	Lines int   // lines in one reply; default 512
	Total int64 // bytes in one connection; default 1 MiB
}

func (l Limits) orDefault() Limits {
	if l.Line == 0 {
		l.Line = 16 << 10
	}
	if l.Lines == 0 {
		l.Lines = 512
	}
	if l.Total == 0 {
		l.Total = 1 << 20
	}
	return l
}

// Conn is a connection to a mail server. One goroutine may use it at a time.
type Conn struct {
	nc     net.Conn
	r      *bufio.Reader
	limits Limits
	total  int64 // bytes read so far, all layers of one connection
	record func(stage.Line)
	stage  stage.Stage
	match  func(string) bool // lines that must be withheld; nil: none
	ctx    context.Context
}

// New returns a Conn on nc. record gets every line of the dialogue as it may be
// shown, with Line.At left for it to fill in; nil records nothing.
func New(nc net.Conn, limits Limits, record func(stage.Line)) *Conn {
	if record == nil {
		record = func(stage.Line) {}
	}
	c := &Conn{limits: limits.orDefault(), record: record, ctx: context.Background()}
	c.use(nc)
	return c
}

func (c *Conn) use(nc net.Conn) {
	c.nc = nc
	c.r = bufio.NewReaderSize(&meter{c, nc}, 4096)
}

// meter counts what is read and stops at the total.
type meter struct {
	c  *Conn
	nc net.Conn
}

func (m *meter) Read(p []byte) (int, error) {
	left := m.c.limits.Total - m.c.total
	if left <= 0 {
		return 0, stage.Errorf(stage.TooLong, "more than %d bytes on one connection", m.c.limits.Total)
	}
	if int64(len(p)) > left {
		p = p[:left]
	}
	n, err := m.nc.Read(p)
	m.c.total += int64(n)
	return n, err
}

// Begin starts a stage: reads and writes fail when ctx ends. The returned
// function ends the stage; the connection then has no deadline.
func (c *Conn) Begin(ctx context.Context, s stage.Stage) (end func()) {
	nc := c.nc
	c.stage, c.ctx = s, ctx
	if d, ok := ctx.Deadline(); ok {
		nc.SetDeadline(d)
	}
	stop := context.AfterFunc(ctx, func() { nc.SetDeadline(past) })
	return func() {
		if stop() {
			nc.SetDeadline(time.Time{})
		}
	}
}

// past is a deadline that every read and write has missed.
var past = time.Unix(1, 0)

// Underlying returns the connection beneath, to put TLS on it.
func (c *Conn) Underlying() net.Conn { return c.nc }

// Upgrade goes on with nc, in which the old connection is wrapped. What was
// read ahead is dropped; see [Conn.Early].
func (c *Conn) Upgrade(nc net.Conn) { c.use(nc) }

// Early returns what has been read and not been asked for: bytes that a server,
// or somebody on the way, sent behind the reply to STARTTLS.
func (c *Conn) Early() (n int, text string) {
	n = c.r.Buffered()
	b, _ := c.r.Peek(min(n, 120))
	return n, stage.Visible(string(b))
}

// TLS returns the state of the TLS connection; nil where there is none.
func (c *Conn) TLS() *tls.ConnectionState {
	t, ok := c.nc.(interface{ ConnectionState() tls.ConnectionState })
	if !ok {
		return nil
	}
	s := t.ConnectionState()
	return &s
}

// LocalIP returns our address on this connection; nil where it isn't an IP
// connection.
func (c *Conn) LocalIP() net.IP {
	if a, ok := c.nc.LocalAddr().(*net.TCPAddr); ok {
		return a.IP
	}
	return nil
}

// Read returns the number of bytes that the server has sent so far.
func (c *Conn) Read() int64 { return c.total }

// MaxLines is the number of lines that one reply may have.
func (c *Conn) MaxLines() int { return c.limits.Lines }

// Close closes the connection.
func (c *Conn) Close() error { return c.nc.Close() }

// Line is a line that the server sent, without its ending.
type Line struct {
	raw   string
	shown string
}

// Raw is the line as it came. It may repeat a secret: parse it, but never keep
// or show it.
func (l Line) Raw() string { return l.raw }

// Text is the line as it may be kept and shown.
func (l Line) Text() string { return l.shown }

// ReadLine reads one line, ended by LF or CRLF. Its errors are *stage.Error:
// Silent, Stalled, Closed, Reset, TooLong.
func (c *Conn) ReadLine() (Line, error) {
	raw, err := c.readRaw()
	if err != nil {
		return Line{}, err
	}
	l := c.safe(raw)
	c.recordLine(l)
	return l, nil
}

func (c *Conn) recordLine(l Line) {
	out := stage.Line{From: stage.Server, Stage: c.stage, Text: l.shown}
	if c.match != nil && c.match(l.raw) {
		out.Withheld = len(l.raw)
	}
	c.record(out)
}

// readRaw reads a line of bounded length.
func (c *Conn) readRaw() (string, error) {
	var long []byte // only for lines beyond the reader's buffer
	for {
		part, err := c.r.ReadSlice('\n')
		if len(long)+len(part) > c.limits.Line+2 {
			c.record(stage.Line{From: stage.Remark, Stage: c.stage, Text: "a line beyond the limit: not read on"})
			return "", stage.Errorf(stage.TooLong, "a line of more than %d bytes", c.limits.Line)
		}
		switch {
		case err == nil && long == nil:
			return trimEnd(part), nil
		case err == nil:
			return trimEnd(append(long, part...)), nil
		case errors.Is(err, bufio.ErrBufferFull):
			long = append(long, part...)
		default:
			if len(part)+len(long) > 0 {
				c.recordLine(c.safe(string(long) + string(part)))
			}
			return "", c.fault(err, len(part)+len(long) > 0)
		}
	}
}

func trimEnd(b []byte) string {
	s := strings.TrimSuffix(string(b), "\n")
	return strings.TrimSuffix(s, "\r")
}

// Peek waits for the first bytes, up to n of them, without consuming any. It
// returns what has arrived in one piece, made visible, and the error of
// [Conn.ReadLine] where nothing came.
func (c *Conn) Peek(n int) (string, error) {
	if _, err := c.r.Peek(1); err != nil {
		return "", c.fault(err, false)
	}
	b, _ := c.r.Peek(min(n, c.r.Buffered()))
	return string(b), nil
}

// Send writes lines, each with CRLF, in one piece.
func (c *Conn) Send(lines ...string) error {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l)
		b.WriteString("\r\n")
		c.record(stage.Line{From: stage.Client, Stage: c.stage, Text: stage.Visible(l)})
	}
	return c.write(b.String())
}

func (c *Conn) write(s string) error {
	if _, err := io.WriteString(c.nc, s); err != nil {
		e := c.fault(err, false)
		if e.Fault == stage.Silent {
			e.Fault = stage.WriteFailed
		}
		return e
	}
	return nil
}

// Remark adds a remark of our own to the transcript.
func (c *Conn) Remark(text string) {
	c.record(stage.Line{From: stage.Remark, Stage: c.stage, Text: text})
}

// fault classifies an I/O error, specific before general. partial says that
// part of an answer had come.
func (c *Conn) fault(err error, partial bool) *stage.Error { return Fault(err, partial) }

// Fault classifies an error of a connection in use, specific before general.
// partial says that part of an answer had come.
func Fault(err error, partial bool) *stage.Error {
	if e, ok := errors.AsType[*stage.Error](err); ok {
		return e
	}
	f := stage.Closed
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded) && partial:
		f = stage.Stalled
	case errors.Is(err, os.ErrDeadlineExceeded):
		f = stage.Silent
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNABORTED):
		f = stage.Reset
	case errors.Is(err, syscall.ETIMEDOUT):
		f = stage.Stalled
	}
	return &stage.Error{Fault: f, Err: err}
}
