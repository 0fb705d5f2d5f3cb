package laboratory

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"time"

	"maildoctor/probe/probetest"
)

// The rest of the world, if a scenario has one: the servers that maildoctor asks to
// distinguish a fault here from a fault there. Their addresses are in networks that
// really are public, but here all are on the provider's machine.
const (
	gmailHost   = "imap.gmail.com"
	outlookHost = "outlook.office365.com"
	emptyPage   = "www.gstatic.com"
	timeHost    = "pool.ntp.org"

	gmailIP   = "142.250.110.108"
	outlookIP = "52.98.228.242"
	ianaIP    = "192.0.46.8"
	emptyIP   = "142.250.184.195"
	timeIP    = "193.79.237.14"
)

// publicResolvers are open to everybody.
var publicResolvers = []string{"1.1.1.1", "8.8.8.8", "9.9.9.9"}

// strangers describes the rest of the world. The zero value is as usual.
type strangers struct {
	ahead  time.Duration // of all their clocks, compared with this machine's
	noTime bool          // no NTP server answers
}

// internet runs the rest of the world: public resolvers that know the names as they
// are at this moment, two other providers with every mail port, a web page, and the
// time. Unassigned addresses stay silent. The customer's own resolver also learns
// the names of these servers.
func (w *world) internet(s strangers) {
	w.t.Helper()
	w.reaches(append([]string{gmailIP, outlookIP, ianaIP, emptyIP, timeIP}, publicResolvers...)...)
	w.router.ip("route add blackhole default")
	for name, ip := range map[string]string{
		gmailHost: gmailIP, outlookHost: outlookIP, "www.iana.org": ianaIP, emptyPage: emptyIP, timeHost: timeIP,
	} {
		w.names[name] = []string{"A " + ip}
	}
	for _, ip := range publicResolvers {
		w.dnsAt(ip, zone(w.names))
	}
	for host, ip := range map[string]string{gmailHost: gmailIP, outlookHost: outlookIP} {
		w.everyPort(ip, w.tls(fitting(probetest.Leaf{Names: []string{host}}, s.ahead)))
		w.web(ip, s.ahead, probetest.Leaf{Names: []string{host}}, hello)
	}
	w.web(ianaIP, s.ahead, probetest.Leaf{Names: []string{"www.iana.org"}}, hello)
	w.web(emptyIP, s.ahead, probetest.Leaf{Names: []string{emptyPage}}, func(rw http.ResponseWriter, _ *http.Request) {
		rw.WriteHeader(http.StatusNoContent)
	})
	if !s.noTime {
		w.clock(timeIP, s.ahead)
	}
}

// reaches gives the provider's machine further addresses, and the router a route to
// them.
func (w *world) reaches(addresses ...string) {
	w.t.Helper()
	var up, ways []string
	for _, a := range addresses {
		up = append(up, "addr add "+a+"/32 dev eth0")
		ways = append(ways, "route add "+a+"/32 via "+popIP)
	}
	w.server.ip(up...)
	w.router.ip(ways...)
}

// zone converts names to the form of probetest's server.
func zone(names map[string][]string) probetest.Zone {
	z := probetest.Zone{}
	for name, records := range names {
		var n probetest.Name
		for _, r := range records {
			switch kind, value, _ := strings.Cut(r, " "); kind {
			case "A", "AAAA":
				n.Addresses = append(n.Addresses, value)
			case "CNAME":
				n.CNAME = strings.TrimSuffix(value, ".")
			default:
				n.Records = append(n.Records, r)
			}
		}
		z[name] = n
	}
	return z
}

// dnsAt runs a name server of probetest on the provider's machine.
func (w *world) dnsAt(ip string, z probetest.Zone) {
	w.t.Helper()
	d, err := probetest.StartDNSOn(w.server.listenPacket("udp", ip+":53"), w.server.listen("tcp", ip+":53"), z)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(d.Close)
}

// everyPort runs a mail server at every mail port.
func (w *world) everyPort(ip string, config *tls.Config) {
	w.t.Helper()
	for port, c := range map[int]probetest.Config{
		110: {Protocol: probetest.POP3, Security: probetest.StartTLS},
		143: {Protocol: probetest.IMAP, Security: probetest.StartTLS},
		25:  {Protocol: probetest.SMTP, Security: probetest.StartTLS},
		587: {Protocol: probetest.SMTP, Security: probetest.StartTLS},
		465: {Protocol: probetest.SMTP},
		993: {Protocol: probetest.IMAP},
		995: {Protocol: probetest.POP3},
	} {
		c.TLS = config
		w.mail(fmt.Sprintf("%s:%d", ip, port), c)
	}
}

// hello serves a web page.
func hello(rw http.ResponseWriter, _ *http.Request) { io.WriteString(rw, "<h1>Hello</h1>\n") }

// web runs a web server on the provider's machine at the ports 80 and 443, with a
// certificate of this kind. Its clock, and the certificate, are ahead by this much.
func (w *world) web(ip string, ahead time.Duration, leaf probetest.Leaf, page http.HandlerFunc) {
	w.t.Helper()
	w.pages(w.server, ip+":80", ahead, page, nil)
	w.pages(w.server, ip+":443", ahead, page, w.tls(fitting(leaf, ahead)))
}

// pages runs a web server at one port of any machine; without config it has no TLS.
func (w *world) pages(h *host, address string, ahead time.Duration, page http.HandlerFunc, config *tls.Config) {
	w.t.Helper()
	s := &http.Server{ErrorLog: log.New(io.Discard, "", 0), TLSConfig: config, Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
		page(rw, r)
	})}
	l := h.listen("tcp", address)
	if config != nil {
		l = tls.NewListener(l, config)
	}
	w.t.Cleanup(func() { s.Close() })
	go s.Serve(l)
}

// clock runs a time server (RFC 5905 7.3) that is ahead by this much.
func (w *world) clock(ip string, ahead time.Duration) {
	w.t.Helper()
	c := w.server.listenPacket("udp", ip+":123")
	go func() {
		in := make([]byte, 512)
		for {
			n, from, err := c.ReadFrom(in)
			if err != nil {
				return
			}
			if n < 48 {
				continue
			}
			out := make([]byte, 48)
			out[0], out[1], out[2], out[3] = 0x24, 2, 6, 0xec // version 4, server, stratum 2
			now := ntpTime(time.Now().Add(ahead))
			copy(out[24:], in[40:48]) // when the client asked
			for _, at := range []int{16, 32, 40} {
				for i := range 8 {
					out[at+i] = byte(now >> (56 - 8*i))
				}
			}
			c.WriteTo(out, from)
		}
	}()
}

// ntpTime returns seconds since 1900 and their fraction (RFC 5905 6).
func ntpTime(t time.Time) uint64 {
	const since1900 = 2208988800
	return uint64(t.Unix()+since1900)<<32 | uint64(t.Nanosecond())<<32/1e9
}
