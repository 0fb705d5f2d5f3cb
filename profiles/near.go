package profiles

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"maildoctor/probe/slip"
	"maildoctor/probe/stage"
	"maildoctor/profiles/hostname"
)

// maxNear limits the names that are suggested.
const maxNear = 3

// Near returns the domains and ids of the catalogue that may have been meant by an
// unknown name: at most three, the nearest first. Only typing errors count: other
// domains may have similar names, or the same name under another public suffix. A
// server's name (pop.example.com) is near its domain. Imported profiles are not
// suggested for their domains.
func (c *Catalogue) Near(name string) []string {
	name = strings.ToLower(name)
	if ascii, ok := hostname.Parse(name); ok {
		name = ascii
	}
	if !strings.Contains(name, ".") {
		return slip.Nearest(name, slices.Collect(maps.Keys(c.byID)), maxNear)
	}
	return nearest(name, c.likely(), mistyped)
}

// NearServers returns the servers of a protocol that may have been meant by a host
// name that doesn't resolve. Servers with a similar name come first, the nearest of
// them at the beginning, followed by those of the profile that the host's domain
// belongs to. Each host is listed once, at most three in all, and never the given
// host.
func (c *Catalogue) NearServers(protocol stage.Protocol, host string) []stage.Endpoint {
	host, ok := hostname.Parse(host)
	if _, err := netip.ParseAddr(host); !ok || err == nil {
		return nil
	}
	byHost := make(map[string]stage.Endpoint)
	for _, p := range c.Profiles() {
		if p.Imported {
			continue // see likely
		}
		for _, e := range p.servers() {
			if _, known := byHost[e.Host]; !known && e.Protocol == protocol {
				byHost[e.Host] = e.Endpoint
			}
		}
	}
	delete(byHost, host)
	hosts := nearest(host, slices.Collect(maps.Keys(byHost)), mistypedServer)
	for domain := host; domain != ""; _, domain, _ = strings.Cut(domain, ".") {
		for _, e := range c.servers(domain) {
			if e.Protocol != protocol || e.Host == host || slices.Contains(hosts, e.Host) {
				continue
			}
			hosts = append(hosts, e.Host)
			if _, known := byHost[e.Host]; !known { // of an imported profile
				byHost[e.Host] = e.Endpoint
			}
		}
	}
	var out []stage.Endpoint
	for _, h := range hosts[:min(len(hosts), maxNear)] {
		out = append(out, byHost[h])
	}
	return out
}

// servers returns the servers of the profile that a domain belongs to.
func (c *Catalogue) servers(domain string) []Endpoint {
	if p := c.byDomain(domain); p != nil {
		return p.At(domain).Endpoints
	}
	return nil
}

// nearest returns at most maxNear of the known names that are near name, nearest
// first.
func nearest(name string, known []string, slips func(typed, meant split) (int, bool)) []string {
	if len(name) > hostname.MaxName {
		return nil
	}
	typed := splitName(name)
	return slip.Sorted(known, maxNear, func(k string) (int, bool) { return slips(typed, splitName(k)) })
}
