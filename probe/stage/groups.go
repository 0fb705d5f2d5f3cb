package stage

import "slices"

// grouping says into which groups those of a plan were merged.
type grouping map[int]int

// merge reads which groups of a plan became one.
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

// of returns the group that a group has become part of: the first of those in it.
func (g grouping) of(group int) int {
	for {
		into, ok := g[group]
		if !ok || into == group {
			return group
		}
		if further, ok := g[into]; ok {
			g[group] = further // the way gets shorter each time
		}
		group = into
	}
}

// Parts takes a record apart by the groups of its checks, in the order of the plan. A
// record of one group is its only part.
func (r *Record) Parts() []Part {
	number := make(map[int]int)   // places in parts, by Check.Group
	group := make(map[string]int) // likewise, of each check of the plan
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
	places  []int      // in its Checks, of those of the plan and of the follow-ups that serve the group
	parents [][]string // of the follow-ups: those that are in the part
}

// follow adds a follow-up, or another parent of the last one.
func (p *Part) follow(place int, parent string) {
	if p.places[len(p.places)-1] != place {
		p.places, p.parents = append(p.places, place), append(p.parents, nil)
	}
	last := &p.parents[len(p.parents)-1]
	*last = append(*last, parent)
}

// Troubled reports whether a stage of any check of the group failed, or warned.
func (p *Part) Troubled() bool {
	if p.only {
		return slices.ContainsFunc(p.whole.Checks, func(c CheckRecord) bool { return c.Troubled() })
	}
	return slices.ContainsFunc(p.places, func(i int) bool { return p.whole.Checks[i].Troubled() })
}

// Record returns the part as a record of its own, with the follow-ups that its checks
// raised. A follow-up that serves several groups is in the part of each, and names the
// parents that are there.
func (p *Part) Record() *Record {
	if p.only {
		return p.whole
	}
	r := p.whole
	out := &Record{Header: r.Header, Checks: make([]CheckRecord, len(p.places)), End: r.End}
	planned := len(p.places) - len(p.parents)
	for n, i := range p.places {
		out.Checks[n] = r.Checks[i]
		if n >= planned {
			out.Checks[n].Check.Parents = p.parents[n-planned]
		}
	}
	return out.indexed(r.plan)
}

// parents returns those that a follow-up was ordered with and those that came later,
// each once.
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
