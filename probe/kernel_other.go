//go:build !linux

package probe

import (
	"net"

	"maildoctor/probe/stage"
)

// kernelView is not known on this system.
func kernelView(net.Conn) (*stage.Millis, *int) { return nil, nil }
