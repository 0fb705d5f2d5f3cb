//go:build !unix

package system

// AddressSpace is how much memory this process may have; 0: nothing is known to limit it.
func AddressSpace() int64 { return 0 }
