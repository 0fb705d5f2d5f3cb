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

// Parts takes a record apart by the groups of its checks: each as a record of its
// own, with the follow-ups that its checks raised. A follow-up that serves several
// groups is in the part of each, and names the parents that are there. The parts
// come in the order of the plan; a record of one group is its only part.
func (r *Record) Parts() []*Record {
	var parts []*part
	number := make(map[int]*part)   // by Check.Group
	group := make(map[string]*part) // of each check of the plan
	for i := range r.Checks {
		c := &r.Checks[i].Check
		if c.FollowUp() {
			continue
		}
		p := number[c.Group]
		if p == nil {
			p = new(part)
			number[c.Group] = p
			parts = append(parts, p)
		}
		p.places, group[c.ID] = append(p.places, i), p
	}
	if len(parts) < 2 {
		return []*Record{r}
	}
	for i := range r.Checks {
		for _, parent := range r.Checks[i].Check.Parents {
			if p := group[parent]; p != nil {
				p.follow(i, parent)
			}
		}
	}
	records := make([]*Record, len(parts))
	for n, p := range parts {
		records[n] = p.of(r)
	}
	return records
}

// part is a group of a record.
type part struct {
	places  []int      // of its checks, and of the follow-ups that serve it
	parents [][]string // of the follow-ups: those that are in the part
}

// follow adds a follow-up, or another parent of the last one.
func (p *part) follow(place int, parent string) {
	if p.places[len(p.places)-1] != place {
		p.places, p.parents = append(p.places, place), append(p.parents, nil)
	}
	last := &p.parents[len(p.parents)-1]
	*last = append(*last, parent)
}

// of returns the part as a record of its own.
func (p *part) of(r *Record) *Record {
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
