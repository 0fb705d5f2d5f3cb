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

// system asks the system's resolver. dialled is set once Go's own asks a name server.
func (r *Resolver) system(ctx context.Context, host string, dialled *atomic.Bool) ([]netip.Addr, error) {
	if r.opt.System != nil {
		return r.opt.System(ctx, host)
	}
	// Go's own resolver opens its connections through this hook, the C
	// library's does not; having the hook does not change which one is used.
	res := &net.Resolver{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		dialled.Store(true)
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	return res.LookupNetIP(ctx, "ip", host)
}

// implementation names the resolver that answers here.
func (r *Resolver) implementation(dialled *atomic.Bool) string {
	return implementationOf(runtime.GOOS, cgoResolver, os.Getenv("GODEBUG"), dialled.Load())
}

// implementationOf names the implementation that net uses. Windows has its own.
// Elsewhere it is Go's where the C library's resolver is not compiled in
// (cgoResolver: built with cgo and without the netgo tag; always on macOS) or
// where GODEBUG=netdns=go asks for it. With both there, package net chooses for
// each name by nsswitch.conf and resolv.conf: Go's if it was seen to dial a
// name server, else the C library's. A name that Go's finds in the hosts file
// without dialling counts as the C library's; both read that file alike.
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
