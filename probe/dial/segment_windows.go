package dial

import "syscall"

// CanLimitSegments reports whether this system lets a program choose: Windows
// has no TCP_MAXSEG.
const CanLimitSegments = false

func limitSegments(syscall.RawConn, int) error { return nil }
