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
	members := make(map[int][]int) // places in Checks
	group := make(map[string]int)  // of each check of the plan
	var order []int
	for i := range r.Checks {
		c := &r.Checks[i].Check
		if c.FollowUp() {
			continue
		}
		if members[c.Group] == nil {
			order = append(order, c.Group)
		}
		members[c.Group] = append(members[c.Group], i)
		group[c.ID] = c.Group
	}
	if len(order) < 2 {
		return []*Record{r}
	}
	for i := range r.Checks {
		for _, parent := range r.Checks[i].Check.Parents {
			g, ok := group[parent]
			if in := members[g]; ok && in[len(in)-1] != i {
				members[g] = append(in, i)
			}
		}
	}
	parts := make([]*Record, len(order))
	for n, g := range order {
		parts[n] = r.part(members[g], func(id string) bool { in, ok := group[id]; return ok && in == g })
	}
	return parts
}

// part returns a record of some checks, with those parents of its follow-ups alone
// that are wanted.
func (r *Record) part(places []int, wanted func(id string) bool) *Record {
	p := &Record{Header: r.Header, Checks: make([]CheckRecord, len(places)), End: r.End}
	for n, i := range places {
		p.Checks[n] = r.Checks[i]
		c := &p.Checks[n].Check
		if slices.ContainsFunc(c.Parents, func(id string) bool { return !wanted(id) }) {
			c.Parents = slices.DeleteFunc(slices.Clone(c.Parents), func(id string) bool { return !wanted(id) })
		}
	}
	return p.indexed()
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
