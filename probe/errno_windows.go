package probe

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows"

	"maildoctor/probe/stage"
)

// outcomeOfErrno knows the errors of Winsock's connect.
func outcomeOfErrno(err error) (stage.DialOutcome, bool) {
	errno, ok := errors.AsType[syscall.Errno](err)
	if !ok {
		return "", false
	}
	switch errno {
	case windows.WSAECONNREFUSED:
		return stage.DialRefused, true
	case windows.WSAECONNRESET, windows.WSAECONNABORTED:
		return stage.DialReset, true
	case windows.WSAETIMEDOUT:
		return stage.DialTimeout, true
	case windows.WSAENETUNREACH, windows.WSAENETDOWN, windows.WSAEADDRNOTAVAIL, windows.WSAEAFNOSUPPORT:
		return stage.DialNetworkUnreachable, true
	case windows.WSAEHOSTUNREACH, windows.WSAEHOSTDOWN:
		return stage.DialHostUnreachable, true
	case windows.WSAEACCES:
		return stage.DialProhibited, true
	}
	return "", false
}
