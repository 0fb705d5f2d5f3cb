//go:build !netgo && ((cgo && unix) || darwin)

package resolve

// cgoResolver says whether package net can use the C library's resolver. The build
// constraint is that of net's own cgo_unix.go.
const cgoResolver = true
