//go:build !linux

package wire

import "syscall"

// acknowledge does nothing: this system offers no such thing.
func acknowledge(syscall.RawConn) {}
