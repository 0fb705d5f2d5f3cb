package stage

import (
	"net"
	"strconv"
)

// Protocol is one of the three mail-access protocols.
type Protocol string

const (
	IMAP Protocol = "imap" // RFC 9051, RFC 3501
	POP3 Protocol = "pop3" // RFC 1939
	SMTP Protocol = "smtp" // submission, RFC 6409
)

// Receives reports whether the protocol is for receiving mail (POP3, IMAP) rather than
// sending it (SMTP).
func (p Protocol) Receives() bool { return p == IMAP || p == POP3 }

// Security says whether a connection is encrypted, and from when. The terms are those
// of RFC 8314.
type Security string

const (
	TLS               Security = "tls"                 // implicit TLS, from the first byte (RFC 8314 3)
	StartTLS          Security = "starttls"            // STARTTLS or STLS, required
	StartTLSIfOffered Security = "starttls-if-offered" // a page's "TLS if available"
	None              Security = "none"                // cleartext
)

// Endpoint is where a server is expected: a protocol on a port of a host, and how the
// connection is secured.
type Endpoint struct {
	Protocol Protocol `json:"protocol"`
	Host     string   `json:"host"` // a name in ASCII (punycode) form without trailing dot, or an IP address
	Port     uint16   `json:"port"`
	Security Security `json:"security"`
}

// Address returns host:port, with brackets around an IPv6 address.
func (e Endpoint) Address() string {
	return net.JoinHostPort(e.Host, strconv.Itoa(int(e.Port)))
}

// Scheme returns the scheme of the endpoint's URL, such as "imaps" or "smtp". Only implicit
// TLS has one of its own.
func (e Endpoint) Scheme() string {
	if e.Security == TLS {
		return string(e.Protocol) + "s"
	}
	return string(e.Protocol)
}

// Query returns the query of the endpoint's URL with its question mark, where the scheme
// doesn't say how the connection is secured; otherwise it is empty.
func (e Endpoint) Query() string {
	switch e.Security {
	case StartTLSIfOffered:
		return "?starttls=if-offered"
	case None:
		return "?starttls=never"
	}
	return ""
}

// Order returns the stages that a check of this endpoint passes through, first to last.
// With STARTTLS the greeting comes before TLS; the dialogue between the greeting and
// TLS belongs to the starttls stage.
func (e Endpoint) Order() []Stage {
	last := Mailbox
	if e.Protocol == SMTP {
		last = Submit
	}
	switch e.Security {
	case TLS:
		return []Stage{Resolve, Connect, Handshake, Greeting, Capabilities, Login, last}
	case StartTLS, StartTLSIfOffered:
		return []Stage{Resolve, Connect, Greeting, Upgrade, Handshake, Capabilities, Login, last}
	default:
		return []Stage{Resolve, Connect, Greeting, Capabilities, Login, last}
	}
}
