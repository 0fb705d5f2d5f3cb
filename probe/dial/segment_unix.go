//go:build unix

package dial

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// CanLimitSegments reports whether this system lets a program choose.
const CanLimitSegments = true

// limitSegments sets the largest segment that a connection sends and asks for
// (TCP_MAXSEG, RFC 9293 3.7.1), before it is opened.
func limitSegments(c syscall.RawConn, n int) error {
	var err error
	if cerr := c.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_MAXSEG, n)
	}); cerr != nil {
		return cerr
	}
	return err
}
