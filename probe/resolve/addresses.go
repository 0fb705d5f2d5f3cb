package resolve

import (
	"net/netip"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// maxNamed is how many addresses are listed that are not dialled.
const maxNamed = 64

// literal returns the facts for a host that is an IP address. ok is false for a name.
func (r *Resolver) literal(host string) (facts *stage.ResolveFacts, err error, ok bool) {
	ip, parseErr := netip.ParseAddr(host)
	if parseErr != nil {
		return nil, nil, false
	}
	facts = &stage.ResolveFacts{Host: stage.Visible(host), Literal: true}
	return facts, r.choose(facts, []netip.Addr{ip}), true
}

// choose sets the addresses to dial, in order of preference: IPv6 first, then
// alternating between the families, each in the given order (RFC 8305 4). Addresses
// that no server can have, of the unwanted family, or beyond the limit are only listed.
func (r *Resolver) choose(facts *stage.ResolveFacts, ips []netip.Addr) error {
	var six, four, other, bad []string
	known := make(map[netip.Addr]bool)
	for _, ip := range ips {
		ip = ip.Unmap()
		if known[ip] {
			continue
		}
		known[ip] = true
		s := stage.Visible(ip.String()) // a zone is arbitrary text
		switch {
		case !unicast(ip):
			bad = append(bad, s)
		case ip.Is4() && r.opt.Family == "6", ip.Is6() && r.opt.Family == "4":
			other = append(other, s)
		case ip.Is4():
			four = append(four, s)
		default:
			six = append(six, s)
		}
	}
	dial := interleave(six, four)
	n := min(len(dial), r.opt.MaxAddresses)
	facts.Addresses = dial[:n:n]
	facts.NotDialled = slices.Concat(dial[n:], other, bad)
	if len(facts.NotDialled) > maxNamed {
		facts.NotDialled = facts.NotDialled[:maxNamed]
	}
	switch {
	case n > 0:
		return nil
	case len(other) > 0:
		return stage.Errorf(stage.AddressFamily, "%s has no IPv%s address, only %s", facts.Host, r.opt.Family, list(facts.NotDialled))
	default:
		return stage.Errorf(stage.BadAddress, "%s has only addresses that no server can have: %s", facts.Host, list(facts.NotDialled))
	}
}

// unicast reports whether a host can have the address. 0.0.0.0, ::, the broadcast
// address and multicast addresses are excluded.
func unicast(ip netip.Addr) bool {
	return !ip.IsUnspecified() && !ip.IsMulticast() && ip != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

func interleave(first, second []string) []string {
	out := make([]string, 0, len(first)+len(second))
	for i := range max(len(first), len(second)) {
		if i < len(first) {
			out = append(out, first[i])
		}
		if i < len(second) {
			out = append(out, second[i])
		}
	}
	return out
}

// list joins addresses for an error message.
func list(s []string) string {
	if len(s) > 3 {
		return strings.Join(s[:3], ", ") + ", …"
	}
	return strings.Join(s, ", ")
}
