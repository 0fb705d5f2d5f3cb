package dial

import (
	"context"
	"net"
	"syscall"
	"time"
)

// Func opens a connection to an IP address and port.
type Func func(ctx context.Context, network, address string) (net.Conn, error)

// Network dials with segments of at most so many bytes; 0: as the system
// does. Happy Eyeballs is ours: each address is dialled alone.
func Network(maxSegment int) Func {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		var e ear
		d := net.Dialer{FallbackDelay: -1, Control: func(network, address string, c syscall.RawConn) error {
			e.listen(c)
			if maxSegment == 0 {
				return nil
			}
			return limitSegments(c, maxSegment)
		}}
		conn, err := d.DialContext(ctx, network, address)
		return conn, e.heard(err)
	}
}

// preferIPv6 is how long the dialogue waits for an IPv6 connection once IPv4
// has connected (RFC 8305 5 recommends 250 ms between attempts).
const preferIPv6 = 250 * time.Millisecond
