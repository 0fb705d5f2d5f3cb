package profiles

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Serving returns the profile of the embedded catalogue that a server belongs to, as far as the host is one of
// its endpoints; nil where there is none, or it can't be told which of several. Those
// that share servers are told apart by the domain of the account, which may be empty:
// one that nobody knows has its mailboxes where those with domains of their own have
// theirs. A server on this machine is nobody's.
func (c *Catalogue) Serving(host, domain string) *Profile {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if ip, err := netip.ParseAddr(host); host == "localhost" || err == nil && ip.IsLoopback() {
		return nil
	}
	return c.choose(host, domain, func(p *Profile) bool {
		return slices.ContainsFunc(p.Endpoints, func(e Endpoint) bool { return e.Host == host })
	})
}

// Linked returns the profile of the embedded catalogue that a web page belongs to, by the host of its address: one
// of its servers, a name below its domains, or the host of a page that it names itself.
// It is nil as in [Catalogue.Serving].
func (c *Catalogue) Linked(host, domain string) *Profile {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return c.choose(host, domain, func(p *Profile) bool {
		return p.covers(host) || p.names(host)
	})
}

// choose finds the one profile of the embedded catalogue that fits.
func (c *Catalogue) choose(host, domain string, fits func(*Profile) bool) *Profile {
	all := slices.DeleteFunc(c.Profiles(), func(p *Profile) bool { return !p.Builtin || !fits(p) })
	if slices.ContainsFunc(all, func(p *Profile) bool { return !p.Imported }) { // the imported ones know less of the same servers
		all = slices.DeleteFunc(all, func(p *Profile) bool { return p.Imported })
	}
	if p := c.byDomain(strings.ToLower(domain)); domain != "" && slices.Contains(all, p) {
		return p
	} else if domain != "" && (p == nil || !p.Builtin) {
		if own := only(all, func(p *Profile) bool { return slices.Contains(forOwnDomains, p.ID) }); own != nil {
			return own
		}
	}
	if p := only(all, func(*Profile) bool { return true }); p != nil {
		return p
	}
	return only(all, func(p *Profile) bool { return p.covers(host) })
}

// forOwnDomains are the profiles of services for people with domains of their own that
// share their servers with those for private addresses.
var forOwnDomains = []string{"google-workspace", "microsoft-365"}

// only returns the profile of which something holds; nil where that is none, or several.
func only(all []*Profile, holds func(*Profile) bool) *Profile {
	var found *Profile
	for _, p := range all {
		switch {
		case !holds(p):
		case found != nil:
			return nil
		default:
			found = p
		}
	}
	return found
}

// covers reports whether a host lies in one of the profile's domains.
func (p *Profile) covers(host string) bool {
	return slices.ContainsFunc(p.Domains, func(d string) bool { return host == d || strings.HasSuffix(host, "."+d) })
}

// names reports whether a page that the profile names for its readers lies on a host.
func (p *Profile) names(host string) bool {
	on := func(address string) bool {
		u, err := url.Parse(address)
		return err == nil && host != "" && strings.EqualFold(u.Hostname(), host)
	}
	return slices.ContainsFunc(p.Notes, func(n Note) bool { return on(n.URL) }) ||
		slices.ContainsFunc(p.Documentation, func(l Link) bool { return on(l.URL) })
}
