package installed

import (
	"net/netip"
	"strings"

	"maildoctor/profiles/hostname"
)

// hostOf is a host as it is looked up: in ASCII form, lower case, without trailing dot.
// What can be no host is kept as it was typed, because a typing error is what is looked
// for.
func hostOf(s string) string {
	s = strings.TrimSpace(s)
	if ip, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")); err == nil && ip.Zone() == "" {
		return ip.String()
	}
	if name, ok := hostname.Server(s); ok {
		return name
	}
	return shown(s)
}

// hostAndPort splits host:port, [address]:port and a host alone.
func hostAndPort(s setting) (host, port setting) {
	host = s
	if rest, ok := strings.CutPrefix(s.value, "["); ok {
		if address, after, ok := strings.Cut(rest, "]"); ok {
			host.value = address
			return host, portAfter(s, after, len(address)+2)
		}
		return host, port
	}
	if strings.Count(s.value, ":") != 1 { // more: an IPv6 address without brackets
		return host, port
	}
	i := strings.IndexByte(s.value, ':')
	host.value = s.value[:i]
	return host, portAfter(s, s.value[i:], i)
}

// portAfter reads what follows a host.
func portAfter(s setting, after string, offset int) setting {
	value, ok := strings.CutPrefix(after, ":")
	if !ok {
		return setting{}
	}
	if s.column > 0 {
		s.column += offset + 1
	}
	s.value = value
	return s
}
