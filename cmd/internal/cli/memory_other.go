//go:build !unix

package cli

// addressSpace is how much memory this process may have; 0: nothing is known to limit it.
func addressSpace() int64 { return 0 }
