package laboratory

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"

	"maildoctor/probe/probetest"
)

// proxyPort is the first port of the router that proxies listen on.
const proxyPort = 9000

// proxy intercepts on the router what the client sends to these TCP ports ("587,
// 143"). It gives the connection to serve, with the original destination.
func (w *world) proxy(ports string, serve func(client net.Conn, target string)) {
	w.t.Helper()
	w.proxies++
	port := proxyPort + w.proxies
	w.handle(w.router, fmt.Sprintf("192.168.1.1:%d", port), func(c net.Conn) {
		if target, err := meant(c.(*net.TCPConn)); err == nil {
			serve(c, target)
		}
	})
	w.redirect(ports, port)
}

// meant returns the original destination of a redirected IPv4 connection.
func meant(c *net.TCPConn) (string, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return "", err
	}
	var target string
	controlled := raw.Control(func(fd uintptr) {
		// The kernel fills in a sockaddr_in, for which Mreq has room.
		var m *unix.IPv6Mreq
		if m, err = unix.GetsockoptIPv6Mreq(int(fd), unix.IPPROTO_IP, unix.SO_ORIGINAL_DST); err == nil {
			port := binary.BigEndian.Uint16(m.Multiaddr[2:4])
			target = netip.AddrPortFrom(netip.AddrFrom4([4]byte(m.Multiaddr[4:8])), port).String()
		}
	})
	if controlled != nil {
		return "", controlled
	}
	return target, err
}

// strip runs a middlebox that changes what servers send on these ports.
func (w *world) strip(ports string, change func([]byte) []byte) {
	w.t.Helper()
	w.proxy(ports, func(client net.Conn, target string) {
		server, err := w.router.dial("tcp", target)
		if err != nil {
			return
		}
		defer server.Close()
		relay(client, server, change)
	})
}

// intercept runs a middlebox that intercepts TLS on these ports, with certificates
// that it issues itself for the name that the client asks for.
func (w *world) intercept(ports string, authority *probetest.CA) {
	w.t.Helper()
	config := &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		c, err := authority.Issue(probetest.Leaf{Names: []string{hello.ServerName}})
		return &c, err
	}}
	w.proxy(ports, func(client net.Conn, target string) {
		server, err := w.router.dial("tcp", target)
		if err != nil {
			return
		}
		defer server.Close()
		relay(tls.Server(client, config), tls.Client(server, &tls.Config{InsecureSkipVerify: true}), nil)
	})
}

// relay forwards what each side sends until one closes. A non-nil change is applied
// to what the server sends.
func relay(client, server net.Conn, change func([]byte) []byte) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(server, client)
		server.Close()
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		said := buffer[:n]
		if change != nil {
			said = change(said)
		}
		if _, failed := client.Write(said); err != nil || failed != nil {
			break
		}
	}
	client.Close()
	<-done
}

// reset makes closing a connection reset it.
func reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		t.SetLinger(0)
	}
}
