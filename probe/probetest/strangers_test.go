package probetest_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"maildoctor/probe/probetest"
)

func startStrange(t *testing.T, c probetest.ProviderConfig) *probetest.Provider {
	t.Helper()
	c.Strangers, c.Web = true, true
	p, err := probetest.StartProvider(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// dialName connects to an address of a name over the provider's network.
func dialName(t *testing.T, p *probetest.Provider, network, name, port string) net.Conn {
	t.Helper()
	addresses := resolve(t, p, name)
	if len(addresses) != 1 {
		t.Fatalf("%s has addresses %v", name, addresses)
	}
	conn, err := p.Dial(t.Context(), network, net.JoinHostPort(addresses[0], port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// fetched asks a web server for a page, and returns its status and date.
func fetched(t *testing.T, conn net.Conn) (int, time.Time) {
	t.Helper()
	if _, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, date
}

func near(t *testing.T, what string, got time.Time, ahead time.Duration) {
	t.Helper()
	if off := time.Until(got.Add(-ahead)); off.Abs() > time.Minute {
		t.Errorf("%s: the time there is off by %v", what, off)
	}
}

// TestStrangers uses each third party for its purpose.
func TestStrangers(t *testing.T) {
	const ahead = -30 * 24 * time.Hour
	p := startStrange(t, probetest.ProviderConfig{Ahead: ahead})
	s := p.Strangers
	for _, port := range []string{"25", "993", "2525"} {
		dialName(t, p, "tcp", s.Host, port)
	}
	status, date := fetched(t, dialName(t, p, "tcp", "portal.control.test", "80"))
	if status != http.StatusNoContent {
		t.Errorf("the portal answers %d", status)
	}
	near(t, "portal", date, ahead)

	conn := dialName(t, p, "udp", s.Time, "123")
	question := make([]byte, 48)
	question[0] = 4<<3 | 3
	copy(question[40:], "transmit")
	if _, err := conn.Write(question); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 512)
	n, err := conn.Read(answer)
	if err != nil || n != 48 || string(answer[24:32]) != "transmit" || answer[0]&7 != 4 {
		t.Fatalf("answer of %d bytes, %v: %x", n, err, answer[:n])
	}
	near(t, "time server", time.Unix(int64(binary.BigEndian.Uint32(answer[40:]))-2208988800, 0), ahead)

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if conn, err := p.Dial(ctx, "tcp", s.Nobody+":993"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nobody answers: %v, %v", conn, err)
	}
}

// TestClosedWorld checks that with third parties nothing on this machine is dialled
// except what the provider has there.
func TestClosedWorld(t *testing.T) {
	p := startStrange(t, probetest.ProviderConfig{})
	ln, err := net.Listen("tcp", p.Endpoints[0].Listen.Addr().String()+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if conn, err := p.Dial(t.Context(), "tcp", ln.Addr().String()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a port that is no endpoint's: %v, %v", conn, err)
	}
	if conn, err := p.Dial(t.Context(), "tcp", "198.51.100.1:993"); !errors.Is(err, syscall.ENETUNREACH) {
		t.Errorf("somebody outside: %v, %v", conn, err)
	}
	conn, err := p.Dial(t.Context(), "tcp", p.Issuers.Base()[len("http://"):])
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

// TestWeb: a host's web server has the certificate of its mail server.
func TestWeb(t *testing.T) {
	p := startStrange(t, probetest.ProviderConfig{})
	host := p.Endpoints[1].Host
	config := &tls.Config{RootCAs: p.Root.Pool(), ServerName: host}
	web := tls.Client(dialName(t, p, "tcp", host, "443"), config)
	status, date := fetched(t, web)
	near(t, "web", date, 0)
	if status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	mail := tls.Client(dialName(t, p, "tcp", host, "993"), config)
	if err := mail.Handshake(); err != nil {
		t.Fatal(err)
	}
	if !web.ConnectionState().PeerCertificates[0].Equal(mail.ConnectionState().PeerCertificates[0]) {
		t.Error("two certificates")
	}
	if status, _ := fetched(t, dialName(t, p, "tcp", host, "80")); status != http.StatusOK {
		t.Errorf("in clear: status %d", status)
	}
}

// TestElsewhere: other name servers say the same, but where they are told to say
// otherwise.
func TestElsewhere(t *testing.T) {
	p := startStrange(t, probetest.ProviderConfig{
		DNS: map[string]probetest.Name{
			"pop.example.test": {Fault: probetest.DNSServFail}, "mail.example.test": {Fault: probetest.DNSNXDomain},
		},
		Elsewhere: map[string]probetest.Name{"pop.example.test": {}},
	})
	for name, want := range map[string][2]int{
		"pop.example.test":  {dns.RcodeServerFailure, dns.RcodeSuccess},
		"mail.example.test": {dns.RcodeNameError, dns.RcodeNameError},
		"smtp.example.test": {dns.RcodeSuccess, dns.RcodeSuccess},
		"www.control.test":  {dns.RcodeSuccess, dns.RcodeSuccess},
		"no.such.test":      {dns.RcodeNameError, dns.RcodeNameError},
	} {
		for i, server := range []string{p.Resolver, p.Strangers.Resolver} {
			reply, err := ask(t, "udp", server, name, dns.TypeA)
			if err != nil || reply.Rcode != want[i] || (reply.Rcode == dns.RcodeSuccess) != (len(reply.Answer) == 1) {
				t.Errorf("%s at %d: %v, %v", name, i, reply, err)
			}
		}
	}
}
