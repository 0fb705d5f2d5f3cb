package diagnose

import (
	"cmp"
	"hash/maphash"
	"maps"
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
)

// found is a finding with the values that determine its position.
type found struct {
	Finding
	place  int // index of its first check in the plan
	rule   int
	stated bool                     // stated explicitly by a server
	args   map[string][]prose.Value // in the order in which they were found
	known  map[uint64]bool          // values of args, by a hash of slot and key
	lists  map[givenList]bool
	checks []*chart.Exam // in plan order
}

// key identifies the hits that form one finding. A cause that is proven for one
// check and merely possible for another gives two findings, and so does a cause that
// is suppressed for one of them.
type key struct {
	cause  cause.ID
	proven bool
	apart  bool
	by     cause.ID
}

// merge combines the hits of one cause into one finding. It consumes hits: thousands
// of checks have as many, and keeping both would cost too much memory.
func merge(c *chart.Case, hits [][]hit) []*found {
	var all []*found
	index := make(map[key]*found)
	sizes := align(hits)
	for i, ofCheck := range hits {
		for _, h := range ofCheck {
			k := h.key()
			f := index[k]
			if f == nil {
				f = newFound(h, sizes[k])
				index[k] = f
				all = append(all, f)
			}
			f.add(h)
			f.Required = f.Required || c.StandsIn(h.check, h.stage)
		}
		hits[i] = nil
	}
	for _, f := range all {
		settle(c, f)
	}
	return all
}

func (h *hit) key() key { return key{h.cause, h.Confidence == cause.Proven, h.apart, h.by} }

// align gives one confidence to a cause that is proven for one check and likely for
// another: likely, so that it gets one page and not two. It returns the number of
// hits of each finding.
func align(hits [][]hit) map[key]int {
	likelyToo, sizes := make(map[key]bool), make(map[key]int)
	each := func(f func(*hit)) {
		for _, ofCheck := range hits {
			for i := range ofCheck {
				f(&ofCheck[i])
			}
		}
	}
	each(func(h *hit) {
		if h.Confidence == cause.Likely {
			likelyToo[key{cause: h.cause, apart: h.apart, by: h.by}] = true
		}
	})
	each(func(h *hit) {
		if h.Confidence == cause.Proven && likelyToo[key{cause: h.cause, apart: h.apart, by: h.by}] {
			h.Confidence = cause.Likely
		}
		sizes[h.key()]++
	})
	return sizes
}

// newFound returns a finding with room for this number of hits.
func newFound(h hit, hits int) *found {
	f := &found{place: h.check.Index, rule: h.rule, args: make(map[string][]prose.Value), known: make(map[uint64]bool), lists: make(map[givenList]bool)}
	f.Finding = Finding{
		Cause: h.cause, Severity: h.Severity, Confidence: h.Confidence,
		SuppressedBy: h.by, Who: cause.Operator, Stage: h.stage,
		Checks: make([]string, 0, hits), Evidence: make([]Evidence, 0, hits),
	}
	f.checks = make([]*chart.Exam, 0, hits)
	if p, ok := cause.PageOf(h.cause); ok {
		f.Who = p.Who
	}
	return f
}

// add adds a hit. Hits arrive check by check.
func (f *found) add(h hit) {
	c := h.check.Check
	if h.Severity.Rank() < f.Severity.Rank() {
		f.Severity = h.Severity
	}
	if h.Confidence.Rank() < f.Confidence.Rank() {
		f.Confidence = h.Confidence
	}
	if h.stage.Rank() < f.Stage.Rank() {
		f.Stage = h.stage
	}
	f.stated = f.stated || h.refusal && h.Confidence != cause.Possible
	f.Required = f.Required || !c.Optional
	if n := len(f.checks); n == 0 || f.checks[n-1] != h.check {
		f.Checks, f.checks = append(f.Checks, c.ID), append(f.checks, h.check)
	}
	f.Protocols = chart.AppendNew(f.Protocols, c.Endpoint.Protocol)
	f.see(Evidence{Check: c.ID, Stage: h.stage, Said: h.Said})
	for _, a := range argsOf(h) {
		name, items := a.slot.String(), a.value.Items()
		if len(items) > 1 && f.gave(name, &items[0]) {
			continue
		}
		for _, v := range items {
			f.give(name, v)
		}
	}
}

// gave reports whether a list was given to a slot before, and records it: long lists
// are often the same for many checks.
func (f *found) gave(slot string, first *prose.Value) bool {
	l := givenList{slot, first}
	before := f.lists[l]
	f.lists[l] = true
	return before
}

// givenList identifies a list by its address.
type givenList struct {
	slot  string
	first *prose.Value
}

// see adds evidence unless it has been given for its check already.
func (f *found) see(e Evidence) {
	for i := len(f.Evidence) - 1; i >= 0 && f.Evidence[i].Check == e.Check; i-- {
		if f.Evidence[i].same(e) {
			return
		}
	}
	f.Evidence = append(f.Evidence, e)
}

// seed is the seed of the hashes that identify values. Collisions are too unlikely
// to matter.
var seed = maphash.MakeSeed()

// give adds a value to a slot, each value once.
func (f *found) give(slot string, v prose.Value) {
	key := maphash.String(seed, slot+"\x00"+v.Key())
	if !f.known[key] {
		f.known[key] = true
		f.args[slot] = append(f.args[slot], v)
	}
}

// same reports whether two pieces of evidence are equal for the same check.
func (e Evidence) same(o Evidence) bool {
	return e.Check == o.Check && e.Stage == o.Stage && e.Said.Equal(o.Said)
}

// settle fills the slots with what was collected.
func settle(c *chart.Case, f *found) {
	f.Args = make(prose.Args, len(f.args)+6)
	for name, values := range f.args {
		f.Args[name] = prose.And(values...)
	}
	f.fill(cause.SlotPlace, places(f.checks))
	for slot, v := range derivedSlots(c, f) {
		f.fill(slot, v)
	}
	f.fill(cause.SlotMaybe, prose.Set(f.Confidence == cause.Possible)) // the page then says "may"
}

// fill fills a slot, unless the value is empty.
func (f *found) fill(slot cause.Slot, v prose.Value) {
	if !v.Empty() {
		f.Args[slot.String()] = v
	}
}

// derivedSlots returns the slots that are computed from all the checks of a finding,
// if its page has them.
func derivedSlots(c *chart.Case, f *found) map[cause.Slot]prose.Value {
	hosts := f.Args[cause.SlotHost.String()]
	at25 := func(k *chart.Exam) bool { return k.Check.Endpoint.Port == 25 }
	servers := c.AllOf(f.checks)
	if servers.Empty() {
		servers = hosts
	}
	tlsPort := ports(f.checks, chart.TLSPorts)
	if tlsPort.Empty() {
		tlsPort = cause.General(cause.SlotTLSPort.String())
	}
	all := map[cause.Slot]prose.Value{
		cause.SlotName:       say.ServerNames(hosts),
		cause.SlotServers:    servers,
		cause.SlotTLSPort:    tlsPort,
		cause.SlotSubmission: submissionLeft(c, f.checks),
		cause.SlotAt25:       prose.Set(slices.ContainsFunc(f.checks, at25)),
		cause.SlotAtTLSPort:  prose.Set(slices.ContainsFunc(f.checks, (*chart.Exam).AtTLSPort)),
		cause.SlotMixed:      prose.Set(len(f.args[cause.SlotFound.String()]) > 1 || len(f.Protocols) > 1),
		cause.SlotOnlyHere:   prose.Set(!c.InOrder()),
		cause.SlotIsWrong:    orGeneral(cause.SlotIsWrong, f.Args[cause.SlotIsWrong.String()]),
	}
	maps.Copy(all, bySureness(f.Confidence))
	p, ok := cause.PageOf(f.Cause)
	maps.DeleteFunc(all, func(slot cause.Slot, _ prose.Value) bool { return !ok || !p.Has(slot) })
	return all
}

// compare orders findings. Independent ones come first, then the most severe
// (required endpoints before optional ones), and the most certain. What a server
// states comes before what is inferred. Then it goes by the number of required
// endpoints, the stage, the plan's order, and last the order of the rules.
func compare(a, b *found) int {
	return cmp.Or(
		chart.Truth(a.SuppressedBy != "")-chart.Truth(b.SuppressedBy != ""),
		cmp.Compare(a.Severity.Rank(), b.Severity.Rank()),
		chart.Truth(!a.Required)-chart.Truth(!b.Required),
		cmp.Compare(a.Confidence.Rank(), b.Confidence.Rank()),
		chart.Truth(!a.stated)-chart.Truth(!b.stated),
		cmp.Compare(b.covers(), a.covers()),
		cmp.Compare(a.Stage.Rank(), b.Stage.Rank()),
		cmp.Compare(a.place, b.place),
		cmp.Compare(a.rule, b.rule),
		cmp.Compare(a.Cause, b.Cause),
	)
}

// covers counts the required endpoints that a finding concerns.
func (f *found) covers() int {
	n := 0
	for _, k := range f.checks {
		n += chart.Truth(!k.Check.Optional)
	}
	return n
}
