// Package account decides which logins belong to one account.
//
// Failed logins lock accounts, and an account can be reached under many names: servers
// have several host names, and hosts several addresses. Two logins belong to one
// account if they have the same user name and related hosts. Hosts are related if they
// share an address or a registered domain, or belong to one provider according to a
// profile. Whether hosts are really one server can't be seen from here. In doubt they
// are treated as one, because a skipped login costs less than a locked account.
package account

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Login is a user name, and the host where it logs in.
type Login struct {
	User      string
	Host      string
	Addresses []string // IP addresses of the host
	Provider  string   // id of the profile that the host belongs to; empty: none is known
}

// Key is one name of an account. Logins that share a key belong to one account.
type Key struct{ user, place string }

// Of reports whether the key is for this user name.
func (k Key) Of(user string) bool { return k.user == folded(user) }

// Keys returns the keys of the login's account, the most stable first: a host changes
// its addresses more often than its domain. There are none without a user name.
func (l Login) Keys() []Key {
	user := folded(l.User)
	if user == "" {
		return nil
	}
	var keys []Key
	if l.Provider != "" {
		keys = append(keys, Key{user, "provider " + l.Provider})
	}
	if d := Domain(l.Host); d != "" {
		keys = append(keys, Key{user, "domain " + d})
	}
	for _, a := range append([]string{l.Host}, l.Addresses...) {
		if ip, err := netip.ParseAddr(a); err == nil {
			keys = append(keys, Key{user, "address " + ip.Unmap().String()})
		}
	}
	return keys
}

// folded returns a user name in lower case. Nearly every server ignores case; one that
// doesn't is only tried less often.
func folded(user string) string { return strings.ToLower(user) }

// Domain returns the registered domain of a host name: example.co.uk for
// imap.example.co.uk. For a name that isn't below a public suffix, such as localhost,
// it is the name itself; an IP address has none.
func Domain(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if _, err := netip.ParseAddr(host); err == nil {
		return ""
	}
	if d, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return d
	}
	return host
}
