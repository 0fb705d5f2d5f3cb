package cli

import (
	"context"
	"slices"

	"maildoctor/cmd/internal/answer"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/discover"
)

// verify connects to all servers that were found, as far as the login, and removes
// those that a mail program could not use. It returns what sources are wrong about.
func (f *settingsFlags) verify(ctx context.Context, by means, r *discover.Result) ([]answer.Wrong, error) {
	var all []stage.Endpoint
	for _, c := range r.Candidates() {
		all = append(all, c.Endpoint)
	}
	rec, err := f.try(ctx, by, r.Domain, all)
	if err != nil {
		return nil, err
	}
	wrong := wrongIn(r, rec)
	for i := range r.Sources {
		r.Sources[i].Settings = slices.DeleteFunc(slices.Clone(r.Sources[i].Settings), func(s stage.Setting) bool { return !answers(rec, s.Endpoint) })
	}
	return wrong, nil
}

// try connects to servers, as far as the login.
func (f *networkFlags) try(ctx context.Context, by means, domain string, servers []stage.Endpoint) (*stage.Record, error) {
	t := probe.Target{Subject: stage.Subject{Argument: domain, Kind: stage.SubjectDomain, Domain: domain}}
	for _, e := range servers {
		planned := func(p probe.PlannedEndpoint) bool { return p.Endpoint == e }
		if !slices.ContainsFunc(t.Endpoints, planned) {
			t.Endpoints = append(t.Endpoints, probe.PlannedEndpoint{Endpoint: e, Public: profiles.Public(e.Host)})
		}
	}
	rec, err := probe.Examine(ctx, probe.NewPlan([]probe.Target{t}, nil), probe.Options{
		Version: Version, System: probe.ThisSystem(), NoLogin: true, NoFollowUps: true, Private: true, Family: f.family(),
		Resolver: by.names, ResolverAddress: by.server, Roots: by.roots, CAFile: f.caFile != "",
		ConnectTimeout: probe.DefaultConnectTimeout, StageTimeout: probe.DefaultStageTimeout, RunTimeout: probe.DefaultRunTimeout, Parallel: probe.DefaultParallel,
	})
	if err != nil {
		return nil, fault.Own("%w", err)
	}
	return rec, nil
}

// answers reports whether a server got as far as its capabilities.
func answers(rec *stage.Record, e stage.Endpoint) bool {
	return slices.ContainsFunc(rec.Checks, func(c stage.CheckRecord) bool {
		passed := c.Result(stage.Capabilities)
		return c.Check.Endpoint == e && c.Failed() == nil && passed != nil && passed.Status != stage.Skip
	})
}
