//go:build !windows

package cli

// consoleIsUTF8 is asked on Windows alone.
func consoleIsUTF8() bool { return true }
