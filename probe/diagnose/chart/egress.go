package chart

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"maildoctor/probe/stage"
)

// Owner returns a key that identifies the provider within a run: its profile or,
// without one, the domain or host.
func (k *Exam) Owner() string {
	switch p := k.Subject.Profile; {
	case p != nil:
		return "profile:" + p.ID
	case k.Subject.Domain != "":
		return "domain:" + k.Subject.Domain
	}
	return "host:" + k.Host()
}

// Banner returns the host name in an SMTP server's clear-text greeting (RFC 5321
// 4.2.2); empty if there is none.
func (k *Exam) Banner() string {
	if k.Check.Endpoint.Protocol != stage.SMTP || k.Check.Endpoint.Security == stage.TLS {
		return ""
	}
	return GreetingName(k.Greet.Lines)
}

// GreetingName returns the host name in an SMTP greeting; empty if there is none.
func GreetingName(lines []string) string {
	if len(lines) == 0 || len(lines[0]) < 4 || !strings.HasPrefix(lines[0], "220") {
		return ""
	}
	name, _, _ := strings.Cut(strings.TrimSpace(lines[0][4:]), " ")
	return strings.ToLower(name)
}

// Reached returns the IP address of the connection used; empty if that isn't known.
func (k *Exam) Reached() string {
	if ip := IPOf(k.Connect.Address); ip != "" {
		return ip
	}
	for _, a := range k.Connect.Attempts {
		if a.Outcome == stage.DialConnected {
			return IPOf(a.Address)
		}
	}
	return ""
}

// nextDoor is a round-trip time too short for any server on the Internet: whatever
// accepts the connection that fast runs on this machine or on its local network.
const nextDoor = time.Millisecond

// TakenNextDoor reports whether a public address accepted the connection sooner than
// any packet can travel there.
func (k *Exam) TakenNextDoor() bool {
	ip, err := netip.ParseAddr(k.Reached())
	if err != nil || !ip.IsGlobalUnicast() || ip.IsLoopback() || AllWithin([]string{ip.String()}, InternalRanges) {
		return false
	}
	trip := k.Connect.RoundTrip
	return trip != nil && *trip > 0 && trip.Duration() < nextDoor
}

// InventedPage reports whether the unexpected web page comes from a name server that
// invents addresses: the page is plain HTTP, made-up names resolve to the same
// address, and that address accepts no mail connection. A sign-in page redirects
// (RFC 6585 6), or answers at every port.
func (c *Case) InventedPage(k *Exam) bool {
	facts := OrEmpty(stage.FactsOf[*stage.FetchFacts](c.Ports.Portal))
	_, strange := c.Invented(k)
	return strange == Yes && facts.Status == 200 && k.Fault(stage.Connect) != "" &&
		slices.Contains(k.Resolve.Addresses, IPOf(facts.Address))
}

// ProxyAnswered reports whether any proxy replied.
func (c *Case) ProxyAnswered() bool {
	return slices.ContainsFunc(c.Ports.Proxies, func(f *stage.CheckRecord) bool { return Tunnelled(f) != Unknown })
}

// sendingPorts summarises the ports of one host from the point of view of sending.
type sendingPorts struct {
	Answers  bool      // a usual port for sending, other than the plan's
	Shut     int       // usual ports for sending that gave no answer, other than the plan's
	Receives bool      // a port for receiving answers
	Spare    doorState // port 2525
}

func (c *Case) SendingAround(k *Exam) (s sendingPorts) {
	for _, d := range c.Ports.by[k.Host()] {
		switch {
		case d.Protocol == stage.SMTP && d.Port == SparePort:
			s.Spare = d.State
		case d.Protocol == stage.SMTP && d.followUp:
			s.Answers = s.Answers || d.State != PortSilent
			s.Shut += Truth(d.State == PortSilent && !d.aside())
		case d.Protocol.Receives():
			s.Receives = s.Receives || d.State != PortSilent
		}
	}
	return s
}

// Nobody returns the follow-up at an unassigned address, if something accepted the
// connection there; else nil.
func (c *Case) Nobody(k *Exam) *Exam {
	f := c.FollowUp(k, stage.AskNobody)
	if f == nil {
		return nil
	}
	if TookConnection(f) {
		o := NewExam(f, k.Index, nil)
		o.unnamed = k.unnamed
		return o
	}
	return nil
}

// Forged reports whether the certificate was made for the requested name by an
// issuer that is on no public list. Two other causes cover whoever does that:
// interception and a private authority.
func (k *Exam) Forged() bool {
	return k.Foreign() && !k.Has(stage.CertNameMismatch, stage.CertNoNames, stage.CertSelfSigned)
}

// Unrelated reports whether two host names belong to different domains.
func Unrelated(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	return len(x) > 1 && len(y) > 1 && !slices.Equal(x[len(x)-2:], y[len(y)-2:])
}

// Noise reports whether the answer to a ClientHello is neither TLS nor the text of
// any protocol: some of the first bytes are not printable.
func (k *Exam) Noise() bool {
	first := k.TLS.FirstBytes
	return k.Fault(stage.Handshake) == stage.PlaintextAnswer && Spoken(first) == "" && strings.Contains(first, `\x`)
}

// ProxyName returns host:port of a proxy's URL.
func ProxyName(url string) string { return strings.TrimPrefix(url, "http://") }

// Beside reports whether one of these addresses is in a network that this machine is
// attached to.
func (c *Case) Beside(addresses []string) bool {
	return slices.ContainsFunc(addresses, func(a string) bool {
		return slices.ContainsFunc(c.Record.Header.System.Addresses, func(own string) bool { return SameBlock(a, own) })
	})
}

// SameBlock reports whether two addresses are in the same block of the usual size:
// 256 addresses for IPv4, a /64 for IPv6 (RFC 4291 2.5.4).
func SameBlock(a, b string) bool {
	x, err := netip.ParseAddr(a)
	if err != nil {
		return false
	}
	y, err := netip.ParseAddr(b)
	if err != nil {
		return false
	}
	x, y = x.Unmap().WithZone(""), y.Unmap().WithZone("")
	bits := 64
	if x.Is4() {
		bits = 24
	}
	block, err := x.Prefix(bits)
	return err == nil && block.Contains(y)
}

// noContent is the HTTP status of the empty page that the portal check requests (RFC
// 9110 15.3.5).
const noContent = 204

// Portal reports whether another page was received instead of the requested empty
// one: yes, no, or inconclusive.
func Portal(f *stage.CheckRecord) Answer {
	facts := OrEmpty(stage.FactsOf[*stage.FetchFacts](f))
	switch s := facts.Status; {
	case s >= 300 && s < 400, s == 200 && facts.Bytes > 0, s == 511: // RFC 6585 6
		return Yes
	case s == noContent, s == 200:
		return No
	}
	return Unknown
}

// Tunnelled says whether a proxy made a connection: yes, no, or no word from it.
func Tunnelled(f *stage.CheckRecord) Answer {
	switch s := OrEmpty(stage.FactsOf[*stage.FetchFacts](f)).Status; {
	case s >= 200 && s < 300: // RFC 9110 9.3.6
		return Yes
	case s != 0:
		return No
	}
	return Unknown
}
