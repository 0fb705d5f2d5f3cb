package resolve

import (
	"context"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
)

// system asks the system's resolver. dialled is set when Go's resolver contacts a name
// server.
func (r *Resolver) system(ctx context.Context, host string, dialled *atomic.Bool) ([]netip.Addr, error) {
	if r.opt.System != nil {
		return r.opt.System(ctx, host)
	}
	// Go's resolver opens its connections through this hook, and the C library's does
	// not. Setting the hook doesn't affect which one is used.
	res := &net.Resolver{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		dialled.Store(true)
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	return res.LookupNetIP(ctx, "ip", host)
}

// implementation returns the name of the resolver that answered.
func (r *Resolver) implementation(dialled *atomic.Bool) string {
	return implementationOf(runtime.GOOS, cgoResolver, os.Getenv("GODEBUG"), dialled.Load())
}

// implementationOf returns the name of the implementation that net uses. Windows has
// its own. Elsewhere it is Go's if the C library's resolver is not compiled in
// (cgoResolver: built with cgo and without the netgo tag; always on macOS), or if
// GODEBUG=netdns=go requests it. If both are available, package net chooses for each
// name by nsswitch.conf and resolv.conf: it was Go's if it dialled a name server, else
// the C library's. A name that Go's resolver finds in the hosts file is counted as the
// C library's; both read that file alike.
func implementationOf(goos string, cgo bool, godebug string, dialled bool) string {
	if goos == "windows" {
		return "windows"
	}
	if !cgo || dialled {
		return "go"
	}
	for setting := range strings.SplitSeq(godebug, ",") {
		value, ok := strings.CutPrefix(setting, "netdns=")
		if first, _, _ := strings.Cut(value, "+"); ok && first == "go" {
			return "go"
		}
	}
	return "cgo"
}
