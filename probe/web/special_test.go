package web

import (
	"net/netip"
	"strings"
	"testing"
)

func TestSpecialRanges(t *testing.T) {
	for address, want := range map[string]rangeKind{
		"9.9.9.9": public, "2620:fe::fe": public, "203.0.113.7": public, "192.0.2.1": public, "198.51.100.1": public, "2001:db8::1": public,
		"127.0.0.1": loopback, "::1": loopback, "::ffff:127.0.0.1": loopback,
		"10.1.2.3": private, "172.31.0.1": private, "192.168.0.1": private, "100.64.0.1": private, "fd00::1": private, "fec0::1": private,
		"169.254.169.254": linkLocal, "fe80::1%eth0": linkLocal,
		"0.0.0.0": reserved, "0.1.2.3": reserved, "192.0.0.8": reserved, "198.18.0.1": reserved, "198.19.255.255": reserved, "240.0.0.1": reserved,
		"255.255.255.255": reserved, "224.0.0.1": reserved, "::": reserved, "::7f00:1": reserved, "64:ff9b::a00:1": reserved,
		"64:ff9b:1::1": reserved, "2001::1": reserved, "2002:7f00:1::": reserved, "ff02::1": reserved,
	} {
		if got := kindOf(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is %q, want %q", address, got, want)
		}
	}
}

// A hostile network chooses the caIssuers URL of a certificate.
func TestIssuersAreFetchedFromThePublicNetwork(t *testing.T) {
	found := []string{"203.0.113.7", "127.0.0.1", "192.168.0.1", "169.254.169.254", "0.0.0.0", "fe80::1", "nonsense"}
	for _, c := range []struct {
		server  string
		allowed bool
		want    string
	}{
		{"203.0.113.9", false, "203.0.113.7"},
		{"203.0.113.9", true, "203.0.113.7"},
		{"192.168.0.9", false, "203.0.113.7"},
		{"192.168.0.9", true, "203.0.113.7 192.168.0.1"},
		{"127.0.0.1", true, "203.0.113.7 127.0.0.1"},
		{"169.254.0.9", true, "203.0.113.7 169.254.169.254 fe80::1"},
		{"0.0.0.0", true, "203.0.113.7"},
	} {
		if got := strings.Join(Fetchable(found, netip.MustParseAddr(c.server), c.allowed), " "); got != c.want {
			t.Errorf("server at %s, allowed %v: %q, want %q", c.server, c.allowed, got, c.want)
		}
	}
}
