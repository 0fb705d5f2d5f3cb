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

// Limits are the limits on what a server may send. Zero members stand for the defaults.
type Limits struct {
	Line  int   // bytes per line, without the line ending; default 16 KiB
	Lines int   // lines per reply; default 512
	Total int64 // bytes per connection; default 1 MiB
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

// Conn is a connection to a mail server. One goroutine may read while another one
// writes, as libraries do. The dialogues use a single goroutine.
type Conn struct {
	r      *bufio.Reader // used only by the reading goroutine
	limits Limits
	total  atomic.Int64 // bytes read so far, across all layers of the connection
	tape   tape

	mu          sync.Mutex
	nc          net.Conn
	frames      []*frame          // the stages in progress, outermost first
	last        stage.Stage       // the last stage that ended
	match       func(string) bool // matches lines that must be withheld; nil: none
	heardLast   []byte            // the end of the preceding lines, to find a secret split across lines
	withholding bool              // withhold everything that the server says
	sent        []string          // words from what was sent with SendProtected, in lower case
	unsent      *stage.Error      // why writing failed; nil: it didn't
	ending      func()            // called before closing; may be nil
}

// New returns a Conn on nc. record receives every line of the dialogue, safe to show,
// one at a time and up to a limit. It has to fill in Line.At, and must not use the
// Conn. If record is nil, nothing is recorded.
func New(nc net.Conn, limits Limits, record func(stage.Line)) *Conn {
	c := &Conn{limits: limits.orDefault(), tape: tape{record: record}}
	c.use(nc)
	return c
}

func (c *Conn) use(nc net.Conn) {
	c.nc = nc
	c.r = bufio.NewReaderSize(&meter{c, nc, socketOf(nc)}, 1024)
}

// meter counts the bytes read and stops at the limit.
type meter struct {
	c      *Conn
	nc     net.Conn
	socket syscall.RawConn // nil if unknown
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
		// Postfix, for one, sends its session tickets and then its first reply under
		// TLS 1.3 as two small writes. It holds back the second until the first is
		// acknowledged (Nagle, RFC 9293 3.7.4).
		acknowledge(m.socket)
	}
	n, err := m.nc.Read(p[:min(int64(len(p)), left)])
	m.c.total.Add(int64(n))
	return n, err
}

// Underlying returns the underlying connection, for a TLS handshake on it.
func (c *Conn) Underlying() net.Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nc
}

// Upgrade replaces the connection by nc, which wraps it. Buffered data is dropped; see
// [Conn.Early]. Stages in progress keep their deadlines.
func (c *Conn) Upgrade(nc net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.use(nc)
	c.rearm()
}

// Early returns the number of buffered bytes that nobody has read, and the beginning of
// them as text that is safe to show. They were sent after the reply to STARTTLS, by the
// server or by someone on the network path.
func (c *Conn) Early() (n int, text string) {
	n = c.r.Buffered()
	b, _ := c.r.Peek(min(n, 120))
	text, _ = c.shown(string(b), c.across(string(b), maxHeard))
	return n, text
}

// Unasked returns an error with fault EarlyData if the server sent unexpected bytes
// before TLS, and records them in the facts. Anyone on the network path can inject such
// bytes, and they would be taken for replies (CVE-2011-0411).
func (c *Conn) Unasked(facts *stage.StartTLSFacts) error {
	n, text := c.Early()
	if n == 0 {
		return nil
	}
	facts.EarlyBytes, facts.EarlyText = n, text
	return stage.Errorf(stage.EarlyData, "%d bytes that nobody asked for, before TLS", n)
}

// TLS returns the state of the TLS connection, or nil without TLS.
func (c *Conn) TLS() *tls.ConnectionState {
	t, ok := c.Underlying().(interface{ ConnectionState() tls.ConnectionState })
	if !ok {
		return nil
	}
	s := t.ConnectionState()
	return &s
}

// LocalIP returns the local IP address of the connection, or nil if it has none.
func (c *Conn) LocalIP() net.IP {
	if a, ok := c.Underlying().LocalAddr().(*net.TCPAddr); ok {
		return a.IP
	}
	return nil
}

// Read returns the number of bytes received so far.
func (c *Conn) Read() int64 { return c.total.Load() }

// MaxLines returns the maximum number of lines in one reply.
func (c *Conn) MaxLines() int { return c.limits.Lines }

// Close closes the connection. It doesn't send a TLS close_notify to a peer that has
// stopped reading, because that would take seconds.
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

// BeforeClose registers f to be called just before [Conn.Close] closes the connection,
// while the kernel's counters are still available. f may be called several times and
// must not use the Conn.
func (c *Conn) BeforeClose(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ending = f
}

// Remark adds a remark by maildoctor to the transcript.
func (c *Conn) Remark(text string) {
	c.say(stage.Line{From: stage.Remark, Text: text})
}

// say records a line under the current stage.
func (c *Conn) say(l stage.Line) {
	l.Stage = c.stage()
	c.tape.add(l)
}
