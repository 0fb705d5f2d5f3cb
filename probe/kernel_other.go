//go:build !linux

package probe

import (
	"net"
	"time"

	"maildoctor/probe/stage"
)

// kernelView is not known on this system.
func kernelView(net.Conn) (*stage.Millis, *int) { return nil, nil }

// quickestTrip is not known either.
func quickestTrip(net.Conn) (time.Duration, bool) { return 0, false }
