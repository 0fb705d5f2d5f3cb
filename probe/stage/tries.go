package stage

import (
	"cmp"
	"slices"
)

// A check of the plan may be tried again: because it failed and the user asked for it,
// or because the server refused a connection while others from here were open. Each
// further try is a check of its own in the stream ([Check.Try]). In a record it is part
// of the check that it repeats.

// MaxRepeats is how often one check may be tried again.
const MaxRepeats = 10

// Repeats reports whether the check is a further try of one of the plan's checks, which
// is its only parent.
func (c Check) Repeats() bool { return c.Try > 0 }

// tried returns what is known of a check of the plan: the results of the try that
// counts and, if there were several, all tries in order.
func (f *Folder) tried(c Check, end End) CheckRecord {
	first := f.fold(c, f.of(c.ID), end)
	again := f.again[c.ID]
	if len(again) == 0 {
		return first
	}
	all := []CheckRecord{first}
	for _, t := range again {
		all = append(all, f.fold(t, f.of(t.ID), end))
	}
	slices.SortStableFunc(all, func(a, b CheckRecord) int { return cmp.Compare(a.Check.Try, b.Check.Try) })
	out := all[counts(all)]
	out.Check, out.Tries = c, all
	return out
}

// counts returns the index of the try that counts: the one that got farthest and, of
// several, the last one. A try that was cut short counts only if all were.
func counts(tries []CheckRecord) int {
	best := 0
	for i := range tries {
		switch whole := !tries[i].cutShort(); {
		case whole && tries[best].cutShort(), whole && tries[i].reached() >= tries[best].reached():
			best = i
		}
	}
	return best
}

// cutShort reports whether the end of the run came before the end of the check.
func (c *CheckRecord) cutShort() bool {
	return slices.ContainsFunc(c.Results, func(r Result) bool {
		return r.Status == Skip && (r.Reason == Interrupted || r.Reason == OutOfTime)
	})
}

// reached returns the number of stages before the one that failed; all if none did.
func (c *CheckRecord) reached() int {
	if n := slices.IndexFunc(c.Results, func(r Result) bool { return r.Status == Fail }); n >= 0 {
		return n
	}
	return len(c.Results)
}

// Flaked returns the last try that failed although the one that counts did not; nil if
// there is none.
func (c *CheckRecord) Flaked() *CheckRecord {
	if c.Failed() != nil {
		return nil
	}
	for i := len(c.Tries) - 1; i >= 0; i-- {
		if c.Tries[i].Failed() != nil {
			return &c.Tries[i]
		}
	}
	return nil
}
