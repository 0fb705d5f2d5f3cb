//go:build netgo || !((cgo && unix) || darwin)

package resolve

const cgoResolver = false
