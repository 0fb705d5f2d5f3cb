// Package surveyor looks at what a catalogue of mail settings is about: names, mail
// exchangers, published settings, and servers as far as their capabilities, without a
// login. What is seen is judged by package survey.
package surveyor

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net"
	"slices"
	"time"

	"maildoctor/probe/account"
	"maildoctor/probe/stage"
	"maildoctor/probe/walk"
	"maildoctor/profiles/discover"
	"maildoctor/profiles/survey"
)

// Names answers questions to the DNS, with errors of type *stage.Error.
type Names interface {
	Addresses(ctx context.Context, host string) ([]string, error)
	MX(ctx context.Context, domain string) ([]*net.MX, error)
}

// Other is another name server.
type Other struct {
	Server string // ip:port
	Names
}

// Surveyor looks at entries.
type Surveyor struct {
	Names  Names
	Others []Other         // further name servers, asked about what seems to be gone
	Asker  *discover.Asker // asks what the domains publish; nil: nobody is asked

	// Examine visits a server as far as its capabilities.
	Examine func(context.Context, stage.Endpoint) (*stage.CheckRecord, error)

	Walk  walk.Options // for everything; Again is set here
	Nonce string       // a label that nobody has given a host
}

// result is what came of an item: one of the two. Journals hold it.
type result struct {
	Domain *survey.Domain `json:"domain,omitempty"`
	Visit  *survey.Visit  `json:"visit,omitempty"`
}

// settled reports whether a result needn't be looked at again when a walk is gone on
// with. What didn't go well does: nobody can tell afterwards whether the network was to
// blame.
func (r result) settled() bool {
	if r.Domain != nil {
		return r.Domain.Name == survey.There && r.Domain.MXFault == ""
	}
	return r.Visit != nil && r.Visit.Passed()
}

// See looks at everything that the entries name, each thing once, and again at what
// decides who is to blame. Where nothing at all can be reached, it doesn't try
// everything. It ends early when ctx does; then parts are missing. The error is that of
// the journal.
func (s *Surveyor) See(ctx context.Context, entries []survey.Entry) (*survey.Seen, error) {
	seen := &survey.Seen{Domains: make(map[string]survey.Domain), Visits: make(map[string]survey.Visit), Since: time.Now()}
	seen.Again.Invented = s.invents(ctx)
	if !s.hears(ctx, entries) {
		seen.Nothing = survey.NoNames
		return seen, nil
	}
	first, rest := scouts(endpoints(entries, nil))
	err := s.visits(ctx, first, true, seen)
	if len(rest) > 0 && !reached(seen) && ctx.Err() == nil {
		seen.Nothing = survey.NoNetwork
		return seen, err
	}
	err = errors.Join(err, s.domains(ctx, entries, seen))
	rest = slices.DeleteFunc(endpoints(entries, seen), func(e stage.Endpoint) bool { return slices.Contains(first, e) })
	err = errors.Join(err, s.visits(ctx, rest, false, seen))
	if ctx.Err() == nil {
		s.again(ctx, seen)
	}
	return seen, err
}

// hears reports whether the name servers know anything: a suffix that everybody knows,
// or one of the names that it is about, which may be known only here.
func (s *Surveyor) hears(ctx context.Context, entries []survey.Entry) bool {
	asked := []string{"com"}
	for _, e := range entries {
		suffix, _ := survey.Suffix(e.ID())
		names := []string{suffix, e.ID()}
		for _, server := range e.Servers[:min(len(e.Servers), 1)] {
			names = append(names, server.Host)
		}
		for _, name := range names {
			if name != "" && len(asked) < mostFirstNames && !slices.Contains(asked, name) {
				asked = append(asked, name)
			}
		}
	}
	var items []walk.Item
	for _, name := range asked {
		items = append(items, walk.Item{ID: name, Lane: name})
	}
	got, _ := walk.Visit(ctx, items, walk.Options{Parallel: len(items)}, func(ctx context.Context, i walk.Item) survey.Existence {
		_, err := s.Names.MX(ctx, i.ID)
		e, _ := existence(ctx, s.Names, i.ID, err)
		return e
	})
	return ctx.Err() != nil || slices.Contains(slices.Collect(maps.Values(got)), survey.There)
}

// mostFirstNames bounds the names that are asked for at the beginning.
const mostFirstNames = 12

// reached reports whether any server did what was asked of it.
func reached(seen *survey.Seen) bool {
	for _, v := range seen.Visits {
		if v.Passed() {
			return true
		}
	}
	return false
}

// invents reports whether names exist here that nobody has: .invalid is reserved (RFC
// 6761 6.4), and the other name is made up.
func (s *Surveyor) invents(ctx context.Context) bool {
	return slices.ContainsFunc([]string{s.Nonce + ".invalid", s.Nonce + ".com"}, func(name string) bool {
		found, err := s.Names.Addresses(ctx, name)
		return err == nil && len(found) > 0
	})
}

// domains looks at the mail domains.
func (s *Surveyor) domains(ctx context.Context, entries []survey.Entry, seen *survey.Seen) error {
	var items []walk.Item
	known := make(map[string]bool)
	for _, e := range entries {
		if e.Domain != "" && !known[e.Domain] {
			known[e.Domain] = true
			items = append(items, walk.Item{ID: "domain:" + e.Domain, Lane: account.Domain(e.Domain)})
		}
	}
	got, err := walk.Visit(ctx, items, s.options(false), func(ctx context.Context, i walk.Item) result {
		d := s.domain(ctx, i.ID[len("domain:"):])
		return result{Domain: &d}
	})
	for id, r := range got {
		if r.Domain != nil {
			seen.Domains[id[len("domain:"):]] = *r.Domain
		}
	}
	return err
}

// options are those of a walk; anew doesn't believe the journal at all.
func (s *Surveyor) options(anew bool) walk.Options {
	o := s.Walk
	o.Again = func(raw json.RawMessage) bool {
		var r result
		return anew || json.Unmarshal(raw, &r) != nil || !r.settled()
	}
	return o
}

// domain looks at one mail domain.
func (s *Surveyor) domain(ctx context.Context, name string) survey.Domain {
	d := survey.Domain{At: time.Now()}
	all, err := s.Names.MX(ctx, name)
	d.Name, d.Why = existence(ctx, s.Names, name, err)
	if d.Name != survey.There {
		return d
	}
	if d.Exchangers = best(all); err != nil && faultOf(err) != stage.NoAddress {
		d.MXFault = faultOf(err)
	}
	if s.Asker != nil {
		d.Published, d.By = publishes(s.Asker.Ask(ctx, "", name))
	}
	return d
}

// existence says whether a name exists, by what came of a question for its mail
// exchangers. Where they don't prove it, its addresses are asked for.
func existence(ctx context.Context, names Names, name string, mx error) (survey.Existence, stage.Fault) {
	if mx == nil || faultOf(mx) == stage.NoAddress {
		return survey.There, ""
	}
	_, err := names.Addresses(ctx, name)
	switch f := faultOf(err); {
	case err == nil || f == stage.NoAddress:
		return survey.There, ""
	case faultOf(mx) == stage.NameNotFound && f == stage.NameNotFound:
		return survey.Gone, ""
	case faultOf(mx) == stage.NameNotFound:
		return survey.Unclear, f
	}
	return survey.Unclear, faultOf(mx)
}

func faultOf(err error) stage.Fault {
	if e, ok := errors.AsType[*stage.Error](err); ok {
		return e.Fault
	}
	if err != nil {
		return stage.LookupFailed
	}
	return ""
}

// best returns the exchangers of the lowest number, sorted.
func best(all []*net.MX) []string {
	var out []string
	lowest := uint16(0)
	for i, mx := range all {
		if i == 0 || mx.Pref < lowest {
			out, lowest = nil, mx.Pref
		}
		if mx.Pref == lowest {
			out = append(out, hostOf(mx.Host))
		}
	}
	slices.Sort(out)
	return out
}

// hostOf removes the dot at the end of a name, unless it is all of it.
func hostOf(name string) string {
	if len(name) > 1 && name[len(name)-1] == '.' {
		return name[:len(name)-1]
	}
	return name
}

// OwnSources are what a domain publishes by HTTPS, which is verified.
var OwnSources = []stage.SourceID{stage.SourcePACC, stage.SourceAutoconfig, stage.SourceWellKnown}

// publishes returns the servers of the most trusted source of the domain's own that has
// some.
func publishes(r *discover.Result) ([]stage.Endpoint, stage.SourceID) {
	for _, src := range r.Sources {
		if r.Network != discover.NetworkHonest || src.Outcome != stage.SourceFound || src.Forgeable || !slices.Contains(OwnSources, src.ID) {
			continue
		}
		var out []stage.Endpoint
		for _, set := range src.Settings {
			if !slices.Contains(out, set.Endpoint) {
				out = append(out, set.Endpoint)
			}
		}
		if len(out) > 0 {
			return out, src.ID
		}
	}
	return nil, ""
}
