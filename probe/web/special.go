package web

import (
	"net/netip"
	"slices"
)

// rangeKind is the kind of network that an IP address belongs to.
type rangeKind string

const (
	public    rangeKind = ""
	loopback  rangeKind = "loopback"
	private   rangeKind = "private"
	linkLocal rangeKind = "link-local"
	reserved  rangeKind = "reserved" // of no use for fetching
)

// specialRanges are the address ranges in IANA's special-purpose address registries
// (RFC 6890) that are not public. They include IPv6 ranges that embed an IPv4 address,
// through which any of the others could be reached. Documentation addresses (RFC 5737,
// RFC 3849) lead nowhere and need no rule.
var specialRanges = []struct {
	prefix netip.Prefix
	kind   rangeKind
}{
	{netip.MustParsePrefix("127.0.0.0/8"), loopback},
	{netip.MustParsePrefix("::1/128"), loopback},
	{netip.MustParsePrefix("10.0.0.0/8"), private},
	{netip.MustParsePrefix("172.16.0.0/12"), private},
	{netip.MustParsePrefix("192.168.0.0/16"), private},
	{netip.MustParsePrefix("100.64.0.0/10"), private}, // RFC 6598
	{netip.MustParsePrefix("fc00::/7"), private},      // RFC 4193
	{netip.MustParsePrefix("fec0::/10"), private},     // RFC 3879
	{netip.MustParsePrefix("169.254.0.0/16"), linkLocal},
	{netip.MustParsePrefix("fe80::/10"), linkLocal},
	{netip.MustParsePrefix("0.0.0.0/8"), reserved},
	{netip.MustParsePrefix("192.0.0.0/24"), reserved},  // RFC 6890 2.1
	{netip.MustParsePrefix("198.18.0.0/15"), reserved}, // RFC 2544
	{netip.MustParsePrefix("224.0.0.0/4"), reserved},
	{netip.MustParsePrefix("240.0.0.0/4"), reserved},
	{netip.MustParsePrefix("::/96"), reserved},          // RFC 4291 2.5.5.1
	{netip.MustParsePrefix("64:ff9b::/96"), reserved},   // RFC 6052
	{netip.MustParsePrefix("64:ff9b:1::/48"), reserved}, // RFC 8215
	{netip.MustParsePrefix("2001::/32"), reserved},      // RFC 4380
	{netip.MustParsePrefix("2002::/16"), reserved},      // RFC 3056
	{netip.MustParsePrefix("ff00::/8"), reserved},
}

// kindOf returns the kind of an address.
func kindOf(a netip.Addr) rangeKind {
	a = a.Unmap().WithZone("")
	for _, r := range specialRanges {
		if r.prefix.Contains(a) {
			return r.kind
		}
	}
	return public
}

// Fetchable returns the addresses of a host from which a file may be fetched when the
// user hasn't named the host. A certificate or a domain's records named it, and those
// come from whoever answers on the network path. They must not be able to direct us to
// the user's router. An address that isn't public is contacted only if the user allows
// it, and own, the address of the mail server or the domain, is of the same kind.
func Fetchable(addresses []string, own netip.Addr, allowed bool) []string {
	return slices.DeleteFunc(slices.Clone(addresses), func(a string) bool {
		ip, err := netip.ParseAddr(a)
		if err != nil {
			return true
		}
		kind := kindOf(ip)
		return kind != public && (!allowed || kind == reserved || kind != kindOf(own))
	})
}

// Public reports whether an address is public.
func Public(a netip.Addr) bool { return kindOf(a) == public }

// SameKind reports whether two addresses belong to the same kind of network.
func SameKind(a, b netip.Addr) bool { return kindOf(a) == kindOf(b) }
