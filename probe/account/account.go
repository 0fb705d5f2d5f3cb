// Package account says which names are one account.
//
// Wrong logins lock accounts, and one account has many names: servers have several
// host names, and hosts several addresses. Two logins are one account where the
// user name is the same and the hosts share an address or a registered domain, or
// belong to one provider as far as a profile tells. Whether hosts are one server in
// truth can't be seen from here; where it is doubtful, they are taken for one, since
// a login left out costs less than an account locked.
package account

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Login is as whom a login is made, and where.
type Login struct {
	User      string
	Host      string
	Addresses []string // IP addresses that the host has
	Provider  string   // id of the profile that the host belongs to; empty: none is known
}

// Key is a name of an account. What shares a key is one account.
type Key struct{ user, place string }

// Of reports whether the key is for this user name.
func (k Key) Of(user string) bool { return k.user == folded(user) }

// Keys returns the names of the login's account, those that last longest first: a
// host changes its addresses more easily than its domain. Without a user name there
// is none.
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

// folded is a user name without its letter case: nearly every server passes over
// that, and one that doesn't is only asked less often.
func folded(user string) string { return strings.ToLower(user) }

// Domain returns the registered domain of a host name: example.co.uk for
// imap.example.co.uk. A name that stands above all registered ones, such as
// localhost, is its own; an IP address has none.
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
