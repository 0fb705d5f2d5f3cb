package dial

import (
	"syscall"

	"golang.org/x/sys/windows"

	"maildoctor/probe/stage"
)

// errnos are the errors of Winsock's connect.
var errnos = map[syscall.Errno]stage.DialOutcome{
	windows.WSAECONNREFUSED:  stage.DialRefused,
	windows.WSAECONNRESET:    stage.DialReset,
	windows.WSAECONNABORTED:  stage.DialReset,
	windows.WSAETIMEDOUT:     stage.DialTimeout,
	windows.WSAENETUNREACH:   stage.DialNetworkUnreachable,
	windows.WSAENETDOWN:      stage.DialNetworkUnreachable,
	windows.WSAEADDRNOTAVAIL: stage.DialNetworkUnreachable,
	windows.WSAEAFNOSUPPORT:  stage.DialNetworkUnreachable,
	windows.WSAEHOSTUNREACH:  stage.DialHostUnreachable,
	windows.WSAEHOSTDOWN:     stage.DialHostUnreachable,
	windows.WSAEACCES:        stage.DialProhibited,
}
