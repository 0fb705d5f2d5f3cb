//go:build !windows

package system

// ConsoleIsUTF8 is asked on Windows alone.
func ConsoleIsUTF8() bool { return true }
