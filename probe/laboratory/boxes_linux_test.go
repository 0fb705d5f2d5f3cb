package laboratory

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"

	"maildoctor/probe/probetest"
)

// boxPort counts the ports that boxes listen on.
var boxPort atomic.Int64

// boxMark is on packets of a box itself, which no box takes.
const boxMark = 7

// box takes what the customer sends to these TCP ports ("993, 995"; empty: all)
// and gives it to serve, with the address that was meant: on the router as a
// device of the network does, on the customer's own machine as a protection
// program does.
func (w *world) box(h *host, ports string, serve func(client net.Conn, target string)) {
	w.t.Helper()
	port := 20000 + boxPort.Add(1)
	w.handle(h, fmt.Sprintf("0.0.0.0:%d", port), func(c net.Conn) {
		if target, err := target(c.(*net.TCPConn)); err == nil {
			serve(c, target)
		}
	})
	chain := "type nat hook prerouting priority -100; iifname c0"
	if h == w.client {
		chain = fmt.Sprintf("type nat hook output priority -100; meta mark != %d", boxMark)
	}
	which := "meta l4proto tcp"
	if ports != "" {
		which = "tcp dport { " + ports + " }"
	}
	h.nft(fmt.Sprintf("table ip box%d { chain c { %s %s redirect to :%d; }; }", port, chain, which, port))
}

// target returns where a connection was going before it was redirected.
func target(c *net.TCPConn) (string, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return "", err
	}
	var address netip.AddrPort
	controlled := raw.Control(func(fd uintptr) {
		// A sockaddr_in of 16 bytes; Mreq has room for it.
		var m *unix.IPv6Mreq
		if m, err = unix.GetsockoptIPv6Mreq(int(fd), unix.IPPROTO_IP, unix.SO_ORIGINAL_DST); err == nil {
			address = netip.AddrPortFrom(netip.AddrFrom4([4]byte(m.Multiaddr[4:8])), uint16(m.Multiaddr[2])<<8|uint16(m.Multiaddr[3]))
		}
	})
	if controlled != nil {
		return "", controlled
	}
	return address.String(), err
}

// onward connects from a box to where the customer meant.
func (h *host) onward(address string) (c net.Conn, err error) {
	d := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) (failed error) {
		if err := raw.Control(func(fd uintptr) {
			failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_MARK, boxMark)
		}); err != nil {
			return err
		}
		return failed
	}}
	err = h.enter(func() error { c, err = d.Dial("tcp", address); return err })
	return c, err
}

// impostor is a box that opens TLS, with certificates of its own authority for the
// name that the client asks for: from the first byte at the ports where that is
// the custom, else behind STARTTLS.
func (w *world) impostor(h *host, ports string, authority *probetest.CA) {
	w.t.Helper()
	config := &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		c, err := authority.Issue(probetest.Leaf{Names: []string{hello.ServerName}})
		return &c, err
	}}
	w.box(h, ports, func(client net.Conn, target string) {
		_, port, _ := net.SplitHostPort(target)
		server, err := h.onward(target)
		if err != nil {
			server = nobody() // who opens TLS answers first, and asks then
		}
		defer server.Close()
		from := client
		if !slices.Contains([]string{"443", "465", "993", "995"}, port) {
			if from = untilTLS(client, server); from == nil {
				return
			}
		}
		pass(tls.Server(from, config), tls.Client(server, &tls.Config{InsecureSkipVerify: true}))
	})
}

// nobody is a connection whose other end says nothing.
func nobody() net.Conn {
	c, _ := probetest.Pipe(0)
	return c
}

// pass passes on what each side sends until one closes.
func pass(client, server net.Conn) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(server, client)
		server.Close()
	}()
	io.Copy(client, server)
	client.Close()
	<-done
}

// untilTLS passes on what is said until the server has answered STARTTLS or STLS,
// and returns the client's connection behind that; nil where it ends before.
func untilTLS(client, server net.Conn) net.Conn {
	var asked atomic.Bool
	answered := make(chan bool, 1)
	go func() {
		buffer := make([]byte, 16<<10)
		for {
			n, err := server.Read(buffer)
			client.Write(buffer[:n])
			if err != nil || asked.Load() {
				answered <- err == nil
				if err != nil {
					client.Close()
				}
				return
			}
		}
	}()
	lines := bufio.NewReader(client)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			server.Close()
			<-answered
			return nil
		}
		word := strings.ToUpper(strings.TrimSpace(line))
		asked.Store(strings.HasSuffix(word, "STARTTLS") || strings.HasSuffix(word, "STLS"))
		if _, err := io.WriteString(server, line); err != nil {
			return nil
		}
		if asked.Load() {
			if !<-answered {
				return nil
			}
			return &ahead{client, lines}
		}
	}
}

// ahead is a connection of which a reader may hold the next bytes.
type ahead struct {
	net.Conn
	lines *bufio.Reader
}

func (a *ahead) Read(p []byte) (int, error) { return a.lines.Read(p) }

// rewrite is a box that changes the lines of the two sides.
func (w *world) rewrite(ports string, toServer, toClient func(line string) string) {
	w.t.Helper()
	w.box(w.router, ports, func(client net.Conn, target string) {
		server, err := w.router.onward(target)
		if err != nil {
			return
		}
		defer server.Close()
		done := make(chan struct{})
		go func() {
			defer close(done)
			lines(server, client, toServer)
			server.Close()
		}()
		lines(client, server, toClient)
		client.Close()
		<-done
	})
}

// lines copies lines, changed.
func lines(to io.Writer, from io.Reader, change func(string) string) {
	in := bufio.NewReader(from)
	for {
		line, err := in.ReadString('\n')
		if _, failed := io.WriteString(to, change(line)); err != nil || failed != nil {
			return
		}
	}
}

// as leaves a line as it is.
func as(line string) string { return line }

// webProxy is a proxy for the web on the router, at 192.168.1.1:3128, that makes
// connections to these ports alone (RFC 9110 9.3.6). It looks names up itself.
func (w *world) webProxy(ports ...string) {
	w.t.Helper()
	w.handle(w.router, "192.168.1.1:3128", func(client net.Conn) {
		in := bufio.NewReader(client)
		first, err := in.ReadString('\n')
		for line := first; err == nil && strings.TrimSpace(line) != ""; {
			line, err = in.ReadString('\n')
		}
		words := strings.Fields(first)
		if err != nil || len(words) != 3 {
			return
		}
		host, port, _ := net.SplitHostPort(words[1])
		records := w.names[host]
		if words[0] != "CONNECT" || !slices.Contains(ports, port) || len(records) == 0 {
			io.WriteString(client, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
			return
		}
		server, err := w.router.dial("tcp", net.JoinHostPort(strings.TrimPrefix(records[0], "A "), port))
		if err != nil {
			io.WriteString(client, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
			return
		}
		defer server.Close()
		io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
		pass(&ahead{client, in}, server)
	})
	w.env = append(w.env, "HTTPS_PROXY=http://192.168.1.1:3128", "HTTP_PROXY=http://192.168.1.1:3128")
}
