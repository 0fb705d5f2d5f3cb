//go:build !windows

package probetest

import "syscall"

// connectCall is the system call that net names in the error of a dial.
const connectCall = "connect"

// What connect(2) answers.
const (
	errRefused            = syscall.ECONNREFUSED
	errHostUnreachable    = syscall.EHOSTUNREACH
	errNetworkUnreachable = syscall.ENETUNREACH
	errProhibited         = syscall.EACCES
)
