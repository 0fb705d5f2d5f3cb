package web

import (
	"net/netip"
	"slices"
)

// rangeKind is what an IP address means where it is not of the public network.
type rangeKind string

const (
	public    rangeKind = ""
	loopback  rangeKind = "loopback"
	private   rangeKind = "private"
	linkLocal rangeKind = "link-local"
	reserved  rangeKind = "reserved" // of no meaning to anybody who fetches
)

// specialRanges are the networks of IANA's registries of special-purpose addresses
// (RFC 6890) that are not of the public network, and IPv6 addresses that stand for
// an IPv4 one: through them any of the others could be reached. Those for
// documentation (RFC 5737, RFC 3849) lead nowhere and need no rule.
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

// kindOf says what an address means.
func kindOf(a netip.Addr) rangeKind {
	a = a.Unmap().WithZone("")
	for _, r := range specialRanges {
		if r.prefix.Contains(a) {
			return r.kind
		}
	}
	return public
}

// Fetchable are those addresses of a host that something may be fetched from whose place
// the user hasn't named: a certificate did, or a domain's records, and those come from
// whoever answers on the way. They must not be able to send us to the user's router. An
// address that is not of the public network is contacted only where the user allows it
// and the mail server's, or the domain's, own address is of the same kind.
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

// Public reports whether an address is of the public network.
func Public(a netip.Addr) bool { return kindOf(a) == public }

// SameKind reports whether two addresses are of the same kind of network.
func SameKind(a, b netip.Addr) bool { return kindOf(a) == kindOf(b) }
