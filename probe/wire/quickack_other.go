//go:build !linux

package wire

import "syscall"

// acknowledge does nothing, because this system has no such option.
func acknowledge(syscall.RawConn) {}
