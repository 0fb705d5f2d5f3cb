package probetest

import (
	"net"
	"os"
	"syscall"
	"time"
)

// window is how many bytes one direction of a [Pipe] holds before Write blocks, which
// limits the memory that an endless sender uses.
const window = 256 << 10

// Addresses of the two ends of a [Pipe], on which nothing listens.
var (
	pipeClient = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 49152}
	pipeServer = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 40000}
)

// Pipe returns the two ends of a connection in memory. Unlike net.Pipe it is buffered:
// what is written at t can be read at t+delay, and any number of writes may be in
// flight. Close and [Reset] take effect after the data. Deadlines are supported, even
// one in the past that is set during a Read. In a testing/synctest bubble the times are
// exact.
//
// Both ends have the addresses of loopback TCP connections; see [PipeBetween].
func Pipe(delay time.Duration) (client, server net.Conn) {
	return PipeBetween(delay, pipeClient, pipeServer)
}

// PipeBetween is like [Pipe], with the given addresses for the two ends.
func PipeBetween(delay time.Duration, clientAddr, serverAddr *net.TCPAddr) (client, server net.Conn) {
	up, down := newQueue(delay), newQueue(delay)
	client = &pipeConn{in: down, out: up, local: clientAddr, remote: serverAddr}
	server = &pipeConn{in: up, out: down, local: serverAddr, remote: clientAddr}
	return client, server
}

// Reset closes conn so that the other end's Read fails with ECONNRESET after it has
// read what was sent before. It works on the ends of a [Pipe] and on TCP connections
// (for which the kernel may drop unread data). For other connections, and those with
// TLS, it only closes the underlying connection.
func Reset(conn net.Conn) error {
	for {
		under, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		conn = under.NetConn()
	}
	switch c := conn.(type) {
	case *pipeConn:
		return c.end(syscall.ECONNRESET)
	case *net.TCPConn:
		if err := c.SetLinger(0); err != nil {
			return err
		}
	}
	return conn.Close()
}

// pipeConn is one end. It reads from one queue and writes to the other.
type pipeConn struct {
	in, out       *queue
	local, remote *net.TCPAddr
}

func (c *pipeConn) Read(p []byte) (int, error) {
	n, err := c.in.read(p)
	return n, c.wrap("read", err)
}

func (c *pipeConn) Write(p []byte) (int, error) {
	n, err := c.out.write(p)
	return n, c.wrap("write", err)
}

// Close closes both directions. The other end reads what is in flight, then io.EOF.
func (c *pipeConn) Close() error { return c.end(errEOF) }

func (c *pipeConn) end(behind error) error {
	if !c.out.finish(behind) {
		return c.wrap("close", net.ErrClosed)
	}
	c.in.abandon()
	return nil
}

// wrap returns an error in the form that it has on a TCP connection.
func (c *pipeConn) wrap(op string, err error) error {
	switch err {
	case nil, errEOF:
		return err
	case syscall.ECONNRESET, syscall.EPIPE:
		err = os.NewSyscallError(op, err)
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

func (c *pipeConn) LocalAddr() net.Addr  { return c.local }
func (c *pipeConn) RemoteAddr() net.Addr { return c.remote }

func (c *pipeConn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

func (c *pipeConn) SetReadDeadline(t time.Time) error {
	c.in.setDeadline(t, &c.in.readBy)
	return nil
}

func (c *pipeConn) SetWriteDeadline(t time.Time) error {
	c.out.setDeadline(t, &c.out.writeBy)
	return nil
}
