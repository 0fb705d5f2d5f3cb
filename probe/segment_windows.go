package probe

import "syscall"

// canLimitSegments reports whether this system lets a program choose: Windows
// has no TCP_MAXSEG.
const canLimitSegments = false

func limitSegments(int) func(network, address string, c syscall.RawConn) error { return nil }
