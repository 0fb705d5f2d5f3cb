package dial

import (
	"context"
	"net"
	"syscall"
	"time"
)

// Func opens a connection to an IP address and port. It has the signature of
// [net.Dialer.DialContext].
type Func func(ctx context.Context, network, address string) (net.Conn, error)

// Network returns a Func that dials over the network with segments of at most
// maxSegment bytes; 0 stands for the system's default. It doesn't use Happy Eyeballs,
// because [Race] dials each address separately.
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

// preferIPv6 is how long to wait for an IPv6 connection after IPv4 has connected (RFC
// 8305 5 recommends 250 ms between attempts).
const preferIPv6 = 250 * time.Millisecond
