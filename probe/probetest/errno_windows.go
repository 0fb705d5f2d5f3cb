package probetest

import "golang.org/x/sys/windows"

// connectCall is the system call that net names in the error of a dial.
const connectCall = "connectex"

// What Winsock answers.
const (
	errRefused            = windows.WSAECONNREFUSED
	errHostUnreachable    = windows.WSAEHOSTUNREACH
	errNetworkUnreachable = windows.WSAENETUNREACH
	errProhibited         = windows.WSAEACCES
)
