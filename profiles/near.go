package profiles

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"

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
	c.near.once.Do(c.index)
	return nearest(name, c.near.domains, mistyped)
}

// nearIndex has the names that are compared with every unknown one: made once for a
// catalogue, and not before there is an unknown name, because lists of thousands have
// thousands of them.
type nearIndex struct {
	once    sync.Once
	domains []split
	servers map[stage.Protocol]*knownServers
}

// knownServers are the servers of a protocol, but for those of imported profiles.
type knownServers struct {
	byHost map[string]stage.Endpoint // of the first profile that has it, by id
	hosts  []split
}

func (c *Catalogue) index() {
	for _, domain := range c.likely() {
		c.near.domains = append(c.near.domains, splitName(domain))
	}
	c.near.servers = make(map[stage.Protocol]*knownServers)
	for _, p := range c.Profiles() {
		if p.Imported {
			continue // see likely
		}
		for _, e := range p.servers() {
			of := c.near.servers[e.Protocol]
			if of == nil {
				of = &knownServers{byHost: make(map[string]stage.Endpoint)}
				c.near.servers[e.Protocol] = of
			}
			if _, known := of.byHost[e.Host]; !known {
				of.byHost[e.Host] = e.Endpoint
				of.hosts = append(of.hosts, splitName(e.Host))
			}
		}
	}
}

// serversOf returns the servers of a protocol.
func (c *Catalogue) serversOf(p stage.Protocol) knownServers {
	c.near.once.Do(c.index)
	if of := c.near.servers[p]; of != nil {
		return *of
	}
	return knownServers{}
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
	known, own := c.serversOf(protocol), make(map[string]stage.Endpoint)
	hosts := nearest(host, known.hosts, mistypedServer)
	for domain := host; domain != ""; _, domain, _ = strings.Cut(domain, ".") {
		for _, e := range c.servers(domain) {
			if e.Protocol != protocol || e.Host == host || slices.Contains(hosts, e.Host) {
				continue
			}
			hosts = append(hosts, e.Host)
			own[e.Host] = e.Endpoint
		}
	}
	var out []stage.Endpoint
	for _, h := range hosts[:min(len(hosts), maxNear)] {
		e, ok := known.byHost[h]
		if !ok {
			e = own[h] // of an imported profile
		}
		out = append(out, e)
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
// first. A name is not near itself.
func nearest(name string, known []split, slips func(typed, meant split) (int, bool)) []string {
	if len(name) > hostname.MaxName {
		return nil
	}
	typed := splitName(name)
	var found []string
	errors := make(map[string]int)
	for _, k := range known {
		if n, ok := slips(typed, k); ok {
			found, errors[k.name] = append(found, k.name), n
		}
	}
	return slip.Sorted(found, maxNear, func(name string) (int, bool) { return errors[name], true })
}
