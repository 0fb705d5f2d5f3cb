//go:build unix

package dial

import (
	"net"
	"testing"

	"golang.org/x/sys/unix"

	"maildoctor/probe/stage"
)

// The limit on segments is set before connecting, so that the kernel never sends a
// larger one.
func TestSmallSegments(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tests := []struct {
		name  string
		limit int
		small bool
	}{
		{"as the system does", 0, false},
		{"small", stage.SmallSegment, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn, err := Network(tt.limit)(t.Context(), "tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			raw, err := conn.(*net.TCPConn).SyscallConn()
			if err != nil {
				t.Fatal(err)
			}
			size := 0
			raw.Control(func(fd uintptr) { size, err = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_MAXSEG) })
			if err != nil {
				t.Fatal(err)
			}
			if small := size <= stage.SmallSegment; small != tt.small {
				t.Errorf("segments of %d bytes", size)
			}
		})
	}
}
