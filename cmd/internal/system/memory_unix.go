//go:build unix

package system

import (
	"math"
	"syscall"
)

// AddressSpace is how much memory this process may have (setrlimit(2), RLIMIT_AS), in
// bytes; 0 where nothing limits it.
func AddressSpace() int64 {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_AS, &l); err != nil || uint64(l.Cur) >= math.MaxInt64 {
		return 0
	}
	return int64(l.Cur)
}
