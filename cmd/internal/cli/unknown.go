package cli

import (
	"cmp"
	"context"
	"slices"

	"maildoctor/cmd/internal/answer"
	"maildoctor/probe"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/discover"
)

// discover searches for the published settings of targets that no profile knows. It
// adds the best server of each protocol to the targets. Each domain is asked once.
func (f *checkFlags) discover(ctx context.Context, ts []probe.Target, unknown map[int]profiles.Match, c *profiles.Catalogue, opt *probe.Options) {
	asked := make(map[string]*discover.Result)
	for i := range ts {
		m, ok := unknown[i]
		if !ok {
			continue
		}
		r := asked[m.Domain]
		if r == nil {
			r = f.asker(c, means{f.dns, opt.ResolverAddress, opt.Roots}).Ask(ctx, m.Address, m.Domain)
			asked[m.Domain] = r
		} else {
			r = r.For(m.Address)
		}
		for _, s := range r.Events() {
			s.Subject = i
			opt.Sources = append(opt.Sources, s)
		}
		fromPublished(&ts[i], r)
		ts[i].Subject.Servers = knownServers(ts[i], c)
		ts[i].Subject.User = cmp.Or(ts[i].Subject.User, m.Address) // a password belongs to that account, even if no server is known
	}
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
	p.Others = others(r, chosen)
	t.Subject.Profile = p
}

// maxOthers limits the servers that a run knows besides those that it tests.
const maxOthers = 16

// others returns the servers that sources name besides the chosen ones. If something
// is published, guesses don't count.
func others(r *discover.Result, chosen []discover.Candidate) []stage.Named {
	var out []stage.Named
	for _, c := range r.Candidates() {
		picked := slices.ContainsFunc(chosen, func(o discover.Candidate) bool { return o.Endpoint == c.Endpoint })
		if !picked && len(out) < maxOthers {
			out = append(out, stage.Named{
				Endpoint: c.Endpoint, User: c.User, Sources: c.Sources, Public: profiles.Public(c.Host), Forgeable: forgeable(c, r.Domain),
			})
		}
	}
	return out
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
