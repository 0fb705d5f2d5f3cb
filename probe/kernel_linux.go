package probe

import (
	"net"
	"time"

	"golang.org/x/sys/unix"

	"maildoctor/probe/stage"
)

// kernelView asks the kernel for its estimate of the round trip and the number
// of retransmissions so far (tcp(7), TCP_INFO).
func kernelView(c net.Conn) (roundTrip *stage.Millis, retransmits *int) {
	tc, ok := c.(*net.TCPConn)
	if !ok {
		return nil, nil
	}
	raw, err := tc.SyscallConn()
	if err != nil {
		return nil, nil
	}
	var info *unix.TCPInfo
	raw.Control(func(fd uintptr) {
		info, err = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
	})
	if err != nil || info == nil {
		return nil, nil
	}
	return new(stage.Ms(time.Duration(info.Rtt) * time.Microsecond)), new(int(info.Total_retrans))
}
