package wire

import (
	"bufio"
	"crypto/tls"
	"net"
	"sync"
	"sync/atomic"
	"syscall"

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

// Conn is a connection to a mail server. One goroutine may read from it and
// another write to it at the same time, as libraries do; the dialogues use one.
type Conn struct {
	r      *bufio.Reader // the reader's alone
	limits Limits
	total  atomic.Int64 // bytes read so far, all layers of one connection
	tape   tape

	mu          sync.Mutex
	nc          net.Conn
	frames      []*frame          // the stages that have begun and not ended, outermost first
	last        stage.Stage       // the one that ended last
	match       func(string) bool // lines that must be withheld; nil: none
	heardLast   []byte            // the end of what was heard since, for a secret in pieces
	withholding bool              // nothing that the server says is shown
	sent        []string          // words of what was sent protected, in lower case
	unsent      *stage.Error      // why writing failed; nil: it didn't
	ending      func()            // called before closing; nil: nothing
}

// New returns a Conn on nc. record gets every line of the dialogue as it may be
// shown, with Line.At left for it to fill in, one at a time and up to a limit;
// it must not use the Conn. nil records nothing.
func New(nc net.Conn, limits Limits, record func(stage.Line)) *Conn {
	c := &Conn{limits: limits.orDefault(), tape: tape{record: record}}
	c.use(nc)
	return c
}

func (c *Conn) use(nc net.Conn) {
	c.nc = nc
	c.r = bufio.NewReaderSize(&meter{c, nc, socketOf(nc)}, 4096)
}

// meter counts what is read and stops at the total.
type meter struct {
	c      *Conn
	nc     net.Conn
	socket syscall.RawConn // nil: none that is known
}

func (m *meter) Read(p []byte) (int, error) {
	left := m.c.limits.Total - m.c.total.Load()
	if left <= 0 {
		return 0, stage.Errorf(stage.TooLong, "more than %d bytes on one connection", m.c.limits.Total)
	}
	if err := m.c.over(); err != nil {
		return 0, err
	}
	if m.socket != nil {
		// A server that sends a little and then a little more, as Postfix does with
		// session tickets and its first reply under TLS 1.3, keeps the second back
		// until the first is acknowledged (Nagle, RFC 9293 3.7.4).
		acknowledge(m.socket)
	}
	n, err := m.nc.Read(p[:min(int64(len(p)), left)])
	m.c.total.Add(int64(n))
	return n, err
}

// Underlying returns the connection beneath, to put TLS on it.
func (c *Conn) Underlying() net.Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nc
}

// Upgrade goes on with nc, in which the old connection is wrapped. What was
// read ahead is dropped; see [Conn.Early]. A stage that has begun keeps its
// time.
func (c *Conn) Upgrade(nc net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.use(nc)
	c.rearm()
}

// Early returns what has been read and not been asked for: bytes that a server,
// or somebody on the way, sent behind the reply to STARTTLS. text is the
// beginning of it, made visible.
func (c *Conn) Early() (n int, text string) {
	n = c.r.Buffered()
	b, _ := c.r.Peek(min(n, 120))
	text, _ = c.shown(string(b), c.across(string(b)))
	return n, text
}

// Unasked returns an error, EarlyData, where the server has sent bytes that
// nobody asked for before TLS, and puts them into the facts: anybody on the way
// can send them, and they would be taken for answers (CVE-2011-0411).
func (c *Conn) Unasked(facts *stage.StartTLSFacts) error {
	n, text := c.Early()
	if n == 0 {
		return nil
	}
	facts.EarlyBytes, facts.EarlyText = n, text
	return stage.Errorf(stage.EarlyData, "%d bytes that nobody asked for, before TLS", n)
}

// TLS returns the state of the TLS connection; nil where there is none.
func (c *Conn) TLS() *tls.ConnectionState {
	t, ok := c.Underlying().(interface{ ConnectionState() tls.ConnectionState })
	if !ok {
		return nil
	}
	s := t.ConnectionState()
	return &s
}

// LocalIP returns our address on this connection; nil where it isn't an IP
// connection.
func (c *Conn) LocalIP() net.IP {
	if a, ok := c.Underlying().LocalAddr().(*net.TCPAddr); ok {
		return a.IP
	}
	return nil
}

// Read returns the number of bytes that the server has sent so far.
func (c *Conn) Read() int64 { return c.total.Load() }

// MaxLines is the number of lines that one reply may have.
func (c *Conn) MaxLines() int { return c.limits.Lines }

// Close closes the connection. It says no goodbye in TLS to a peer that takes
// nothing any more, which would cost seconds.
func (c *Conn) Close() error {
	c.mu.Lock()
	nc, failed, ending := c.nc, c.unsent != nil || c.doneFrame() != nil, c.ending
	c.mu.Unlock()
	if ending != nil {
		ending()
	}
	if t, ok := nc.(interface{ NetConn() net.Conn }); ok && failed {
		t.NetConn().Close()
	}
	return nc.Close()
}

// BeforeClose has f called when the connection is about to be closed by [Conn.Close],
// whoever calls that: what the system knows of it is gone afterwards. f may be called
// several times, and must not use the Conn.
func (c *Conn) BeforeClose(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ending = f
}

// Remark adds a remark of our own to the transcript.
func (c *Conn) Remark(text string) {
	c.say(stage.Line{From: stage.Remark, Text: text})
}

// say records a line under the stage that is under way.
func (c *Conn) say(l stage.Line) {
	l.Stage = c.stage()
	c.tape.add(l)
}
