package probetest

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// Addresses of this machine on a [Network].
var (
	ourIPv4 = net.IPv4(192, 168, 1, 23)
	ourIPv6 = net.ParseIP("fd00::23")
)

// accept makes the connection and starts its handler. It returns nil if the network is
// closed.
func (n *Network) accept(to netip.AddrPort, handler func(net.Conn)) net.Conn {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ended {
		return nil
	}
	from := &net.TCPAddr{IP: ourIPv4, Port: 49152 + n.made%16000}
	if to.Addr().Is6() {
		from.IP = ourIPv6
	}
	near, far := PipeBetween(n.Delay, from, net.TCPAddrFromAddrPort(to))
	if n.far == nil {
		n.far = map[net.Conn]bool{}
	}
	n.far[far] = true
	n.made++
	n.open++
	n.serve.Go(func() {
		// The client is connected when SYN-ACK arrives, the server one way later.
		time.Sleep(n.Delay)
		handler(far)
		far.Close()
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.far, far)
	})
	return &countedConn{Conn: near, closed: func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.open--
	}}
}

// countedConn is a connection that is counted until the client closes it.
type countedConn struct {
	net.Conn
	once   sync.Once
	closed func()
}

func (c *countedConn) Close() error {
	c.once.Do(c.closed)
	return c.Conn.Close()
}

// NetConn returns the underlying connection, for [Reset].
func (c *countedConn) NetConn() net.Conn { return c.Conn }
