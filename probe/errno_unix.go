//go:build !windows

package probe

import (
	"errors"
	"syscall"

	"maildoctor/probe/stage"
)

// outcomeOfErrno knows the errors of connect(2). A blackhole route answers
// EINVAL, a prohibiting one EACCES; a host firewall may answer EPERM.
func outcomeOfErrno(err error) (stage.DialOutcome, bool) {
	errno, ok := errors.AsType[syscall.Errno](err)
	if !ok {
		return "", false
	}
	switch errno {
	case syscall.ECONNREFUSED:
		return stage.DialRefused, true
	case syscall.ECONNRESET, syscall.ECONNABORTED:
		return stage.DialReset, true
	case syscall.ETIMEDOUT:
		return stage.DialTimeout, true
	case syscall.ENETUNREACH, syscall.ENETDOWN, syscall.EADDRNOTAVAIL, syscall.EAFNOSUPPORT:
		return stage.DialNetworkUnreachable, true
	case syscall.EHOSTUNREACH, syscall.EHOSTDOWN:
		return stage.DialHostUnreachable, true
	case syscall.EACCES, syscall.EPERM, syscall.EINVAL:
		return stage.DialProhibited, true
	}
	return "", false
}
