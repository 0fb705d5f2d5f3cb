// Package system asks the operating system what it alone knows, each system in a file of
// its own.
package system
