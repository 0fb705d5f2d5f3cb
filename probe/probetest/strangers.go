package probetest

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"time"
)

// Strangers are the third parties beside a [Provider], which follow-ups contact to tell
// faults of the provider from faults of the network path. They have documentation
// addresses (RFC 5737), which are reachable only through [Provider.Dial]. Only the name
// server listens on loopback.
type Strangers struct {
	Resolver string // address and port of another operator's name server
	Name     string // a name that always exists
	Host     string // accepts connections on all usual mail ports
	Portal   string // URL of an empty page (HTTP 204)
	Time     string // host of a time server (RFC 5905)
	Nobody   string // an IP address that never responds
}

// strange holds the names and addresses of the third parties.
var strange = Strangers{
	Name: "www.control.test", Host: "mail.control.test", Portal: "http://portal.control.test/", Time: "time.control.test",
	Nobody: "192.0.2.1",
}

var strangeAddresses = map[string]string{
	strange.Name: "203.0.113.10", strange.Host: "203.0.113.25", "portal.control.test": "203.0.113.80", strange.Time: "203.0.113.123",
}

// StrangeNames returns the names that the name servers know in addition to the
// provider's, with [ProviderConfig.Strangers].
func StrangeNames() []string {
	return []string{strange.Name, strange.Host, "portal.control.test", strange.Time}
}

// mailPorts are the ports of RFC 8314 and the protocols' RFCs, and one that some
// providers offer for networks that block the others.
var mailPorts = []int{25, 110, 143, 465, 587, 993, 995, 2525}

// startStrangers adds the third parties to the provider's network.
func (p *Provider) startStrangers() error {
	if !p.config.Strangers {
		return nil
	}
	zone := p.zone()
	for name, n := range p.config.Elsewhere {
		zone[name] = p.withOwn(name, n)
	}
	var err error
	if p.elsewhere, err = StartDNS(zone); err != nil {
		return err
	}
	s := strange
	s.Resolver = p.elsewhere.Addr()
	p.Strangers = &s
	at := func(host string, port int, serve func(net.Conn)) {
		p.network.Handle(net.JoinHostPort(strangeAddresses[host], strconv.Itoa(port)), serve)
	}
	for _, port := range mailPorts {
		at(s.Host, port, func(c net.Conn) { io.Copy(io.Discard, c) })
	}
	at("portal.control.test", 80, p.webServer(http.StatusNoContent))
	at(s.Time, 123, p.timeServer)
	p.network.Fail(s.Nobody, Drop)
	return nil
}

// startWeb gives each host a web server with the certificate of its mail server.
func (p *Provider) startWeb() error {
	if !p.config.Web {
		return nil
	}
	plain := p.webServer(http.StatusOK)
	config := &tls.Config{GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if c, ok := p.certificates[h.ServerName]; ok {
			return &c, nil
		}
		return nil, fmt.Errorf("no certificate for %q", h.ServerName)
	}}
	for _, addr := range p.hosts {
		p.network.Handle(netip.AddrPortFrom(addr, 80).String(), plain)
		p.network.Handle(netip.AddrPortFrom(addr, 443).String(), func(c net.Conn) { plain(tls.Server(c, config)) })
	}
	return nil
}

// webServer handles one request on a connection, with the Date that
// [ProviderConfig.Ahead] gives.
func (p *Provider) webServer(status int) func(net.Conn) {
	return func(c net.Conn) {
		r, err := http.ReadRequest(bufio.NewReader(c))
		if err != nil {
			return
		}
		r.Body.Close()
		date := time.Now().Add(p.config.Ahead).UTC().Format(http.TimeFormat)
		fmt.Fprintf(c, "HTTP/1.1 %d %s\r\nDate: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status, http.StatusText(status), date)
	}
}

// Values in a time server's response (RFC 5905 7.3).
const (
	timePacket = 48
	timeServes = 4<<3 | 4 // version 4, mode 4: a server
	sinceNTP   = 2208988800
)

// timeServer answers requests for the time.
func (p *Provider) timeServer(c net.Conn) {
	question := make([]byte, timePacket)
	for {
		if _, err := io.ReadFull(c, question); err != nil {
			return
		}
		now := time.Now().Add(p.config.Ahead)
		answer := make([]byte, timePacket)
		answer[0], answer[1], answer[2], answer[3] = timeServes, 2, 6, 0xec // stratum, poll, precision of a microsecond
		putTime(answer[16:], now.Add(-time.Minute))                         // when its clock was last set
		copy(answer[24:], question[40:])                                    // origin: the request's transmit time
		putTime(answer[32:], now)
		putTime(answer[40:], now)
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}

// putTime writes a timestamp: seconds since 1900 and a 32-bit fraction.
func putTime(b []byte, t time.Time) {
	binary.BigEndian.PutUint32(b, uint32(t.Unix()+sinceNTP))
	binary.BigEndian.PutUint32(b[4:], uint32(uint64(t.Nanosecond())<<32/uint64(time.Second)))
}
