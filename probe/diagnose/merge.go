package diagnose

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// found is a finding with what orders it.
type found struct {
	Finding
	place  int // of its first check in the plan
	rule   int
	args   map[string][]string // values in the order they were met
	checks []*chart.Exam       // in plan order
}

// key tells which hits are one finding. What is proven for one check and merely
// fits another stays apart, and so does what follows from something else.
type key struct {
	cause  cause.ID
	proven bool
	by     cause.ID
}

// merge makes one finding of the hits of one cause.
func merge(c *chart.Case, hits []hit) []*found {
	var all []*found
	index := make(map[key]*found)
	likelyToo := make(map[key]bool)
	for _, h := range hits {
		if h.Confidence == cause.Likely {
			likelyToo[key{cause: h.cause, by: h.by}] = true
		}
	}
	for _, h := range hits {
		// Proven here and likely there is likely as a whole: one page, not two.
		if h.Confidence == cause.Proven && likelyToo[key{cause: h.cause, by: h.by}] {
			h.Confidence = cause.Likely
		}
		k := key{h.cause, h.Confidence == cause.Proven, h.by}
		f := index[k]
		if f == nil {
			f = newFound(h)
			index[k] = f
			all = append(all, f)
		}
		f.add(h)
		f.Required = f.Required || c.StandsIn(h.check, h.stage)
	}
	for _, f := range all {
		settle(c, f)
	}
	return all
}

func newFound(h hit) *found {
	f := &found{place: h.check.Index, rule: h.rule, args: make(map[string][]string)}
	f.Finding = Finding{
		Cause: h.cause, Severity: h.Severity, Confidence: h.Confidence,
		SuppressedBy: h.by, Who: cause.Operator, Stage: h.stage,
	}
	if p, ok := cause.PageOf(h.cause); ok {
		f.Who = p.Who
	}
	return f
}

// add takes in one more hit.
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
	f.Required = f.Required || !c.Optional
	f.Checks = chart.AppendNew(f.Checks, c.ID)
	f.checks = chart.AppendNew(f.checks, h.check)
	f.Protocols = chart.AppendNew(f.Protocols, c.Endpoint.Protocol)
	f.Evidence = chart.AppendNew(f.Evidence, Evidence{Check: c.ID, Stage: h.stage, Text: h.Text})
	for name, value := range h.Args {
		f.args[name] = chart.AppendNew(f.args[name], value)
	}
}

// settle writes the collected values as words.
func settle(c *chart.Case, f *found) {
	f.Args = make(map[string]string, len(f.args)+6)
	for name, values := range f.args {
		f.Args[name] = chart.List(values)
	}
	if n := len(f.args["host"]); n > 1 {
		f.Args["several"] = strconv.Itoa(n)
	}
	if n := len(f.Protocols); n > 1 {
		f.Args["several_protocol"] = strconv.Itoa(n)
	}
	if n := len(f.args["dead"]); n > 1 || n == 1 && strings.Contains(f.args["dead"][0], " and ") {
		f.Args["several_dead"] = strconv.Itoa(n + 1)
	}
	if n := len(f.checks); n > 1 && !samePort(f.checks) {
		f.Args["several_place"] = strconv.Itoa(n)
	}
	f.Args["place"] = stage.Visible(places(f.checks))
	maps.Copy(f.Args, derivedSlots(c, f))
	if f.Confidence == cause.Possible {
		f.Args["maybe"] = "yes" // the page then says "may"
	}
}

// derived returns the slots that follow from all the checks of a finding, as far
// as its page has them.
func derivedSlots(c *chart.Case, f *found) map[string]string {
	name := "the server name "
	if f.Args["several"] != "" {
		name = "the server names "
	}
	all := map[string]string{
		"name":     name + f.Args["host"],
		"servers":  stage.Visible(cmp.Or(c.AllOf(f.checks), f.Args["host"])),
		"tls_port": cmp.Or(ports(f.checks, chart.TLSPorts), cause.General("tls_port")),

		"submission": submissionLeft(f.checks),
	}
	if slices.ContainsFunc(f.checks, func(k *chart.Exam) bool { return k.Check.Endpoint.Port == 25 }) {
		all["at_25"] = "yes"
	}
	if slices.ContainsFunc(f.checks, (*chart.Exam).AtTLSPort) {
		all["at_tls_port"] = "yes"
	}
	if len(f.args["found"]) > 1 || len(f.Protocols) > 1 {
		all["mixed"] = "yes"
	}
	if !c.InOrder() {
		all["only_here"] = "yes"
	}
	maps.Copy(all, bySureness(f.Confidence))
	p, ok := cause.PageOf(f.Cause)
	maps.DeleteFunc(all, func(slot, _ string) bool { return !ok || !p.Has(slot) })
	return all
}

// compare orders findings: those that stand by themselves first, then the worst
// (required endpoints before optional ones), the surest, what tells of the most
// required endpoints, the earliest stage, the plan's order, and last the order of
// the rules.
func compare(a, b *found) int {
	return cmp.Or(
		chart.Truth(a.SuppressedBy != "")-chart.Truth(b.SuppressedBy != ""),
		cmp.Compare(a.Severity.Rank(), b.Severity.Rank()),
		chart.Truth(!a.Required)-chart.Truth(!b.Required),
		cmp.Compare(a.Confidence.Rank(), b.Confidence.Rank()),
		cmp.Compare(b.covers(), a.covers()),
		cmp.Compare(a.Stage.Rank(), b.Stage.Rank()),
		cmp.Compare(a.place, b.place),
		cmp.Compare(a.rule, b.rule),
		cmp.Compare(a.Cause, b.Cause),
	)
}

// covers counts the required endpoints that a finding tells of.
func (f *found) covers() int {
	n := 0
	for _, k := range f.checks {
		n += chart.Truth(!k.Check.Optional)
	}
	return n
}
