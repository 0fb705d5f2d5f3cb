package published

import (
	"strconv"

	"maildoctor/probe/stage"
)

// tlsPorts are those on which TLS begins with the first byte (RFC 8314 section 3,
// RFC 9051 section 11.1).
var tlsPorts = map[stage.Protocol]uint16{stage.IMAP: 993, stage.POP3: 995, stage.SMTP: 465}

// plainPorts are those on which a session begins in the clear, for STARTTLS or without.
var plainPorts = map[stage.Protocol]uint16{stage.IMAP: 143, stage.POP3: 110, stage.SMTP: 587}

// usualPort returns the port of a protocol for a mode.
func usualPort(p stage.Protocol, s stage.Security) uint16 {
	if s == stage.TLS {
		return tlsPorts[p]
	}
	return plainPorts[p]
}

// opensInClear reports a port on which a server speaks before TLS.
func opensInClear(p stage.Protocol, port uint16) bool {
	return port == plainPorts[p] || p == stage.SMTP && (port == 25 || port == 2525)
}

// portNumber reads a port.
func portNumber(s string) (port uint16, ok bool) {
	n, err := strconv.ParseUint(s, 10, 16)
	return uint16(n), err == nil && n > 0
}
