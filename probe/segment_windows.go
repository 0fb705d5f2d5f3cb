package probe

import "syscall"

// canLimitSegments reports whether this system lets a program choose: Windows
// has no TCP_MAXSEG.
const canLimitSegments = false

func limitSegments(syscall.RawConn, int) error { return nil }
