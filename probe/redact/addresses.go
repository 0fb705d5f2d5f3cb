package redact

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

// addressLike matches text that may be an IP address; netip decides.
var addressLike = regexp.MustCompile(`(?:[0-9]{1,3}\.){3}[0-9]{1,3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:(?:\d{1,3}\.){3}\d{1,3})?`)

// replaceAddresses replaces every address except those of the provider's servers. These
// are the addresses of this machine and its network, and the one by which servers see
// it.
func (n *names) replaceAddresses(s string) string {
	if !strings.ContainsAny(s, ".:") {
		return s
	}
	var b strings.Builder
	last := 0
	for _, m := range addressLike.FindAllStringIndex(s, -1) {
		text := s[m[0]:m[1]]
		ip, err := netip.ParseAddr(text)
		if err != nil || wordAt(s, m[0]-1) || m[1] < len(s) && wordAt(s, m[1]) {
			continue
		}
		stand, ok := n.address(ip.Unmap())
		if !ok {
			continue
		}
		n.used[stand.String()] = true
		b.WriteString(s[last:m[0]])
		b.WriteString(stand.String())
		last = m[1]
	}
	b.WriteString(s[last:])
	return b.String()
}

// address returns the stand-in for an address. ok is false for addresses that are kept.
// A private address is replaced by a private one, and a public one by a documentation
// address (RFC 5737, RFC 3849), because rules distinguish them.
func (n *names) address(ip netip.Addr) (netip.Addr, bool) {
	if n.servers[ip] || ip.IsLoopback() || ip.IsUnspecified() {
		return netip.Addr{}, false
	}
	if stand, ok := n.addresses[ip]; ok {
		return stand, true
	}
	i := len(n.addresses) + 1
	form := "2001:db8::%x"
	switch {
	case ip.Is4() && ip.IsPrivate():
		form = "10.0.0.%d"
	case ip.Is4() && ip.IsLinkLocalUnicast():
		form = "169.254.0.%d"
	case ip.Is4():
		form = "192.0.2.%d"
	case ip.IsPrivate():
		form = "fd00::%x"
	case ip.IsLinkLocalUnicast():
		form = "fe80::%x"
	}
	stand := standIn(form, i)
	// A kept address is never used as a stand-in, and each stand-in is used for only
	// one address as long as there are enough.
	for tries := 0; !n.full[form] && (n.servers[stand] || n.taken[stand]); tries++ {
		i++
		stand = standIn(form, i)
		n.full[form] = tries == 254 // all have been tried
	}
	n.addresses[ip], n.taken[stand] = stand, true
	return stand, true
}

func standIn(form string, i int) netip.Addr {
	if strings.Contains(form, "%d") {
		i = i%254 + 1
	}
	return netip.MustParseAddr(fmt.Sprintf(form, i))
}
