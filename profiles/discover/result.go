package discover

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/stage"
)

// Result is what all sources say.
type Result struct {
	Address string // empty where a domain alone was asked about
	Domain  string
	Sources []stage.Source // the most trusted first
	Network Network

	// Wildcard is set where any name exists below the domain, so that hosts of ours that
	// answered nothing of use are nobody's.
	Wildcard bool
}

// Found reports whether there are settings to try.
func (r *Result) Found() bool { return len(r.Candidates()) > 0 }

// Candidate is a server that sources name.
type Candidate struct {
	stage.Setting
	Sources   []stage.SourceID // that name it, the most trusted first
	Forgeable bool             // no source names it that nobody on the way can have made up
}

// protocols are in the order in which settings are shown.
var protocols = []stage.Protocol{stage.IMAP, stage.POP3, stage.SMTP}

// Candidates returns the servers of each protocol, the best first: those of the most
// trusted source, in its own order, and what only less trusted ones have behind them.
// What is a guess, or came in clear, stands last.
func (r *Result) Candidates() []Candidate {
	var all []Candidate
	for _, p := range protocols {
		all = append(all, r.candidatesOf(p)...)
	}
	return all
}

func (r *Result) candidatesOf(p stage.Protocol) []Candidate {
	var all []Candidate
	for _, s := range r.bySafety() {
		for _, set := range s.Settings {
			if set.Protocol != p {
				continue
			}
			i := slices.IndexFunc(all, func(c Candidate) bool { return same(c.Endpoint, set.Endpoint) })
			if i < 0 {
				all = append(all, Candidate{Setting: set, Sources: []stage.SourceID{s.ID}, Forgeable: s.Forgeable})
				continue
			}
			all[i].User = cmp.Or(all[i].User, set.User)
			all[i].Forgeable = all[i].Forgeable && s.Forgeable
			if !slices.Contains(all[i].Sources, s.ID) {
				all[i].Sources = append(all[i].Sources, s.ID)
			}
		}
	}
	return all
}

// bySafety returns the sources with those last that anybody on the way could have
// written, and guesses behind them.
func (r *Result) bySafety() []stage.Source {
	rank := func(s stage.Source) int {
		switch {
		case s.ID == stage.SourceGuess:
			return 2
		case s.Outcome == stage.SourceUnsafe:
			return 1
		}
		return 0
	}
	return slices.SortedStableFunc(slices.Values(r.Sources), func(x, y stage.Source) int { return rank(x) - rank(y) })
}

func same(a, b stage.Endpoint) bool {
	return a.Protocol == b.Protocol && strings.EqualFold(a.Host, b.Host) && a.Port == b.Port && a.Security == b.Security
}

// Disagreement is a field of which sources say different things.
type Disagreement struct {
	Protocol stage.Protocol
	Field    stage.Field
	Values   []Value // of the most trusted source first
}

// Value is what some sources say.
type Value struct {
	Value   string
	Sources []stage.SourceID
}

// Disagreements compares, field by field, the first server of each protocol that each
// source has. A guess is no statement.
func (r *Result) Disagreements() []Disagreement {
	var all []Disagreement
	for _, p := range protocols {
		for _, f := range []stage.Field{stage.FieldHost, stage.FieldPort, stage.FieldSecurity, stage.FieldUser} {
			if d := r.differ(p, f); len(d.Values) > 1 {
				all = append(all, d)
			}
		}
	}
	return all
}

func (r *Result) differ(p stage.Protocol, f stage.Field) Disagreement {
	d := Disagreement{Protocol: p, Field: f}
	for _, s := range r.bySafety() {
		i := slices.IndexFunc(s.Settings, func(x stage.Setting) bool { return x.Protocol == p })
		if i < 0 || s.ID == stage.SourceGuess {
			continue
		}
		v := valueOf(s.Settings[i], f)
		if v == "" {
			continue // nothing is said about it
		}
		k := slices.IndexFunc(d.Values, func(x Value) bool { return x.Value == v })
		if k < 0 {
			k = len(d.Values)
			d.Values = append(d.Values, Value{Value: v})
		}
		d.Values[k].Sources = append(d.Values[k].Sources, s.ID)
	}
	return d
}

func valueOf(s stage.Setting, f stage.Field) string {
	switch f {
	case stage.FieldHost:
		return strings.ToLower(s.Host)
	case stage.FieldPort:
		return strconv.Itoa(int(s.Port))
	case stage.FieldSecurity:
		return string(s.Security)
	}
	return s.User
}

// Events are what a run's stream keeps of it: every source, and what the network in
// between does where it can't be believed.
func (r *Result) Events() []stage.Source {
	if r.Network == NetworkHonest {
		return r.Sources
	}
	return append(slices.Clone(r.Sources), stage.Source{ID: stage.SourceNetwork, Domain: r.Domain, Outcome: stage.SourceFailed, Detail: string(r.Network)})
}

// Every returns what came of every source there is, the most trusted first. Where a profile
// knows the domain, nobody but the catalogue was asked.
func (r *Result) Every() []stage.Source {
	var all []stage.Source
	for _, id := range stage.SourcesByTrust {
		i := slices.IndexFunc(r.Sources, func(s stage.Source) bool { return s.ID == id })
		s := stage.Source{ID: id, Domain: r.Domain, Outcome: stage.SourceSkipped, Detail: "a profile knows the domain"}
		switch {
		case i >= 0:
			s = r.Sources[i]
		case id == stage.SourceOwn:
			s.Outcome, s.Detail = stage.SourceAbsent, ""
		}
		all = append(all, s)
	}
	return all
}

// For returns the same for another address of the domain, for which nobody has to be
// asked again: what differs is the user name. A name that is neither the address nor its
// first part was one person's, and is left out.
func (r *Result) For(address string) *Result {
	out := *r
	out.Address, out.Sources = address, slices.Clone(r.Sources)
	for i := range out.Sources {
		set := slices.Clone(out.Sources[i].Settings)
		for k := range set {
			set[k].User = r.userFor(set[k].User, address)
		}
		out.Sources[i].Settings = set
	}
	return &out
}

func (r *Result) userFor(user, address string) string {
	local, _, _ := strings.Cut(r.Address, "@")
	switch user {
	case r.Address:
		return address
	case local:
		local, _, _ = strings.Cut(address, "@")
		return local
	}
	return ""
}
