package dial

import (
	"math"
	"net"
	"time"

	"golang.org/x/sys/unix"

	"maildoctor/probe/stage"
)

// KernelView returns the kernel's estimate of the round trip time and the number of
// retransmissions so far (tcp(7), TCP_INFO).
func KernelView(c net.Conn) (roundTrip *stage.Millis, retransmits *int) {
	info := tcpInfo(c)
	if info == nil {
		return nil, nil
	}
	return new(stage.Ms(time.Duration(info.Rtt) * time.Microsecond)), new(int(info.Total_retrans))
}

// QuickestTrip returns the shortest round trip time of a connection so far. It returns
// false if the kernel has measured none.
func QuickestTrip(c net.Conn) (time.Duration, bool) {
	info := tcpInfo(c)
	if info == nil || info.Min_rtt == 0 || info.Min_rtt == math.MaxUint32 {
		return 0, false // a kernel before 4.6, or no sample yet
	}
	return time.Duration(info.Min_rtt) * time.Microsecond, true
}

func tcpInfo(c net.Conn) *unix.TCPInfo {
	tc, ok := c.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tc.SyscallConn()
	if err != nil {
		return nil
	}
	var info *unix.TCPInfo
	raw.Control(func(fd uintptr) {
		info, err = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
	})
	if err != nil {
		return nil
	}
	return info
}
