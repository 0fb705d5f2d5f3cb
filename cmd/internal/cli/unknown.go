package cli

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"maildoctor/cmd/internal/answer"
	"maildoctor/probe"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/discover"
)

// search asks what is published for domains, each once.
type search struct {
	asker *discover.Asker
	mu    sync.Mutex
	asked map[string]func() *discover.Result // by domain
}

func (f *checkFlags) search(c *profiles.Catalogue, opt *probe.Options) *search {
	return &search{asker: f.asker(c, means{f.dns, opt.ResolverAddress, opt.Roots}), asked: make(map[string]func() *discover.Result)}
}

// of returns what is published for an address, or a domain if it is empty.
func (s *search) of(ctx context.Context, address, domain string) *discover.Result {
	s.mu.Lock()
	ask := s.asked[domain]
	if ask == nil {
		ask = sync.OnceValue(func() *discover.Result { return s.asker.Ask(ctx, address, domain) })
		s.asked[domain] = ask
	}
	s.mu.Unlock()
	if r := ask(); r.Address != address {
		return r.For(address)
	}
	return ask()
}

// askedAtOnce is for how many unknown domains the sources are asked at the same time.
const askedAtOnce = 8

// ahead asks for all unknown domains, several at a time: one after the other, a list of
// thousands would take an hour. Of several addresses in a domain, the first is asked for.
func (s *search) ahead(ctx context.Context, unknown map[int]profiles.Match) {
	var asking sync.WaitGroup
	free, seen := make(chan struct{}, askedAtOnce), make(map[string]bool)
	for _, i := range slices.Sorted(maps.Keys(unknown)) {
		m := unknown[i]
		if seen[m.Domain] {
			continue
		}
		seen[m.Domain] = true
		free <- struct{}{}
		asking.Go(func() {
			s.of(ctx, m.Address, m.Domain)
			<-free
		})
	}
	asking.Wait()
}

// discover searches for the published settings of targets that no profile knows, and
// with --source of the others as well. It adds the best server of each protocol to the
// former. Where the servers of a profile fail, the run itself searches.
func (f *checkFlags) discover(ctx context.Context, ts []probe.Target, unknown map[int]profiles.Match, c *profiles.Catalogue, opt *probe.Options) {
	s := f.search(c, opt)
	s.ahead(ctx, unknown)
	for i := range ts {
		m, ok := unknown[i]
		if !ok {
			if f.asksAll() && ts[i].Subject.Domain != "" {
				opt.Sources = append(opt.Sources, s.beside(ctx, i, &ts[i])...)
			}
			continue
		}
		r := f.tried(ctx, s.of(ctx, m.Address, m.Domain), opt)
		opt.Sources = append(opt.Sources, eventsFor(i, r)...)
		fromPublished(&ts[i], r)
		ts[i].Subject.Servers = knownServers(ts[i], c)
		ts[i].Subject.User = cmp.Or(ts[i].Subject.User, m.Address) // a password belongs to that account, even if no server is known
	}
	opt.Discover = s.during
}

// tried returns settings that are nothing but guesses with those first that answer, as
// far as the login. Nobody has promised that the usual names belong to mail servers: what
// is wrong with one of them is nobody's mistake while another one works.
func (f *checkFlags) tried(ctx context.Context, r *discover.Result, opt *probe.Options) *discover.Result {
	all := r.Candidates()
	if len(all) == 0 || all[0].Sources[0] != stage.SourceGuess {
		return r
	}
	var servers []stage.Endpoint
	for _, c := range all {
		servers = append(servers, c.Endpoint)
	}
	rec, err := f.try(ctx, means{f.dns, opt.ResolverAddress, opt.Roots}, r.Domain, servers)
	if err != nil {
		return r // the run itself will say what is wrong
	}
	out := *r
	out.Sources = slices.Clone(r.Sources)
	for i := range out.Sources {
		s := slices.Clone(out.Sources[i].Settings)
		slices.SortStableFunc(s, func(a, b stage.Setting) int {
			return chart.Truth(answers(rec, b.Endpoint)) - chart.Truth(answers(rec, a.Endpoint))
		})
		out.Sources[i].Settings = s
	}
	return &out
}

// beside asks the sources although a profile knows the target, as --source has it. What
// they name besides the profile's servers is tried where those fail.
func (s *search) beside(ctx context.Context, subject int, t *probe.Target) []stage.Source {
	r := s.of(ctx, t.Subject.Address, t.Subject.Domain)
	p := *t.Subject.Profile
	p.Others = besides(r, p.Endpoints)
	t.Subject.Profile = &p
	return eventsFor(subject, r)
}

// eventsFor returns what the stream keeps of a search for one subject.
func eventsFor(subject int, r *discover.Result) []stage.Source {
	out := slices.Clone(r.Events())
	for i := range out {
		out[i].Subject = subject
	}
	return out
}

// during searches while a run goes on, for a subject whose known settings fail.
func (s *search) during(ctx context.Context, subject stage.Subject) probe.Found {
	r := s.of(ctx, subject.Address, subject.Domain)
	var known []stage.Endpoint
	if subject.Profile != nil { // a URL has none, and its domain is searched only because a smoke file expects something
		known = subject.Profile.Endpoints
	}
	return probe.Found{Sources: r.Events(), Servers: besides(r, known), Network: string(r.Network)}
}

// besides returns the servers that sources name besides known ones. Guesses don't count.
func besides(r *discover.Result, known []stage.Endpoint) []stage.Named {
	return others(r, func(c discover.Candidate) bool {
		return slices.Contains(known, c.Endpoint) || c.Sources[0] == stage.SourceGuess
	})
}

// fromPublished fills a target with what was found.
func fromPublished(t *probe.Target, r *discover.Result) {
	chosen := answer.Best(r)
	if len(chosen) == 0 {
		return
	}
	p := &stage.Profile{ID: r.Domain, Name: cmp.Or(providerOf(r), r.Domain), Domains: []string{r.Domain}}
	imap := false
	for _, c := range chosen {
		imap = imap || c.Protocol == stage.IMAP
		p.Endpoints = append(p.Endpoints, c.Endpoint)
		if by := c.Sources[0]; !slices.Contains(p.Published, by) {
			p.Published = append(p.Published, by)
		}
	}
	for _, c := range chosen {
		e := probe.PlannedEndpoint{
			Endpoint: c.Endpoint, Public: profiles.Public(c.Host), Forgeable: forgeable(c, r.Domain),
			Optional: imap && c.Protocol == stage.POP3, // whoever has IMAP doesn't need it
		}
		user := cmp.Or(c.User, r.Address)
		if t.Subject.User = cmp.Or(t.Subject.User, user); user != t.Subject.User {
			e.User = user
		}
		t.Endpoints = append(t.Endpoints, e)
	}
	p.Others = others(r, func(c discover.Candidate) bool {
		return slices.ContainsFunc(chosen, func(o discover.Candidate) bool { return o.Endpoint == c.Endpoint })
	})
	t.Subject.Profile = p
}

// maxOthers limits the servers that a run knows besides those that it tests.
const maxOthers = 16

// others returns the servers that sources name, except those that are left out.
func others(r *discover.Result, out func(discover.Candidate) bool) []stage.Named {
	var all []stage.Named
	for _, c := range r.Candidates() {
		if !out(c) && len(all) < maxOthers {
			all = append(all, stage.Named{
				Endpoint: c.Endpoint, User: c.User, Sources: c.Sources, Public: profiles.Public(c.Host), Forgeable: forgeable(c, r.Domain),
			})
		}
	}
	return all
}

// providerOf returns the provider's name according to the most trusted source.
func providerOf(r *discover.Result) string {
	for _, s := range r.Sources {
		if len(s.Settings) > 0 && s.Provider != "" {
			return s.Provider
		}
	}
	return ""
}

// forgeable reports whether no password may be sent to a server: forged DNS answers
// could have named it, and it is neither in the address's own domain nor a known
// provider's, which its certificate would show (RFC 6186 6).
func forgeable(c discover.Candidate, domain string) bool {
	return c.Forgeable && (c.Security == stage.None || !discover.OfDomain(c.Host, domain) && !profiles.Public(c.Host))
}
