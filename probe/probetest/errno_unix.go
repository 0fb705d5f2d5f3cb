//go:build !windows

package probetest

import "syscall"

// connectCall is the system call that net names in a dial error.
const connectCall = "connect"

// Errors of connect(2).
const (
	errRefused            = syscall.ECONNREFUSED
	errHostUnreachable    = syscall.EHOSTUNREACH
	errNetworkUnreachable = syscall.ENETUNREACH
	errProhibited         = syscall.EACCES
)
