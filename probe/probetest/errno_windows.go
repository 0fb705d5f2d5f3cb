package probetest

import "golang.org/x/sys/windows"

// connectCall is the system call that net names in a dial error.
const connectCall = "connectex"

// Errors of Winsock's connect.
const (
	errRefused            = windows.WSAECONNREFUSED
	errHostUnreachable    = windows.WSAEHOSTUNREACH
	errNetworkUnreachable = windows.WSAENETUNREACH
	errProhibited         = windows.WSAEACCES
)
