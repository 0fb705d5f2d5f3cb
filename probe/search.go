package probe

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/dial"
	"maildoctor/probe/queue"
	"maildoctor/probe/stage"
)

// Found is what a search for published settings came to.
type Found struct {
	Sources []stage.Source // every source that was queried, or why it wasn't; the most trusted first
	Servers []stage.Named  // that sources name, the best first
	Network string         // what the network does where no answer can be believed, such as [stage.NetworkInventsNames]
}

// search asks what is published for the subject's domain.
func (l *lone) search(ctx context.Context) (stage.Facts, error) {
	r := l.run
	if r.opt.Discover == nil {
		return nil, &stage.Error{Fault: stage.InternalProblem, Err: errors.New("no search is possible")}
	}
	l.seat.Wait(queue.Reply)
	subject := r.plan.Subjects[l.check.Subject]
	subject.Domain = cmp.Or(subject.Domain, l.check.Endpoint.Host)
	found := r.opt.Discover(ctx, subject)
	l.seat.Heard(true)
	facts := &stage.SearchFacts{Servers: found.Servers, Network: found.Network}
	for i := range found.Sources {
		s := &found.Sources[i]
		s.Subject = l.check.Subject
		r.log.event(stage.Event{Type: stage.EventSource, Check: l.check.ID, Source: s})
		switch {
		case s.ID == stage.SourceOwn, s.ID == stage.SourceCatalogue: // known before, and nobody was asked
		case s.Outcome == stage.SourceFound, s.Outcome == stage.SourceUnsafe:
			facts.Found = append(facts.Found, s.ID)
		case s.Outcome == stage.SourceFailed, s.Outcome == stage.SourceInvalid:
			facts.Failed = append(facts.Failed, s.ID)
		}
	}
	return facts, nil
}

// further orders the follow-ups to what a search has found. They belong to the same
// round: their connections may time out, and none of a later round may.
func (r *run) further(t *task) {
	if t.check.Kind != stage.KindSearch {
		return
	}
	r.thinking <- struct{}{}
	defer func() { <-r.thinking }()
	r.mu.Lock()
	groups := []*group{t.group.whole()}
	for _, g := range t.asked.waiting {
		groups = append(groups, g.whole())
	}
	r.mu.Unlock()
	for _, g := range groups {
		if r.over(g) {
			continue
		}
		raised := diagnose.Raised(r.log.part(r.membersOf(g)))
		r.order(g, slices.DeleteFunc(raised, func(c stage.Check) bool { return c.Question != stage.AskPublished }))
	}
}

// searching performs the search. What a source says within its time counts, even if
// others were too slow; but not what the end of the run has cut short.
func (l *lone) searching(ctx context.Context) {
	l.perform(ctx, stage.Search, func(limited context.Context) (stage.Facts, error) {
		facts, err := l.search(limited)
		if err == nil && dial.Over(ctx) {
			err = context.Cause(ctx)
		}
		return facts, err
	})
}
