// Package hostname says what can be the name of a host or of a mail domain, and
// returns it in the one form in which names are compared.
package hostname

import (
	"net/netip"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Limits of RFC 1035 section 2.3.4, in octets of the ASCII form.
const (
	MaxName  = 253
	MaxLabel = 63
)

// names maps what people type to the form that is looked up (RFC 5891 section 5, UTS
// #46 without the transitional mappings). Hyphens are checked below instead, because
// names such as r3---a.example exist.
var names = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.CheckHyphens(false))

// Parse returns a domain name in ASCII, lower case, without trailing dot. ok is
// false for what cannot be a host name (RFC 1123 section 2.1), such as a name whose
// last label is a number.
func Parse(s string) (name string, ok bool) {
	// Four bytes are the most that a character takes; punycode is slow on long text.
	if len(s) > 4*MaxName || !utf8.ValidString(s) {
		return "", false
	}
	name, err := names.ToASCII(s)
	if err != nil {
		return "", false
	}
	name = strings.TrimSuffix(name, ".")
	if name == "" || len(name) > MaxName {
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
	return label != "" && len(label) <= MaxLabel && label[0] != '-' && label[len(label)-1] != '-' &&
		strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// MailDomain is [Parse] for the part of an address after the @. It requires a dot, so
// that a domain is never mistaken for the id of a profile.
func MailDomain(s string) (name string, ok bool) {
	name, ok = Parse(s)
	return name, ok && strings.Contains(name, ".")
}

// Server is [Parse] for a server, which may be an IP address too.
func Server(s string) (name string, ok bool) {
	if ip, err := netip.ParseAddr(s); err == nil && ip.Zone() == "" {
		return ip.String(), true
	}
	return Parse(s)
}
