package chart

import (
	"slices"
	"strings"

	"maildoctor/probe/prose"
)

// hoods caches the neighbourhoods of a case's checks.
type hoods struct {
	of  map[string]*hood // by host and addresses dialled
	all map[string]*hood // by the hosts and addresses that it consists of
}

// hood is what is known about all ports of a host and of its addresses.
type hood struct {
	Neighbours
	open map[uint16]bool        // numbers of the mail ports that took a connection
	by   map[uint16]*Neighbours // as seen from a check at such a port
	said map[string]prose.Value // lists of places already put into words

	large bool // it has many ports
}

// manyPorts is the size from which a neighbourhood is built once for all hosts at
// its addresses. Its places are then in plan order, without the host's own first.
const manyPorts = 256

// around returns what is known about the other ports of the same host, or of the
// same address under another name.
func (c *Case) around(k *Exam) Neighbours {
	h, own := c.hood(k), k.Check.Endpoint.Port
	a := h.Neighbours
	a.hood = h
	if own == SparePort {
		a.spare = nil
	}
	if !h.open[own] {
		return a
	}
	seen := h.by[own]
	if seen == nil {
		seen = new(Neighbours)
		for _, d := range c.portsAround(k) {
			seen.add(d, own)
		}
		seen.tidy()
		h.by[own] = seen
	}
	return *seen
}

// hood returns the neighbourhood of a check.
func (c *Case) hood(k *Exam) *hood {
	if c.hoods.of == nil {
		c.hoods = hoods{make(map[string]*hood), make(map[string]*hood)}
	}
	addresses := k.addresses()
	key := k.Host() + " " + strings.Join(addresses, " ")
	h := c.hoods.of[key]
	if h == nil {
		h = c.hoodOf(k, key, addresses)
		c.hoods.of[key] = h
	}
	return h
}

func (c *Case) hoodOf(k *Exam, key string, addresses []string) *hood {
	if c.allThere(k.Host(), addresses) {
		key = strings.Join(addresses, " ")
	}
	h := c.hoods.all[key]
	if h == nil {
		h = newHood(c.portsAround(k))
		c.hoods.all[key] = h
	}
	return h
}

// allThere reports whether the addresses have many ports, and those include all
// ports of the host.
func (c *Case) allThere(host string, addresses []string) bool {
	n := 0
	at := make(map[string]bool)
	for _, a := range addresses {
		n += len(c.Ports.by[a])
		at[a] = true
	}
	if n < manyPorts {
		return false
	}
	for _, d := range c.Ports.by[host] {
		there := false
		for _, a := range d.addresses {
			there = there || at[a]
		}
		if !there {
			return false
		}
	}
	return true
}

func newHood(ports []*Port) *hood {
	h := &hood{large: len(ports) >= manyPorts, open: make(map[uint16]bool), by: make(map[uint16]*Neighbours), said: make(map[string]prose.Value)}
	for _, d := range ports {
		h.add(d, 0)
		if d.State == PortOpen && d.mail() && !d.aside() {
			h.open[d.Port] = true
		}
	}
	h.tidy()
	return h
}

// portsAround returns the ports of a check's host and of its addresses, each once.
func (c *Case) portsAround(k *Exam) []*Port {
	var all []*Port
	seen := make(map[*Port]bool)
	look := func(key string) {
		for _, d := range c.Ports.by[key] {
			if !seen[d] {
				seen[d] = true
				all = append(all, d)
			}
		}
	}
	look(k.Host())
	for _, a := range k.addresses() {
		look(a)
	}
	return all
}

// addresses returns the IP addresses that a check dialled, each once.
func (k *Exam) addresses() []string {
	var all []string
	for _, t := range k.Connect.Attempts {
		all = AppendNew(all, IPOf(t.Address))
	}
	return all
}

// OpenThere names the places of the same host that accepted a connection, and then
// those of the same address under another name.
func (c *Case) OpenThere(k *Exam) prose.Value {
	return c.listThere(k, "there", func() []Place { return c.OpenBeside(k) })
}

// OpenAround names the same places, and the ports that follow-ups found.
func (c *Case) OpenAround(k *Exam) prose.Value {
	return c.listThere(k, "around", func() []Place {
		var open placeList
		open.add(c.Connected[k.Host()]...)
		open.add(c.around(k).Open...)
		return open.places
	})
}

// OpenNames names the mail ports that accepted a connection.
func (a Neighbours) OpenNames() prose.Value {
	return a.hood.name("open", func() []Place { return a.Open })
}

// SaidNoNames names the mail ports that refused a connection.
func (a Neighbours) SaidNoNames() prose.Value {
	return a.hood.name("refusing", func() []Place { return a.SaidNo })
}

func (c *Case) listThere(k *Exam, what string, list func() []Place) prose.Value {
	return c.hood(k).name(what, list)
}

// name names the places of a list. In a large neighbourhood all checks share one
// value.
func (h *hood) name(what string, list func() []Place) prose.Value {
	if h == nil || !h.large {
		return prose.And(Names(list())...)
	}
	v, ok := h.said[what]
	if !ok {
		v = prose.And(Names(list())...)
		h.said[what] = v
	}
	return v
}

// OpenBeside returns other places of the same host, or of the same address under
// another name, that accepted a connection.
func (c *Case) OpenBeside(k *Exam) []Place {
	var open placeList
	open.add(c.Connected[k.Host()]...)
	for _, a := range k.addresses() {
		open.add(c.dialled[a]...)
	}
	return open.places
}

// AnyOpenBeside reports whether [Case.OpenBeside] returns any.
func (c *Case) AnyOpenBeside(k *Exam) bool {
	if len(c.Connected[k.Host()]) > 0 {
		return true
	}
	return slices.ContainsFunc(k.addresses(), func(a string) bool { return len(c.dialled[a]) > 0 })
}

// placeList is a list of places, each once.
type placeList struct {
	places []Place
	known  map[Place]bool
}

func (l *placeList) add(places ...Place) {
	if l.known == nil {
		l.known = make(map[Place]bool)
	}
	for _, p := range places {
		if !l.known[p] {
			l.known[p] = true
			l.places = append(l.places, p)
		}
	}
}

// tidy removes repeated places from the lists.
func (a *Neighbours) tidy() {
	for _, list := range []*[]Place{&a.Open, &a.SaidNo} {
		var each placeList
		each.add(*list...)
		*list = each.places
	}
}
