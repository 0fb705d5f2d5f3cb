package published

import (
	"net/netip"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Limits of RFC 1035 section 2.3.4, in octets of the ASCII form.
const (
	maxName  = 253
	maxLabel = 63
)

// names maps what people write to the form that is looked up (RFC 5891 section 5).
// Hyphens are checked here and not there, because names such as r3---a.example exist.
var names = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.CheckHyphens(false))

// domainName returns a name in ASCII form, lower case, without trailing dot. ok is
// false for what can be no host name (RFC 1123 section 2.1).
func domainName(s string) (name string, ok bool) {
	// Four bytes are the most that a character takes; punycode is slow on long text.
	if len(s) > 4*maxName || !utf8.ValidString(s) {
		return "", false
	}
	name, err := names.ToASCII(s)
	if err != nil {
		return "", false
	}
	name = strings.TrimSuffix(name, ".")
	if name == "" || len(name) > maxName {
		return "", false
	}
	last := ""
	for label := range strings.SplitSeq(name, ".") {
		if !goodLabel(label) {
			return "", false
		}
		last = label
	}
	return name, strings.Trim(last, "0123456789") != ""
}

func goodLabel(label string) bool {
	return label != "" && len(label) <= maxLabel && label[0] != '-' && label[len(label)-1] != '-' &&
		strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// mailDomain is domainName for what stands after the @ of addresses.
func mailDomain(s string) (name string, ok bool) {
	name, ok = domainName(s)
	return name, ok && strings.Contains(name, ".")
}

// hostName is domainName for a server, which may be an IP address too.
func hostName(s string) (name string, ok bool) {
	if ip, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")); err == nil && ip.Zone() == "" {
		return ip.String(), true
	}
	return domainName(s)
}

// HostName returns the name of a server in ASCII form, lower case, without trailing dot,
// or an IP address. ok is false for what can be neither.
func HostName(s string) (name string, ok bool) { return hostName(s) }
