//go:build !netgo && ((cgo && unix) || darwin)

package resolve

// cgoResolver says whether package net can ask the C library. The constraint is
// that of net's own cgo_unix.go.
const cgoResolver = true
