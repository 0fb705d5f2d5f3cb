package dial

import (
	"encoding/binary"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"

	"maildoctor/probe/stage"
)

// ear finds out who rejects a connection. For an ICMP message connect(2) returns only
// an error number. The sender is in the socket's error queue (ip(7), IP_RECVERR), which
// net closes with the socket. The ear therefore keeps a duplicate descriptor during the
// attempt.
type ear struct {
	fd   int
	open bool
}

// listen must be called before connecting. If it fails, the sender remains unknown, and
// nothing else changes.
func (e *ear) listen(c syscall.RawConn) {
	e.close()
	c.Control(func(fd uintptr) {
		own, err := unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			return
		}
		e.fd, e.open = own, true
		e.hear(1)
	})
}

// hear switches the error queue on or off. A socket has only the queue of its own
// address family; the other call fails.
func (e *ear) hear(on int) {
	unix.SetsockoptInt(e.fd, unix.SOL_IP, unix.IP_RECVERR, on)
	unix.SetsockoptInt(e.fd, unix.SOL_IPV6, unix.IPV6_RECVERR, on)
}

func (e *ear) close() {
	if e.open {
		unix.Close(e.fd)
		e.open = false
	}
}

// heard ends the attempt and returns err with the sender added. On an established
// connection the queue is switched off, because ICMP messages must not have more effect
// there than usual (RFC 5461 2.2).
func (e *ear) heard(err error) error {
	defer e.close()
	switch {
	case !e.open:
		return err
	case err == nil:
		e.hear(0)
		return nil
	}
	control := make([]byte, 256)
	_, n, _, _, qerr := unix.Recvmsg(e.fd, nil, control, unix.MSG_ERRQUEUE|unix.MSG_DONTWAIT)
	if qerr != nil {
		return err
	}
	messages, qerr := unix.ParseSocketControlMessage(control[:n])
	if qerr != nil {
		return err
	}
	for _, m := range messages {
		if by, why, ok := rejection(m.Data); ok {
			return &rejectedError{err: err, by: by, why: why, here: ownAddress(by)}
		}
	}
	return err
}

// rejection parses a struct sock_extended_err (linux/errqueue.h) and the sender's
// socket address after it.
func rejection(b []byte) (by netip.Addr, why stage.RejectReason, ok bool) {
	const (
		originAt, kindAt, codeAt = 4, 5, 6
		sender                   = 16
	)
	if len(b) < sender+2 {
		return by, "", false
	}
	family := binary.NativeEndian.Uint16(b[sender:])
	switch {
	case b[originAt] == unix.SO_EE_ORIGIN_ICMP && family == unix.AF_INET && len(b) >= sender+8:
		by = netip.AddrFrom4([4]byte(b[sender+4 : sender+8]))
		why = reasons4[[2]byte{b[kindAt], b[codeAt]}]
	case b[originAt] == unix.SO_EE_ORIGIN_ICMP6 && family == unix.AF_INET6 && len(b) >= sender+24:
		by = netip.AddrFrom16([16]byte(b[sender+8 : sender+24]))
		why = reasons6[[2]byte{b[kindAt], b[codeAt]}]
	default:
		return by, "", false
	}
	if why == "" {
		why = stage.RejectOther
	}
	return by.Unmap(), why, true
}

// Reasons by ICMP type and code (RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1; RFC 4443
// 3.1).
var (
	reasons4 = map[[2]byte]stage.RejectReason{
		{3, 0}: stage.RejectNetwork, {3, 6}: stage.RejectNetwork, {3, 11}: stage.RejectNetwork,
		{3, 1}: stage.RejectHost, {3, 7}: stage.RejectHost, {3, 12}: stage.RejectHost,
		{3, 3}: stage.RejectPort,
		{3, 9}: stage.RejectProhibited, {3, 10}: stage.RejectProhibited, {3, 13}: stage.RejectProhibited,
	}
	reasons6 = map[[2]byte]stage.RejectReason{
		{1, 0}: stage.RejectNetwork, {1, 3}: stage.RejectHost, {1, 4}: stage.RejectPort,
		{1, 1}: stage.RejectProhibited, {1, 5}: stage.RejectProhibited, {1, 6}: stage.RejectProhibited,
	}
)

// ownAddress reports whether this machine has the address.
func ownAddress(ip netip.Addr) bool {
	if ip.IsLoopback() {
		return true
	}
	all, _ := net.InterfaceAddrs()
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.Equal(ip.AsSlice()) {
			return true
		}
	}
	return false
}
