//go:build !windows

package wire

import "syscall"

// resets are the errors of a connection that was reset or aborted.
var resets = []error{syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED}

// timedOut: the peer has not acknowledged what was sent.
const timedOut = syscall.ETIMEDOUT
