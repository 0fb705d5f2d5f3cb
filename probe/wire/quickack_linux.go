package wire

import "syscall"

// acknowledge makes the kernel acknowledge incoming data at once (tcp(7),
// TCP_QUICKACK). The option doesn't last: the kernel returns to delayed
// acknowledgements, so it is set before each read.
func acknowledge(c syscall.RawConn) {
	c.Control(func(fd uintptr) {
		syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1)
	})
}
