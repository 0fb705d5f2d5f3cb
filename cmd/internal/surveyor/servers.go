package surveyor

import (
	"context"
	"maps"
	"slices"
	"time"

	"maildoctor/probe/account"
	"maildoctor/probe/stage"
	"maildoctor/probe/walk"
	"maildoctor/profiles/survey"
)

// endpoints returns what there is to visit: the servers of the entries, those that
// would be better than unencrypted ones, and those that domains publish, as far as that
// was seen; each endpoint once.
func endpoints(entries []survey.Entry, seen *survey.Seen) []stage.Endpoint {
	var all []stage.Endpoint
	known := make(map[string]bool)
	add := func(e stage.Endpoint) {
		if e = survey.Visited(e); !known[survey.Key(e)] {
			known[survey.Key(e)] = true
			all = append(all, e)
		}
	}
	for _, e := range entries {
		for _, server := range e.Servers {
			add(server.Endpoint)
			if other, ok := survey.Beside(server.Endpoint); ok {
				add(other)
			}
		}
	}
	if seen == nil {
		return all
	}
	for _, e := range entries {
		for _, p := range seen.Domains[e.Domain].Published {
			add(p)
		}
	}
	return all
}

// mostScouts is how many hosts of each port are visited first.
const mostScouts = 3

// scouts picks hosts of different domains for each port, which are visited before all
// others, so that it is known early whether the port is open from here.
func scouts(all []stage.Endpoint) (first, rest []stage.Endpoint) {
	lanes := make(map[uint16][]string)
	for _, e := range all {
		lane := account.Domain(e.Host)
		if of := lanes[e.Port]; len(of) < mostScouts && !slices.Contains(of, lane) {
			lanes[e.Port] = append(of, lane)
			first = append(first, e)
			continue
		}
		rest = append(rest, e)
	}
	return first, rest
}

// visits visits endpoints, and keeps what was seen.
func (s *Surveyor) visits(ctx context.Context, all []stage.Endpoint, first bool, seen *survey.Seen) error {
	items := make([]walk.Item, len(all))
	byID := make(map[string]stage.Endpoint)
	for i, e := range all {
		id := "server:" + survey.Key(e)
		items[i] = walk.Item{ID: id, Lane: account.Domain(e.Host)}
		byID[id] = e
	}
	got, err := walk.Visit(ctx, items, s.options(first), func(ctx context.Context, i walk.Item) result {
		v := s.visit(ctx, byID[i.ID])
		v.First = first
		return result{Visit: &v}
	})
	for id, r := range got {
		if r.Visit != nil {
			seen.Visits[survey.Key(byID[id])] = *r.Visit
		}
	}
	return err
}

func (s *Surveyor) visit(ctx context.Context, e stage.Endpoint) survey.Visit {
	at := time.Now()
	k, err := s.Examine(ctx, e)
	if err != nil || k == nil {
		return survey.Visit{At: at, Endpoint: e, Stage: stage.Connect, Fault: stage.InternalProblem}
	}
	return survey.Of(k, at)
}

// mostAgain is how many hosts of each port are visited at the end.
const mostAgain = 2

// again looks once more at what decides who is to blame: the names that are gone, the
// suffixes above them, and for each port some hosts that were reached.
func (s *Surveyor) again(ctx context.Context, seen *survey.Seen) {
	seen.Again.Names = s.namesAgain(ctx, seen)
	seen.Again.Ports = s.portsAgain(ctx, seen)
	seen.Again.Invented = seen.Again.Invented || s.invents(ctx)
}

// quietly are the options of a walk that nothing is kept of.
func (s *Surveyor) quietly() walk.Options {
	return walk.Options{Parallel: s.Walk.Parallel, Pause: s.Walk.Pause}
}

// namesAgain asks for names that are gone, all name servers.
func (s *Surveyor) namesAgain(ctx context.Context, seen *survey.Seen) map[string]survey.Existence {
	names := make(map[string]bool)
	gone := func(name string) {
		suffix, _ := survey.Suffix(name)
		names[name], names[suffix] = true, true
	}
	for name, d := range seen.Domains {
		if d.Name == survey.Gone {
			gone(name)
		}
	}
	for _, v := range seen.Visits {
		if v.Fault == stage.NameNotFound {
			gone(v.Endpoint.Host)
		}
	}
	if len(names) == 0 {
		return nil
	}
	for _, v := range seen.Visits { // a suffix that has to exist, whatever was typed into the others
		if suffix, known := survey.Suffix(v.Endpoint.Host); known && v.Passed() {
			names[suffix] = true
			break
		}
	}
	var items []walk.Item
	for _, name := range slices.Sorted(maps.Keys(names)) {
		items = append(items, walk.Item{ID: name, Lane: name})
	}
	got, _ := walk.Visit(ctx, items, s.quietly(), func(ctx context.Context, i walk.Item) survey.Existence {
		return s.everywhere(ctx, i.ID)
	})
	for _, o := range s.Others {
		seen.Again.Asked = append(seen.Again.Asked, o.Server)
	}
	return got
}

// everywhere asks all name servers for a name. It is there if one says so, and gone if
// all that answer do; the first has to.
func (s *Surveyor) everywhere(ctx context.Context, name string) survey.Existence {
	_, err := s.Names.MX(ctx, name)
	out, _ := existence(ctx, s.Names, name, err)
	for _, o := range s.Others {
		_, err := o.MX(ctx, name)
		if e, _ := existence(ctx, o, name, err); e == survey.There {
			return e
		}
	}
	return out
}

// portsAgain visits hosts that did all that was asked of them, where another one at the
// same port didn't.
func (s *Surveyor) portsAgain(ctx context.Context, seen *survey.Seen) map[uint16][]survey.Reached {
	wanted := make(map[uint16]bool)
	for _, v := range seen.Visits {
		if !v.Passed() && v.Fault != stage.NameNotFound {
			wanted[v.Endpoint.Port] = true
		}
	}
	taken := make(map[uint16]int)
	var items []walk.Item
	byID := make(map[string]stage.Endpoint)
	for _, key := range slices.Sorted(maps.Keys(seen.Visits)) {
		v := seen.Visits[key]
		e := v.Endpoint
		if v.Passed() && !v.At.Before(seen.Since) && wanted[e.Port] && (v.Encrypted || taken[e.Port] == 0) && taken[e.Port] < mostAgain {
			taken[e.Port]++
			items, byID[key] = append(items, walk.Item{ID: key, Lane: account.Domain(e.Host)}), e
		}
	}
	got, _ := walk.Visit(ctx, items, s.quietly(), func(ctx context.Context, i walk.Item) survey.Visit { return s.visit(ctx, byID[i.ID]) })
	out := make(map[uint16][]survey.Reached)
	for key, v := range got {
		if e := byID[key]; v.Passed() {
			out[e.Port] = append(out[e.Port], survey.Reached{Host: e.Host, Encrypted: v.Encrypted})
		}
	}
	return out
}
