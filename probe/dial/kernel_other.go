//go:build !linux

package dial

import (
	"net"
	"time"

	"maildoctor/probe/stage"
)

// KernelView is not known on this system.
func KernelView(net.Conn) (*stage.Millis, *int) { return nil, nil }

// QuickestTrip is not known either.
func QuickestTrip(net.Conn) (time.Duration, bool) { return 0, false }
