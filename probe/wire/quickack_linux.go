package wire

import "syscall"

// acknowledge has the kernel acknowledge at once what comes next (tcp(7),
// TCP_QUICKACK). It does not last: the kernel goes back to waiting for data that an
// acknowledgement could travel with, so this is set before each read that waits.
func acknowledge(c syscall.RawConn) {
	c.Control(func(fd uintptr) {
		syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1)
	})
}
