//go:build !linux

package dial

import (
	"net"
	"time"

	"maildoctor/probe/stage"
)

// KernelView returns nil, because this system has no such counters.
func KernelView(net.Conn) (*stage.Millis, *int) { return nil, nil }

// QuickestTrip returns false, because this system has no such counters.
func QuickestTrip(net.Conn) (time.Duration, bool) { return 0, false }
