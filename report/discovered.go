package report

import (
	"slices"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// Discovered says what the search for the settings of a mail domain found: one
// sentence on all sources, and one on each whose settings an attacker in between
// could have written. linkUp is as in [stage.System]. Nothing is said of a domain that a
// computer without a network, or without a name server, can't have asked.
func Discovered(domain string, sources []stage.Source, linkUp bool) []prose.Value {
	about := prose.Data(domain)
	switch {
	case !Unasked(sources, linkUp):
	case !linkUp:
		return []prose.Value{say.DiscoveryOffline(about)}
	default:
		return []prose.Value{say.DiscoveryNoResolver(about)}
	}
	if i := slices.IndexFunc(sources, func(s stage.Source) bool { return s.ID == stage.SourceNetwork }); i >= 0 {
		if sources[i].Detail == stage.NetworkInventsNames {
			return []prose.Value{say.DiscoveryInvents(about)}
		}
		if i := slices.IndexFunc(sources, func(s stage.Source) bool { return s.ID == stage.SourceGuess }); i >= 0 && len(sources[i].Settings) > 0 {
			return []prose.Value{guessed(about, sources)}
		}
		return []prose.Value{say.DiscoveryAnswersAll(about)}
	}
	found := withOutcome(sources, stage.SourceFound)
	unsafe := withOutcome(sources, stage.SourceUnsafe)
	failed := withOutcome(sources, stage.SourceFailed, stage.SourceInvalid)
	var out []prose.Value
	switch {
	case slices.Equal(found, []stage.SourceID{stage.SourceGuess}):
		out = append(out, guessed(about, sources))
	case len(found) > 0:
		out = append(out, say.DiscoveryFound(about, SourceIDs(found)))
	case len(unsafe) == 0 && len(failed) > 0:
		out = append(out, say.DiscoveryFailed(about, SourceIDs(failed)))
	case len(unsafe) == 0 && wildcard(sources):
		out = append(out, say.DiscoveryHidden(about))
	case len(unsafe) == 0:
		out = append(out, say.DiscoveryNothing(about))
	}
	for _, id := range unsafe {
		out = append(out, say.DiscoveryUnsafe(prose.Data(string(id))))
	}
	return out
}

// guessed says that there are only guesses, and whether more may be published.
func guessed(domain prose.Value, sources []stage.Source) prose.Value {
	failed := withOutcome(sources, stage.SourceFailed, stage.SourceInvalid)
	switch {
	case slices.Contains(failed, stage.SourceNetwork):
		return say.DiscoveryWalled(domain)
	case len(failed) > 0:
		return say.DiscoveryBlind(domain, SourceIDs(failed))
	case wildcard(sources):
		return say.DiscoveryWildcard(domain)
	}
	return say.DiscoveryGuessed(domain)
}

// wildcard reports whether any name exists below the domain.
func wildcard(sources []stage.Source) bool {
	return slices.ContainsFunc(sources, func(s stage.Source) bool { return s.Wildcard })
}

// unresolved reports whether sources failed, all of them because no name server answered.
// Without one configured, or with the time up, some say less.
func unresolved(sources []stage.Source) bool {
	unanswered := false
	for _, s := range sources {
		if len(s.Contacts) > 0 || s.Outcome == stage.SourceInvalid {
			return false
		}
		if s.Outcome != stage.SourceFailed {
			continue
		}
		switch s.Fault {
		case stage.DNSUnreached, stage.DNSTimeout:
			unanswered = true
		case stage.LookupFailed, "":
		default:
			return false
		}
	}
	return unanswered
}

// Unasked reports whether a search has asked nobody about a domain, since this computer
// has no network or no name server that answers. linkUp is as in [stage.System].
func Unasked(sources []stage.Source, linkUp bool) bool {
	return len(withOutcome(sources, stage.SourceFound, stage.SourceUnsafe)) == 0 && (!linkUp || unresolved(sources))
}

// withOutcome returns the sources that ended in one of these ways.
func withOutcome(sources []stage.Source, outcomes ...stage.SourceOutcome) []stage.SourceID {
	var ids []stage.SourceID
	for _, s := range sources {
		if slices.Contains(outcomes, s.Outcome) {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// unfound returns the subjects for which sources were asked and none had a server.
func unfound(rec *stage.Record) []*stage.Subject {
	asked := make(map[int]bool)
	for _, s := range rec.Sources {
		asked[s.Subject] = true
	}
	var out []*stage.Subject
	for i := range rec.Header.Plan.Subjects {
		if s := &rec.Header.Plan.Subjects[i]; asked[i] && s.Profile == nil {
			out = append(out, s)
		}
	}
	return out
}

// nothingFound says for each of those what the sources answered.
func nothingFound(rec *stage.Record) []prose.Value {
	var out []prose.Value
	for _, s := range unfound(rec) {
		var own []stage.Source
		for _, src := range rec.Sources {
			if src.Domain == s.Domain {
				own = append(own, src)
			}
		}
		out = append(out, Discovered(s.Domain, own, rec.Header.System.LinkUp)...)
	}
	return out
}

// inVain reports whether a run of one domain had nothing but guesses to test, and none of
// them is a server for mail programs. Nobody has said that they should be, so nobody has
// to repair them. A server that gave no answer may be one that this network doesn't reach.
func inVain(rec *stage.Record) bool {
	subjects := rec.Header.Plan.Subjects
	if len(subjects) != 1 || subjects[0].Profile == nil || !slices.Equal(subjects[0].Profile.Published, []stage.SourceID{stage.SourceGuess}) {
		return false
	}
	if slices.ContainsFunc(rec.Sources, func(s stage.Source) bool { return s.ID == stage.SourceNetwork }) {
		return false // the network between is in the way
	}
	checks := endpointChecks(rec)
	return len(checks) > 0 && !slices.ContainsFunc(checks, func(c *stage.CheckRecord) bool {
		f := c.Failed()
		return f == nil || f.Stage.Rank() >= stage.Capabilities.Rank() || f.Stage.Rank() <= stage.Connect.Rank() && f.Fault != stage.Refused
	})
}

// vain says that guesses were tested in vain.
func vain(rec *stage.Record) []prose.Value {
	return []prose.Value{guessed(prose.Data(rec.Header.Plan.Subjects[0].Domain), rec.Sources), say.DiscoveryVain()}
}

// settingsFrom says where the tested settings come from, if not from a profile. With
// several subjects each row says so itself.
func settingsFrom(rec *stage.Record) (said prose.Value) {
	subjects := rec.Header.Plan.Subjects
	if len(subjects) != 1 || subjects[0].Profile == nil || len(subjects[0].Profile.Published) == 0 {
		return said
	}
	ids := subjects[0].Profile.Published
	if slices.Equal(ids, []stage.SourceID{stage.SourceGuess}) {
		return guessed(prose.Data(subjects[0].Domain), rec.Sources)
	}
	return say.DiscoveryTested(prose.Data(subjects[0].Domain), SourceIDs(ids))
}
