//go:build unix

package cli

import (
	"math"
	"syscall"
)

// addressSpace is how much memory this process may have (setrlimit(2), RLIMIT_AS), in
// bytes; 0 where nothing limits it.
func addressSpace() int64 {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_AS, &l); err != nil || uint64(l.Cur) >= math.MaxInt64 {
		return 0
	}
	return int64(l.Cur)
}
