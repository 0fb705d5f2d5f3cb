package chart

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"maildoctor/probe/stage"
)

// Owner tells the providers of a run apart: by profile or, without one, by
// domain or host.
func (k *Exam) Owner() string {
	switch p := k.Subject.Profile; {
	case p != nil:
		return "profile:" + p.ID
	case k.Subject.Domain != "":
		return "domain:" + k.Subject.Domain
	}
	return "host:" + k.Host()
}

// Banner returns the host name with which an SMTP server greets in clear text
// (RFC 5321 4.2.2); empty for none.
func (k *Exam) Banner() string {
	if k.Check.Endpoint.Protocol != stage.SMTP || k.Check.Endpoint.Security == stage.TLS {
		return ""
	}
	return GreetingName(k.Greet.Lines)
}

// GreetingName returns the host name in an SMTP greeting; empty for none.
func GreetingName(lines []string) string {
	if len(lines) == 0 || len(lines[0]) < 4 || !strings.HasPrefix(lines[0], "220") {
		return ""
	}
	name, _, _ := strings.Cut(strings.TrimSpace(lines[0][4:]), " ")
	return strings.ToLower(name)
}

// Reached is the IP address that the dialogue went to; empty if that isn't known.
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

// nextDoor is a round trip that no server on the Internet has: whoever takes the
// connection sits on this machine or beside it.
const nextDoor = time.Millisecond

// TakenNextDoor reports whether a public address took the connection sooner than
// any packet can travel there.
func (k *Exam) TakenNextDoor() bool {
	ip, err := netip.ParseAddr(k.Reached())
	if err != nil || !ip.IsGlobalUnicast() || ip.IsLoopback() || AllWithin([]string{ip.String()}, InternalRanges) {
		return false
	}
	trip := k.Connect.RoundTrip
	return trip != nil && *trip > 0 && trip.Duration() < nextDoor
}

// InventedPage reports whether the page that came in another's place is that of a
// name server's inventions: plain, from where made-up names lead as well, and what
// is there takes no connection for mail. A sign-in page leads elsewhere (RFC 6585 6),
// or answers at every port.
func (c *Case) InventedPage(k *Exam) bool {
	facts := OrEmpty(stage.FactsOf[*stage.FetchFacts](c.Ports.Portal))
	_, strange := c.Invented(k)
	return strange == Yes && facts.Status == 200 && k.Fault(stage.Connect) != "" &&
		slices.Contains(k.Resolve.Addresses, IPOf(facts.Address))
}

// ProxyAnswered reports whether any proxy said anything.
func (c *Case) ProxyAnswered() bool {
	return slices.ContainsFunc(c.Ports.Proxies, func(f *stage.CheckRecord) bool { return Tunnelled(f) != Unknown })
}

// sendingPorts is what the ports of one host came to, seen from sending.
type sendingPorts struct {
	Answers  bool      // a usual port for sending, beside the plan's
	Shut     int       // usual ports for sending that gave no answer, beside the plan's
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

// Nobody finds the follow-up at an address that nobody has, if something took the
// connection there; nil where nothing did.
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

// Forged reports whether the certificate is made for the name that was asked for, by
// an issuer whom no public list has. Whoever does that has causes of its own:
// interception, or a private authority.
func (k *Exam) Forged() bool {
	return k.Foreign() && !k.Has(stage.CertNameMismatch, stage.CertNoNames, stage.CertSelfSigned)
}

// Unrelated reports whether two host names are of different domains.
func Unrelated(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	return len(x) > 1 && len(y) > 1 && !slices.Equal(x[len(x)-2:], y[len(y)-2:])
}

// Noise reports whether what came in answer to TLS is neither TLS nor any protocol's
// text: some of the first bytes are no characters.
func (k *Exam) Noise() bool {
	first := k.TLS.FirstBytes
	return k.Fault(stage.Handshake) == stage.PlaintextAnswer && Spoken(first) == "" && strings.Contains(first, `\x`)
}

// ProxyName is host:port of a proxy.
func ProxyName(url string) string { return strings.TrimPrefix(url, "http://") }

// Beside reports whether one of these addresses is of a network that this machine
// is in.
func (c *Case) Beside(addresses []string) bool {
	return slices.ContainsFunc(addresses, func(a string) bool {
		return slices.ContainsFunc(c.Record.Header.System.Addresses, func(own string) bool { return SameBlock(a, own) })
	})
}

// SameBlock reports whether two addresses are of one block as networks usually
// have it: 256 addresses for IPv4, a /64 for IPv6 (RFC 4291 2.5.4).
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

// noContent is the HTTP status of the empty page that the portal check asks for
// (RFC 9110 15.3.5).
const noContent = 204

// Portal says whether a page came in the place of the empty one that was asked
// for: yes, no, or nothing that tells.
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
