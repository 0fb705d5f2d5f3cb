package dial

import (
	"math"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// KernelView returns the kernel's counters for a connection so far (tcp(7), TCP_INFO).
// It returns nil if there are none.
func KernelView(c net.Conn) *Counters {
	info := tcpInfo(c)
	if info == nil {
		return nil
	}
	k := &Counters{RoundTrip: time.Duration(info.Rtt) * time.Microsecond, Retransmits: int(info.Total_retrans)}
	if info.Min_rtt != math.MaxUint32 { // a kernel before 4.6 has 0, one without a sample yet the maximum
		k.Quickest = time.Duration(info.Min_rtt) * time.Microsecond
	}
	return k
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
