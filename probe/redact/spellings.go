package redact

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

// hardware matches the hardware addresses of network cards.
var hardware = regexp.MustCompile(`(?i)\b(?:[0-9a-f]{2}(?::[0-9a-f]{2}){5}|[0-9a-f]{2}(?:-[0-9a-f]{2}){5}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2})\b`)

// replaceHardware replaces hardware addresses by documentation ones (RFC 7042 2.1.2).
func (n *names) replaceHardware(s string) string {
	if strings.Count(s, ":") < 5 && strings.Count(s, "-") < 5 && strings.Count(s, ".") < 2 {
		return s
	}
	return hardware.ReplaceAllStringFunc(s, func(text string) string {
		key := strings.ToLower(strings.NewReplacer(":", "", "-", "", ".", "").Replace(text))
		stand := n.hardware[key]
		if stand == "" {
			stand = fmt.Sprintf("00:00:5e:00:53:%02x", len(n.hardware)%256)
			n.hardware[key] = stand
		}
		n.used[stand] = true
		return stand
	})
}

// spellings returns other forms of an address: as part of a name, reversed for DNS, in
// full, in hex.
func spellings(ip netip.Addr) []string {
	if ip.Is4() {
		a := ip.As4()
		return []string{
			fmt.Sprintf("%d-%d-%d-%d", a[0], a[1], a[2], a[3]),
			fmt.Sprintf("%d_%d_%d_%d", a[0], a[1], a[2], a[3]),
			fmt.Sprintf("%d-%d-%d-%d", a[3], a[2], a[1], a[0]),
			fmt.Sprintf("%d.%d.%d.%d.in-addr.arpa", a[3], a[2], a[1], a[0]),
			fmt.Sprintf("%03d.%03d.%03d.%03d", a[0], a[1], a[2], a[3]),
			hex.EncodeToString(a[:]),
			"0x" + hex.EncodeToString(a[:]),
		}
	}
	a := ip.As16()
	digits := hex.EncodeToString(a[:])
	var nibbles []string
	for i := len(digits) - 1; i >= 0; i-- {
		nibbles = append(nibbles, digits[i:i+1])
	}
	return []string{
		strings.ReplaceAll(ip.WithZone("").String(), ":", "-"),
		strings.ReplaceAll(ip.StringExpanded(), ":", "-"),
		strings.Join(nibbles, ".") + ".ip6.arpa",
		digits,
	}
}
