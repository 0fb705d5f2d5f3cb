package report

import (
	"slices"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// Comparison compares two runs: what changed from the older one to the newer, what
// did not, and what cannot be compared.
type Comparison struct {
	Old, New      Compared
	Title         string       // what was examined, and its result in the newer run
	Summary       []string     // whole sentences
	Changed       []Difference // a stage that was skipped in one of the runs is never a change
	Same          []Difference
	Apart         []Difference // not comparable: tried in only one of the runs
	Circumstances []Difference
	Causes        []PastCause    // of the older run, absent in the newer one
	Actions       []cause.Action // the older run's, if the newer one works
	News          News           // of the expectations of a smoke file

	l     *prose.Language
	stood stood
}

// Compared is one of two runs.
type Compared struct {
	Name          string // as the user calls it: the file name
	Verdict       Verdict
	AsFarAsTested bool
	Started       time.Time
}

// Difference is one thing as each of two runs saw it. Without signs it is a
// circumstance.
type Difference struct {
	Check string // Check.ID in the newer run, or in the older one
	What  string // "SMTP smtp.example.net:587"
	Part  Part   // empty for the whole connection
	Old   Seen
	New   Seen

	what prose.Value
}

// Part is the part of a connection that is compared: a stage, by its id, or one of
// the properties below.
type Part string

// Properties of a connection that belong to no stage.
const (
	PartAddresses   Part = "addresses"
	PartCertificate Part = "certificate"
)

// Text returns the name of the part in a table; empty for the whole connection.
func (p Part) Text(l *prose.Language) string { return l.Text(p.name()) }

func (p Part) name() prose.Value {
	switch p {
	case PartAddresses:
		return say.ComparedPartAddresses()
	case PartCertificate:
		return say.ComparedPartCertificate()
	}
	return prose.Data(string(p))
}

// Seen is what one run saw.
type Seen struct {
	Sign Sign // empty: none is shown
	Text string

	said prose.Value
}

// PastCause is a cause that one run has and the other doesn't.
type PastCause struct {
	Cause      cause.ID
	Confidence cause.Confidence
}

// CompareWith compares the report with that of an older run. The names are those of
// the two runs.
func (r *Report) CompareWith(old *Report, oldName, newName string) {
	r.Against = compare(old, r, oldName, newName)
}

func compare(old, new *Report, oldName, newName string) *Comparison {
	c := &Comparison{
		l:     new.Language,
		Title: new.Language.Text(say.ComparedTitle(new.title, prose.Data(newName))),
		Old:   Compared{oldName, old.Verdict, old.AsFarAsTested, old.Started},
		New:   Compared{newName, new.Verdict, new.AsFarAsTested, new.Started},
	}
	for _, p := range pairs(old.Checks, new.Checks) {
		c.compare(p, old, new)
	}
	c.servers(old, new)
	c.circumstances(old, new)
	c.Causes = pastCauses(old, new)
	changed, same := c.expectations(old, new) // the summary's sentences are about connections
	conclusion, network := c.conclusion(old, new)
	c.Summary = sentences(c.l, append(c.summary(), conclusion, c.news())...)
	c.Changed, c.Same = append(c.Changed, changed...), append(c.Same, same...)
	if len(new.Actions) == 0 && len(c.Causes) > 0 {
		c.Actions = pastActions(old.Actions, network)
	}
	c.stand(old, new)
	return c
}

// pastActions returns the older run's actions. If the network was found to differ,
// only those for it remain: another network has been tried.
func pastActions(actions []cause.Action, network bool) []cause.Action {
	var own []cause.Action
	for _, a := range actions {
		if a.Who == cause.Network {
			own = append(own, a)
		}
	}
	if network && len(own) > 0 {
		return own
	}
	return actions
}

// pair is the same check in two runs; nil if a run doesn't have it.
type pair struct{ old, new *stage.CheckRecord }

// pairs matches the checks of connections by what they examine, in the newer run's
// order, followed by those that only the older one has. An endpoint of one run's
// plan may be a follow-up of the other's. Follow-ups of other kinds are compared
// only by the causes that follow from them.
func pairs(old, new []stage.CheckRecord) []pair {
	type key struct {
		endpoint stage.Endpoint
		user     string
	}
	of := func(c *stage.CheckRecord) key { return key{c.Check.Endpoint, c.Check.User} }
	connection := func(c *stage.CheckRecord) bool {
		return c.Check.Kind == stage.KindEndpoint && chart.Usual(c.Check.Manner)
	}
	left := make(map[key][]*stage.CheckRecord) // of the older run, not matched yet
	for j := range old {
		if o := &old[j]; connection(o) {
			left[of(o)] = append(left[of(o)], o)
		}
	}
	var out []pair
	taken := make(map[*stage.CheckRecord]bool)
	for i := range new {
		if !connection(&new[i]) {
			continue
		}
		p := pair{new: &new[i]}
		if like := left[of(p.new)]; len(like) > 0 {
			p.old, left[of(p.new)], taken[like[0]] = like[0], like[1:], true
		}
		out = append(out, p)
	}
	for j := range old {
		if connection(&old[j]) && !taken[&old[j]] {
			out = append(out, pair{old: &old[j]})
		}
	}
	return out
}

// tells reports whether a check deserves a line of its own: always if it is in the
// plan, and a follow-up if it found a server.
func tells(c *stage.CheckRecord) bool {
	return !c.Check.FollowUp() || c.Failed() == nil && chart.Reached(c)
}

// compare files a pair under what changed, what did not, or neither.
func (c *Comparison) compare(p pair, old, new *Report) {
	telling := func(c *stage.CheckRecord) bool { return c != nil && tells(c) }
	switch {
	case !telling(p.old) && !telling(p.new):
		return
	case p.old == nil:
		c.Apart = append(c.Apart, c.difference(p.new, "", c.notTried(), c.overall(p.new, new)))
		return
	case p.new == nil:
		c.Apart = append(c.Apart, c.difference(p.old, "", c.overall(p.old, old), c.notTried()))
		return
	}
	changed, apart := c.stages(p, old, new)
	if !changed && !apart {
		c.Same = append(c.Same, c.difference(p.new, "", c.overall(p.old, old), c.overall(p.new, new)))
	}
}

// stages compares a pair stage by stage. The first stage that differs is the change.
// Later differences follow from it, and only the login is reported.
func (c *Comparison) stages(p pair, old, new *Report) (changed, apart bool) {
	for i := range p.new.Results {
		n := &p.new.Results[i]
		o := p.old.Result(n.Stage)
		if o == nil {
			continue
		}
		d := c.difference(p.new, Part(n.Stage), c.stage(o, old.Options), c.stage(n, new.Options))
		switch {
		case o.Status == stage.Skip && n.Status == stage.Skip:
		case o.Status == stage.Skip || n.Status == stage.Skip:
			if changed && n.Stage == stage.Login {
				c.Changed = append(c.Changed, d)
			} else if !changed && !apart {
				c.Apart = append(c.Apart, d)
				apart = true
			}
		case o.Status != n.Status || o.Fault != n.Fault:
			if !changed {
				c.Changed = append(c.Changed, d)
			}
			changed = true
		}
	}
	return changed, apart
}

// difference describes what two runs saw of a connection, or of one part of it.
func (c *Comparison) difference(of *stage.CheckRecord, part Part, old, new Seen) Difference {
	what := prose.Data(protocolName(of.Check.Endpoint.Protocol) + " " + of.Check.Endpoint.Address())
	return Difference{Check: of.Check.ID, What: c.l.Text(what), Part: part, Old: old, New: new, what: what}
}

func (c *Comparison) seen(sign Sign, said prose.Value) Seen { return Seen{sign, c.l.Text(said), said} }

func (c *Comparison) notTried() Seen { return c.seen(SignNotReached, say.ComparedNotTried()) }

// stage says how a stage ended.
func (c *Comparison) stage(r *stage.Result, o stage.Options) Seen {
	switch r.Status {
	case stage.Pass:
		return c.seen(SignPass, prose.Duration(r.Time))
	case stage.Warn:
		return c.seen(SignWarn, clause(r, o))
	case stage.Fail:
		return c.seen(SignFail, clause(r, o))
	}
	if r.Reason == stage.Blocked {
		return c.seen(SignNotReached, say.ComparedNotReached())
	}
	return c.notTried()
}

// overall says how a whole connection ended.
func (c *Comparison) overall(of *stage.CheckRecord, r *Report) Seen {
	if f := of.Failed(); f != nil {
		return c.stage(f, r.Options)
	}
	sign := SignPass
	if slices.ContainsFunc(of.Results, func(r stage.Result) bool { return r.Status == stage.Warn }) {
		sign = SignWarn
	}
	if !slices.ContainsFunc(of.Results, func(r stage.Result) bool { return r.Status != stage.Skip }) {
		return c.notTried()
	}
	took := prose.Duration(of.Time)
	if of.Check.FollowUp() {
		took = say.ComparedFollowUp(took)
	}
	return c.seen(sign, took)
}

// pastCauses returns the leading causes of the older run that the newer one doesn't
// have.
func pastCauses(old, new *Report) []PastCause {
	var out []PastCause
	for _, f := range old.Findings {
		gone := !slices.ContainsFunc(new.Findings, func(n Explanation) bool { return n.Cause == f.Cause })
		if gone && f.SuppressedBy == "" && f.Severity == cause.Fail {
			out = append(out, PastCause{f.Cause, f.Confidence})
		}
	}
	return out
}
