//go:build !windows

package dial

import (
	"syscall"

	"maildoctor/probe/stage"
)

// errnos are the errors of connect(2). A blackhole route returns EINVAL, a prohibit
// route EACCES; a host firewall may return EPERM.
var errnos = map[syscall.Errno]stage.DialOutcome{
	syscall.ECONNREFUSED:  stage.DialRefused,
	syscall.ECONNRESET:    stage.DialReset,
	syscall.ECONNABORTED:  stage.DialReset,
	syscall.ETIMEDOUT:     stage.DialTimeout,
	syscall.ENETUNREACH:   stage.DialNetworkUnreachable,
	syscall.ENETDOWN:      stage.DialNetworkUnreachable,
	syscall.EADDRNOTAVAIL: stage.DialNetworkUnreachable,
	syscall.EAFNOSUPPORT:  stage.DialNetworkUnreachable,
	syscall.EHOSTUNREACH:  stage.DialHostUnreachable,
	syscall.EHOSTDOWN:     stage.DialHostUnreachable,
	syscall.EACCES:        stage.DialProhibited,
	syscall.EPERM:         stage.DialProhibited,
	syscall.EINVAL:        stage.DialProhibited,
}
