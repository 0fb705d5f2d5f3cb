package probe_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/question"
	"maildoctor/probe/probetest"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// guard sits between a client and a server and inspects the TLS records that the client
// sends.
type guard struct {
	net.Conn
	hello func(length int) error // the client sends a handshake record of this length
	write func(length int) bool  // the server sends this many bytes: do they arrive?
	lost  bool
}

func (g *guard) Read(p []byte) (int, error) {
	n, err := g.Conn.Read(p)
	if b := p[:n]; n >= 5 && b[0] == 22 && b[1] == 3 && g.hello != nil {
		if err := g.hello(int(binary.BigEndian.Uint16(b[3:]))); err != nil {
			return 0, err
		}
	}
	return n, err
}

func (g *guard) Write(p []byte) (int, error) {
	if g.lost = g.lost || g.write != nil && !g.write(len(p)); g.lost {
		return len(p), nil // lost data also holds up what follows
	}
	return g.Conn.Write(p)
}

// large is more than a packet of a usual path can hold.
const large = 1400

// onHello calls do for connections whose ClientHello is longer than above.
func onHello(above int, do func(net.Conn)) func(net.Conn) net.Conn {
	return func(c net.Conn) net.Conn {
		return &guard{Conn: c, hello: func(n int) error {
			if n <= above {
				return nil
			}
			do(c)
			return io.EOF
		}}
	}
}

// patient waits briefly before it lets the server greet, and resets connections of
// clients that don't wait.
func patient(c net.Conn) net.Conn {
	c.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
	if _, err := c.Read(make([]byte, 1)); err == nil {
		reset(c)
	}
	c.SetReadDeadline(time.Time{})
	return c
}

func reset(c net.Conn) { probetest.Reset(c) }
func hang(c net.Conn)  { io.Copy(io.Discard, c) }

// loseLarge drops what the server sends in one write if it exceeds a packet.
func loseLarge(c net.Conn) net.Conn {
	return &guard{Conn: c, write: func(n int) bool { return n <= 500 }}
}

// through puts a middlebox between the network and a server.
func (h *healthy) through(i int, address string, between func(net.Conn) net.Conn) {
	server := h.servers[i]
	h.network.Handle(address, func(c net.Conn) { server.ServeConn(between(c)) })
}

// straight dials small segments over a second network without a middlebox.
func (h *healthy) straight(t *testing.T, o *probe.Options) {
	var n probetest.Network
	n.Delay = h.network.Delay
	for i, e := range h.endpoints {
		n.Handle(stage.Endpoint{Host: h.names[e.Host][0], Port: e.Port}.Address(), h.servers[i].ServeConn)
	}
	o.DialSmall = n.Dial
	t.Cleanup(n.Close)
}

type tlsCase struct {
	name     string
	protocol probetest.Protocol
	security probetest.Security
	settings stage.Security
	faults   []probetest.Fault
	without  []string
	change   func(*testing.T, *healthy, *probe.Options)
	cause    cause.ID
	sure     cause.Confidence
	works    string // the follow-up that succeeds
}

// standing puts a middlebox before the only server.
func standing(between func(net.Conn) net.Conn) func(*testing.T, *healthy, *probe.Options) {
	return func(_ *testing.T, h *healthy, _ *probe.Options) {
		e := h.endpoints[0]
		h.through(0, stage.Endpoint{Host: h.names[e.Host][0], Port: e.Port}.Address(), between)
	}
}

// but does the same, except for small segments.
func but(between func(net.Conn) net.Conn) func(*testing.T, *healthy, *probe.Options) {
	return func(t *testing.T, h *healthy, o *probe.Options) {
		h.straight(t, o)
		standing(between)(t, h, o)
	}
}

// instead replaces the only server.
func instead(serve func(net.Conn)) func(*testing.T, *healthy, *probe.Options) {
	return func(_ *testing.T, h *healthy, _ *probe.Options) {
		e := h.endpoints[0]
		h.network.Handle(stage.Endpoint{Host: h.names[e.Host][0], Port: e.Port}.Address(), serve)
	}
}

// weakField responds like a server that supports only a small finite field.
func weakField(c net.Conn) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(c, head); err != nil {
		return
	}
	body := make([]byte, binary.BigEndian.Uint16(head[3:]))
	io.ReadFull(c, body)
	if !bytes.Contains(body, []byte{0x00, 0x9e, 0x00, 0x9f}) { // DHE with AES-GCM
		c.Write([]byte{21, 3, 3, 0, 2, 2, 40})
		return
	}
	hello := append([]byte{3, 3}, make([]byte, 33)...)
	hello = append(hello, 0x00, 0x9e, 0)
	exchange := append([]byte{0, 64, 0x80}, make([]byte, 63)...) // a 512-bit prime
	exchange = append(exchange, 0, 1, 2, 0, 1, 4)
	flight := append([]byte{2, 0, 0, byte(len(hello))}, hello...)
	flight = append(append(flight, 12, 0, 0, byte(len(exchange))), exchange...)
	flight = append(flight, 14, 0, 0, 0)
	c.Write(append([]byte{22, 3, 3, 0, byte(len(flight))}, flight...))
	io.Copy(io.Discard, c)
}

// webServer sends nothing until it receives a request.
func webServer(c net.Conn) {
	b := make([]byte, 4096)
	n, _ := c.Read(b)
	if bytes.HasPrefix(b[:n], []byte("GET / ")) {
		io.WriteString(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
	}
}

// oldTLS limits what the only server accepts.
func oldTLS(change func(*tls.Config)) func(*testing.T, *healthy, *probe.Options) {
	return func(t *testing.T, h *healthy, _ *probe.Options) {
		e := h.endpoints[0]
		cert, err := h.authority.Issue(probetest.Leaf{Names: []string{e.Host}, Key: probetest.RSA2048})
		if err != nil {
			t.Fatal(err)
		}
		config := probetest.TLS(cert)
		change(config)
		security := probetest.ImplicitTLS
		if e.Security == stage.StartTLS {
			security = probetest.StartTLS
		}
		server, err := probetest.New(probetest.Config{Protocol: probetest.Protocol(e.Protocol), Security: security, TLS: config, Library: probetest.LibraryNever})
		if err != nil {
			t.Fatal(err)
		}
		h.servers = append(h.servers, server)
		instead(server.ServeConn)(t, h, nil)
	}
}

// firstOnly affects only the first connection.
func firstOnly(between func(net.Conn) net.Conn) func(net.Conn) net.Conn {
	var n atomic.Int32
	return func(c net.Conn) net.Conn {
		if n.Add(1) == 1 {
			return between(c)
		}
		return c
	}
}

// second gives the host a second, healthy address, with a middlebox before the first.
func second(first, other string, between func(net.Conn) net.Conn) func(*testing.T, *healthy, *probe.Options) {
	return func(_ *testing.T, h *healthy, o *probe.Options) {
		e := h.endpoints[0]
		h.names[e.Host] = []string{first, other}
		h.through(0, stage.Endpoint{Host: first, Port: e.Port}.Address(), between)
		h.through(0, stage.Endpoint{Host: other, Port: e.Port}.Address(), func(c net.Conn) net.Conn { return c })
		dial := h.network.Dial
		o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.Contains(address, other) {
				time.Sleep(time.Millisecond) // the first one is a little nearer
			}
			return dial(ctx, network, address)
		}
	}
}

var tlsCases = []tlsCase{
	{name: "large hello reset", protocol: imap, security: implicit, change: standing(onHello(large, reset)), cause: cause.TLSPQClientHelloIntolerant, sure: cause.Proven},
	{name: "large hello swallowed", protocol: imap, security: implicit, change: standing(onHello(large, hang)), cause: cause.TLSPQClientHelloIntolerant, sure: cause.Proven},
	{name: "large hello reset after STARTTLS", protocol: smtp, security: upgrade, change: standing(onHello(large, reset)), cause: cause.TLSPQClientHelloIntolerant, sure: cause.Proven},
	{name: "large hello swallowed after STLS", protocol: pop, security: upgrade, change: standing(onHello(large, hang)), cause: cause.TLSPQClientHelloIntolerant, sure: cause.Proven},
	{name: "large packets lost on the way there", protocol: imap, security: implicit, change: but(onHello(large, hang)), cause: cause.MTUBlackhole, sure: cause.Proven},
	{name: "large packets lost on the way back", protocol: pop, security: implicit, change: but(loseLarge), cause: cause.MTUBlackhole, sure: cause.Proven},
	{name: "large packets lost after STARTTLS", protocol: smtp, security: upgrade, change: but(onHello(large, hang)), cause: cause.MTUBlackhole, sure: cause.Proven},

	{name: "every hello reset", protocol: imap, security: implicit, change: standing(onHello(0, reset)), cause: cause.TLSHandshakeInterrupted, sure: cause.Proven},
	{name: "every hello swallowed", protocol: pop, security: implicit, change: standing(onHello(0, hang)), cause: cause.AcceptNoGreeting, sure: cause.Proven},
	{name: "every hello reset after STARTTLS", protocol: smtp, security: upgrade, change: standing(onHello(0, reset)), cause: cause.StartTLSAcceptedThenDropped, sure: cause.Proven},
	{name: "closed before TLS", protocol: imap, security: implicit, faults: f(probetest.CloseAtOnce), cause: cause.ConnectionResetAfterAccept, sure: cause.Proven},
	{name: "reset before TLS", protocol: pop, security: implicit, faults: f(probetest.ResetAtOnce), cause: cause.ConnectionResetAfterAccept, sure: cause.Proven},
	{name: "clients that speak first reset, at a port in clear", protocol: imap, security: upgrade, settings: stage.TLS, change: standing(patient), cause: cause.TLSSpokenToPlaintextPort, sure: cause.Proven, works: "imap-993/starttls"},
	{name: "TLS to a port in clear", protocol: smtp, security: upgrade, settings: stage.TLS, cause: cause.TLSSpokenToPlaintextPort, sure: cause.Proven, works: "smtp-587/starttls"},
	{name: "clear text to a port for TLS", protocol: imap, security: implicit, settings: stage.StartTLS, cause: cause.ImplicitTLSPortSpokenPlain, sure: cause.Proven, works: "imap-993/tls"},
	{name: "a web server that waits", protocol: imap, security: upgrade, change: instead(webServer), cause: cause.WrongProtocolOnPort, sure: cause.Likely},

	{name: "TLS 1.0", protocol: imap, security: implicit, change: oldTLS(func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS10 }), cause: cause.TLSServerTooOld, sure: cause.Proven},
	{name: "TLS 1.1 after STARTTLS", protocol: smtp, security: upgrade, change: oldTLS(func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }), cause: cause.TLSServerTooOld, sure: cause.Proven},
	{name: "RSA key exchange alone", protocol: pop, security: implicit, change: oldTLS(func(c *tls.Config) {
		c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
	}), cause: cause.TLSCipherMismatch, sure: cause.Proven},
	{name: "a small finite field alone", protocol: imap, security: implicit, change: instead(weakField), cause: cause.TLSWeakDH, sure: cause.Proven},

	{name: "the offer of STARTTLS taken out", protocol: smtp, security: upgrade, without: []string{"STARTTLS"}, cause: cause.StartTLSStrippedByMiddlebox, sure: cause.Proven},
	{name: "no STARTTLS", protocol: imap, security: upgrade, faults: f(probetest.StartTLSNotOffered), cause: cause.StartTLSNotOfferedByServer, sure: cause.Likely},
	{name: "no STLS", protocol: pop, security: upgrade, faults: f(probetest.StartTLSNotOffered), cause: cause.StartTLSNotOfferedByServer, sure: cause.Likely},

	{name: "one of two cut off", protocol: imap, security: implicit, change: second("192.0.2.1", "192.0.2.2", onHello(0, reset)), cause: cause.LBNodeInconsistent, sure: cause.Proven},
	{name: "one of two silent after STARTTLS", protocol: smtp, security: upgrade, change: second("192.0.2.1", "192.0.2.2", onHello(0, hang)), cause: cause.LBNodeInconsistent, sure: cause.Proven},
	{name: "cut off once", protocol: imap, security: implicit, change: standing(firstOnly(onHello(0, reset))), cause: cause.LBNodeInconsistent, sure: cause.Likely},
	{name: "IPv6 stalls in the handshake", protocol: imap, security: implicit, change: second("2001:db8::1", "192.0.2.2", onHello(0, hang)), cause: cause.IPv6BrokenPath, sure: cause.Likely},
	{name: "IPv6 loses large packets", protocol: imap, security: implicit, change: func(t *testing.T, h *healthy, o *probe.Options) {
		second("2001:db8::1", "192.0.2.2", onHello(large, hang))(t, h, o)
		h.straight(t, o)
	}, cause: cause.MTUBlackhole, sure: cause.Proven},
}

// Follow-ups tell each fault from similar ones.
func TestWhatFollowUpsTellOfTLS(t *testing.T) {
	for _, tt := range tlsCases {
		t.Run(tt.name, func(t *testing.T) {
			c := probetest.Config{Protocol: tt.protocol, Security: tt.security, Mechanisms: []string{"PLAIN"}, Faults: tt.faults, Without: tt.without}
			inBubble(t, []probetest.Config{c}, func(t *testing.T, h *healthy) {
				if tt.settings != "" {
					h.endpoints[0].Security = tt.settings
				}
				opt := h.options()
				opt.System = stage.System{LinkUp: true, Addresses: []string{"192.0.2.99", "2001:db8::99"}}
				if tt.change != nil {
					tt.change(t, h, &opt)
				}
				rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
				id, sure := leading(rec)
				if id != tt.cause || sure != tt.sure {
					t.Errorf("leads with %q (%s), want %q (%s)", id, sure, tt.cause, tt.sure)
					for i := range rec.Checks {
						t.Logf("%s: %s %s", rec.Checks[i].Check.ID, outcome(&rec.Checks[i]), prose.English().Sentence(question.AnswerOf(rec.Checks[i]).Said))
					}
				}
				if q := diagnose.Diagnose(rec).Questions; len(q) > 0 {
					t.Errorf("%d questions stay open: %s", len(q), q[0].Check.ID)
				}
				if tt.works != "" {
					if f := rec.Check(tt.works); f == nil || f.Failed() != nil || f.Result(stage.Login).Status != stage.Pass {
						t.Errorf("%s does not go all the way: %+v", tt.works, f)
					}
				}
			})
		})
	}
}
