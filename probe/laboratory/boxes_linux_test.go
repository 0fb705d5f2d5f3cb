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

// boxMark marks packets of a box itself, which no box intercepts.
const boxMark = 7

// box intercepts what the customer sends to these TCP ports ("993, 995"; empty:
// all). It gives the connection to serve, with the original destination. On the
// router it acts like a network device, on the customer's own machine like
// protection software.
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

// target returns the original destination of a redirected connection.
func target(c *net.TCPConn) (string, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return "", err
	}
	var address netip.AddrPort
	controlled := raw.Control(func(fd uintptr) {
		// This receives a sockaddr_in of 16 bytes, for which Mreq has room.
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

// onward connects from a box to the original destination.
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

// impostor runs a box that intercepts TLS, with certificates of its own authority
// for the name that the client asks for: with implicit TLS at its usual ports, else
// after STARTTLS.
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
			server = nobody() // an interceptor answers first, and connects to the server later
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

// nobody returns a connection whose other end sends nothing.
func nobody() net.Conn {
	c, _ := probetest.Pipe(0)
	return c
}

// pass forwards what each side sends until one closes.
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

// untilTLS forwards the dialogue until the server has answered STARTTLS or STLS. It
// returns the client's connection after that, or nil if it ends before.
func untilTLS(client, server net.Conn) net.Conn {
	var asked atomic.Bool
	answered := make(chan bool, 1)
	go func() {
		buffer := make([]byte, 16<<10)
		for {
			n, err := server.Read(buffer)
			last := asked.Load() // before the client has the answer, and may ask
			client.Write(buffer[:n])
			if err != nil || last {
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

// ahead is a connection whose next bytes a reader may have buffered.
type ahead struct {
	net.Conn
	lines *bufio.Reader
}

func (a *ahead) Read(p []byte) (int, error) { return a.lines.Read(p) }

// rewrite runs a box that changes the lines of both sides.
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

// as returns a line unchanged.
func as(line string) string { return line }

// webProxy runs an HTTP proxy on the router, at 192.168.1.1:3128, that connects only
// to these ports (RFC 9110 9.3.6). It resolves names itself.
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

// fickle is a box on the way that closes the first connections to these ports at once,
// and passes the others on.
func (w *world) fickle(ports string, failing int64) {
	var n atomic.Int64
	w.box(w.router, ports, func(client net.Conn, target string) {
		if n.Add(1) <= failing {
			return
		}
		server, err := w.router.onward(target)
		if err != nil {
			return
		}
		defer server.Close()
		pass(client, server)
	})
}
