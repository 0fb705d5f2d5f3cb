package wire

import "syscall"

// resets are the errors of a connection that was reset or aborted.
var resets = []error{
	syscall.WSAECONNRESET, syscall.WSAECONNABORTED, syscall.ERROR_BROKEN_PIPE,
	syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED,
}

// timedOut is WSAETIMEDOUT: the peer has not acknowledged what was sent.
const timedOut = syscall.Errno(10060)
