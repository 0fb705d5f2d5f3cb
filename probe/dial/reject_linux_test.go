package dial

import (
	"encoding/binary"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"maildoctor/probe/stage"
)

// queued returns an entry of the kernel's error queue.
func queued(origin, kind, code byte, from netip.Addr) []byte {
	b := make([]byte, 16, 48)
	b[4], b[5], b[6] = origin, kind, code
	if from.Is4() {
		b = binary.NativeEndian.AppendUint16(b, unix.AF_INET)
		return append(append(b, 0, 0), append(from.AsSlice(), make([]byte, 8)...)...)
	}
	b = binary.NativeEndian.AppendUint16(b, unix.AF_INET6)
	return append(append(b, 0, 0, 0, 0, 0, 0), append(from.AsSlice(), make([]byte, 4)...)...)
}

func TestRejectionIsRead(t *testing.T) {
	four, six := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	for _, tt := range []struct {
		name string
		data []byte
		by   netip.Addr
		why  stage.RejectReason
	}{
		{"port", queued(unix.SO_EE_ORIGIN_ICMP, 3, 3, four), four, stage.RejectPort},
		{"prohibited", queued(unix.SO_EE_ORIGIN_ICMP, 3, 13, four), four, stage.RejectProhibited},
		{"no host", queued(unix.SO_EE_ORIGIN_ICMP, 3, 1, four), four, stage.RejectHost},
		{"no network", queued(unix.SO_EE_ORIGIN_ICMP, 3, 0, four), four, stage.RejectNetwork},
		{"another reason", queued(unix.SO_EE_ORIGIN_ICMP, 11, 0, four), four, stage.RejectOther},
		{"IPv6 port", queued(unix.SO_EE_ORIGIN_ICMP6, 1, 4, six), six, stage.RejectPort},
		{"IPv6 prohibited", queued(unix.SO_EE_ORIGIN_ICMP6, 1, 1, six), six, stage.RejectProhibited},
		{"the kernel itself", queued(unix.SO_EE_ORIGIN_LOCAL, 3, 3, four), netip.Addr{}, ""},
		{"of the wrong family", queued(unix.SO_EE_ORIGIN_ICMP, 3, 3, six), netip.Addr{}, ""},
		{"cut", queued(unix.SO_EE_ORIGIN_ICMP, 3, 3, four)[:20], netip.Addr{}, ""},
		{"empty", nil, netip.Addr{}, ""},
	} {
		by, why, ok := rejection(tt.data)
		if by != tt.by || why != tt.why || ok != (tt.why != "") {
			t.Errorf("%s: %s, %q, %t, want %s, %q", tt.name, by, why, ok, tt.by, tt.why)
		}
	}
}

func TestWhoRejectsDecidesTheOutcome(t *testing.T) {
	for _, tt := range []struct {
		name  string
		errno syscall.Errno
		here  bool
		why   stage.RejectReason
		want  stage.DialOutcome
	}{
		{"a rule here", syscall.ECONNREFUSED, true, stage.RejectPort, stage.DialProhibited},
		{"a rule here, said otherwise", syscall.EHOSTUNREACH, true, stage.RejectProhibited, stage.DialProhibited},
		{"nobody answered when this machine looked", syscall.EHOSTUNREACH, true, stage.RejectHost, stage.DialHostUnreachable},
		{"a rule elsewhere", syscall.EHOSTUNREACH, false, stage.RejectProhibited, stage.DialHostUnreachable},
		{"a rule elsewhere that looks like one here", syscall.EACCES, false, stage.RejectProhibited, stage.DialHostUnreachable},
		{"a refusal elsewhere", syscall.ECONNREFUSED, false, stage.RejectPort, stage.DialRefused},
	} {
		err := error(&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", tt.errno)})
		if got := outcomeOf(t.Context(), &rejectedError{err: err, why: tt.why, here: tt.here}); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// Listening for rejections leaves nothing behind: neither a descriptor, nor an option
// on an established connection.
func TestListeningForRejectionsLeavesNothing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	open := l.Addr().String()
	shut, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	shut.Close()
	conn, err := Network(0)(t.Context(), "tcp", open)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	on := -1
	raw.Control(func(fd uintptr) { on, err = unix.GetsockoptInt(int(fd), unix.SOL_IP, unix.IP_RECVERR) })
	if on != 0 || err != nil {
		t.Errorf("IP_RECVERR is %d (%v)", on, err)
	}
	before := descriptors(t)
	for range 3 {
		if c, err := Network(0)(t.Context(), "tcp", shut.Addr().String()); err == nil {
			c.Close()
		} else if outcomeOf(t.Context(), err) != stage.DialRefused {
			t.Error(err)
		}
	}
	if now := descriptors(t); now > before {
		t.Errorf("%d descriptors, before %d", now, before)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}
