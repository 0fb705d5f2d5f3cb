package profiles

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Serving returns the profile of the embedded catalogue that has the host as an
// endpoint; nil if there is none, or if several remain. Profiles that share servers
// are distinguished by the domain of the account, which may be empty. An unknown
// domain counts for the service for people with domains of their own. A server on
// this machine belongs to no profile.
func (c *Catalogue) Serving(host, domain string) *Profile {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if ip, err := netip.ParseAddr(host); host == "localhost" || err == nil && ip.IsLoopback() {
		return nil
	}
	return c.choose(host, domain, func(p *Profile) bool {
		return slices.ContainsFunc(p.Endpoints, func(e Endpoint) bool { return e.Host == host })
	})
}

// AllServing returns the profiles of the embedded catalogue that have a server of that
// name, the kept ones before the imported ones, if there are any.
func (c *Catalogue) AllServing(host string) []*Profile {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return c.fitting(func(p *Profile) bool {
		return slices.ContainsFunc(p.Endpoints, func(e Endpoint) bool { return e.Host == host })
	})
}

// Linked returns the profile of the embedded catalogue that a web page belongs to,
// by the host of its URL: one of the profile's servers, a name below its domains, or
// the host of a page that it names. It is nil as in [Catalogue.Serving].
func (c *Catalogue) Linked(host, domain string) *Profile {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return c.choose(host, domain, func(p *Profile) bool {
		return p.covers(host) || p.names(host)
	})
}

// choose returns the one profile of the embedded catalogue that fits.
func (c *Catalogue) choose(host, domain string, fits func(*Profile) bool) *Profile {
	all := c.fitting(fits)
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

// fitting returns the profiles of the embedded catalogue that fit. The imported ones know
// less about the same servers: they count only if no other fits.
func (c *Catalogue) fitting(fits func(*Profile) bool) []*Profile {
	all := slices.DeleteFunc(c.Profiles(), func(p *Profile) bool { return !p.Builtin || !fits(p) })
	if slices.ContainsFunc(all, func(p *Profile) bool { return !p.Imported }) {
		all = slices.DeleteFunc(all, func(p *Profile) bool { return p.Imported })
	}
	return all
}

// forOwnDomains are the profiles of services for people with domains of their own
// that share their servers with those for private addresses.
var forOwnDomains = []string{"google-workspace", "microsoft-365"}

// only returns the only profile for which holds is true; nil if there are none or
// several.
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

// covers reports whether a host is in one of the profile's domains.
func (p *Profile) covers(host string) bool {
	return slices.ContainsFunc(p.Domains, func(d string) bool { return host == d || strings.HasSuffix(host, "."+d) })
}

// names reports whether a page that the profile names for its readers is on a host.
func (p *Profile) names(host string) bool {
	on := func(address string) bool {
		u, err := url.Parse(address)
		return err == nil && host != "" && strings.EqualFold(u.Hostname(), host)
	}
	return slices.ContainsFunc(p.Notes, func(n Note) bool { return on(n.URL) }) ||
		slices.ContainsFunc(p.Documentation, func(l Link) bool { return on(l.URL) })
}
