package stage

import "slices"

// grouping maps each merged group of the plan to the group that it became part of.
type grouping map[int]int

// merge reads from the events which groups of the plan were merged.
func merge(plan []Check, events []Event) grouping {
	if len(events) == 0 {
		return nil
	}
	groups := make(map[string]int, len(plan))
	for i := range plan {
		groups[plan[i].ID] = plan[i].Group
	}
	g := make(grouping)
	for _, e := range events {
		a, known := groups[e.Check]
		b, both := groups[e.Merged.With]
		if known && both {
			a, b = g.of(a), g.of(b)
			g[max(a, b)] = min(a, b)
		}
	}
	return g
}

// of returns the group that a group is now part of: the first of those merged.
func (g grouping) of(group int) int {
	for {
		into, ok := g[group]
		if !ok || into == group {
			return group
		}
		if further, ok := g[into]; ok {
			g[group] = further // path compression
		}
		group = into
	}
}

// Parts splits a record by the groups of its checks, in the order of the plan. If there
// is only one group, the record itself is the only part.
func (r *Record) Parts() []Part {
	number := make(map[int]int)   // index in parts, by Check.Group
	group := make(map[string]int) // index in parts, by check of the plan
	var parts []Part
	for i := range r.Checks {
		c := &r.Checks[i].Check
		if c.FollowUp() {
			continue
		}
		n, ok := number[c.Group]
		if !ok {
			n = len(parts)
			number[c.Group] = n
			parts = append(parts, Part{whole: r})
		}
		parts[n].places = append(parts[n].places, i)
		group[c.ID] = n
	}
	if len(parts) < 2 {
		return []Part{{whole: r, only: true}}
	}
	for i := range r.Checks {
		for _, parent := range r.Checks[i].Check.Parents {
			if n, ok := group[parent]; ok {
				parts[n].follow(i, parent)
			}
		}
	}
	return parts
}

// Part is one group of a run.
type Part struct {
	whole   *Record
	only    bool
	places  []int      // indexes into its Checks: those of the plan, and the follow-ups for this group
	parents [][]string // of each follow-up: those that belong to the part
}

// follow adds a follow-up, or another parent of the last one added.
func (p *Part) follow(place int, parent string) {
	if p.places[len(p.places)-1] != place {
		p.places, p.parents = append(p.places, place), append(p.parents, nil)
	}
	last := &p.parents[len(p.parents)-1]
	*last = append(*last, parent)
}

// Asks reports whether the group can raise questions; see [Record.Asks].
func (p *Part) Asks() bool {
	if p.only {
		return p.whole.Asks()
	}
	return len(p.whole.before()) > 0 || slices.ContainsFunc(p.places, func(i int) bool { return p.whole.asks(&p.whole.Checks[i]) })
}

// Record returns the part as a separate record, with the follow-ups that its checks
// raised. A follow-up for several groups is in the part of each, and lists only the
// parents in that part.
func (p *Part) Record() *Record {
	if p.only {
		return p.whole
	}
	r := p.whole
	out := &Record{Header: r.Header, Sources: r.before(), Checks: make([]CheckRecord, len(p.places)), End: r.End}
	planned := len(p.places) - len(p.parents)
	for n, i := range p.places {
		out.Checks[n] = r.Checks[i]
		if n >= planned {
			out.Checks[n].Check.Parents = p.parents[n-planned]
		}
	}
	return out.indexed(r.plan)
}

// parents returns the parents that a follow-up was created with and those added later,
// without duplicates.
func (k *folding) parents(first []string) []string {
	if len(k.shared) == 0 {
		return first
	}
	inSequence(k.shared)
	all := slices.Clone(first)
	known := make(map[string]bool, len(first))
	for _, id := range first {
		known[id] = true
	}
	for _, e := range k.shared {
		for _, id := range e.Parents {
			if !known[id] {
				known[id] = true
				all = append(all, id)
			}
		}
	}
	return all
}
