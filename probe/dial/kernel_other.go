//go:build !linux

package dial

import "net"

// KernelView returns nil, because this system has no such counters.
func KernelView(net.Conn) *Counters { return nil }
