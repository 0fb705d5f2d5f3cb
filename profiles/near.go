package profiles

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// maxNear is how many names are suggested at most.
const maxNear = 3

// Near returns the domains and ids of the catalogue that may have been meant by
// a name that is none of them: at most three, the nearest first. A server's
// name (pop.example.com) is near its domain, and so is a domain that differs in
// its last label alone.
func (c *Catalogue) Near(name string) []string {
	name = strings.ToLower(name)
	if ascii, ok := asciiName(name); ok {
		name = ascii
	}
	return nearest(name, c.known())
}

// NearServers returns the servers of a protocol that may have been meant by a host
// name that leads nowhere, other than that host: those whose names are nearly the same, the nearest
// first, and then those of the profile that the host's domain belongs to. Each host
// comes once; there are at most three.
func (c *Catalogue) NearServers(protocol stage.Protocol, host string) []stage.Endpoint {
	host, ok := asciiName(host)
	if _, err := netip.ParseAddr(host); !ok || err == nil {
		return nil
	}
	byHost := make(map[string]stage.Endpoint)
	for _, p := range c.Profiles() {
		for _, e := range p.servers() {
			if _, known := byHost[e.Host]; !known && e.Protocol == protocol {
				byHost[e.Host] = e.Endpoint
			}
		}
	}
	delete(byHost, host)
	hosts := nearest(host, slices.Collect(maps.Keys(byHost)))
	for domain := host; domain != ""; _, domain, _ = strings.Cut(domain, ".") {
		for _, e := range c.servers(domain) {
			if e.Protocol == protocol && e.Host != host && !slices.Contains(hosts, e.Host) {
				hosts = append(hosts, e.Host)
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

// nearest returns the few of known that are near name, nearest first.
func nearest(name string, known []string) []string {
	if len(name) > maxName {
		return nil
	}
	type candidate struct {
		name     string
		distance int
	}
	var found []candidate
	for _, k := range known {
		d := distance(name, k)
		if strings.HasSuffix(name, "."+k) || sameButEnding(name, k) {
			d = 1
		}
		if d <= tolerance(min(len(name), len(k))) {
			found = append(found, candidate{k, d})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.name, b.name))
	})
	var out []string
	for _, f := range found[:min(len(found), maxNear)] {
		out = append(out, f.name)
	}
	return out
}

// tolerance is how many slips of the finger a name of n letters may have and
// still be recognised.
func tolerance(n int) int {
	switch {
	case n < 3:
		return 0
	case n < 8:
		return 1
	default:
		return 2
	}
}

// sameButEnding reports whether two domains differ after their last dot alone,
// as example.com and example.net do. One-letter names do not count: too many
// differ from each other in no other way.
func sameButEnding(a, b string) bool {
	i, j := strings.LastIndexByte(a, '.'), strings.LastIndexByte(b, '.')
	return i > 1 && j > 1 && a[:i] == b[:j]
}

// distance counts the letters to insert, delete, change or swap with their
// neighbour to make b of a (optimal string alignment). It counts bytes: the
// names compared are ASCII.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
