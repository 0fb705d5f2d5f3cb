package cli

import (
	"context"
	"slices"

	"maildoctor/probe"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/discover"
)

// verify connects to all servers that were found, as far as the login, and removes
// those that a mail program could not use.
func (f *settingsFlags) verify(ctx context.Context, r *discover.Result) error {
	names, server, err := f.names()
	if err != nil {
		return err
	}
	roots, err := f.roots()
	if err != nil {
		return err
	}
	t := probe.Target{Subject: stage.Subject{Argument: subjectOf(r), Kind: stage.SubjectDomain, Domain: r.Domain}}
	for _, c := range r.Candidates() {
		t.Endpoints = append(t.Endpoints, probe.PlannedEndpoint{Endpoint: c.Endpoint, Public: profiles.Public(c.Host)})
	}
	rec, err := probe.Examine(ctx, probe.NewPlan([]probe.Target{t}, nil), probe.Options{
		Version: Version, System: probe.ThisSystem(), NoLogin: true, NoFollowUps: true, Private: true, Family: f.family(),
		Resolver: names, ResolverAddress: server, Roots: roots, CAFile: f.caFile != "",
		ConnectTimeout: probe.DefaultConnectTimeout, StageTimeout: probe.DefaultStageTimeout, RunTimeout: probe.DefaultRunTimeout, Parallel: probe.DefaultParallel,
	})
	if err != nil {
		return ownFault("%w", err)
	}
	works := func(e stage.Endpoint) bool {
		return slices.ContainsFunc(rec.Checks, func(c stage.CheckRecord) bool {
			passed := c.Result(stage.Capabilities)
			return c.Check.Endpoint == e && c.Failed() == nil && passed != nil && passed.Status != stage.Skip
		})
	}
	for i := range r.Sources {
		r.Sources[i].Settings = slices.DeleteFunc(slices.Clone(r.Sources[i].Settings), func(s stage.Setting) bool { return !works(s.Endpoint) })
	}
	return nil
}
