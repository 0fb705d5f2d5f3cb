package chart

import (
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// NothingCameBack reports whether nothing that this run sent was answered: neither
// by its own name servers, nor by others, nor by any server. One of them may be
// down, but hardly all of them at once.
func (c *Case) NothingCameBack() bool {
	if c.silence == nil { // asked of every check, and the answer is that of the whole run
		c.silence = new(c.nothingCameBack())
	}
	return *c.silence
}

func (c *Case) nothingCameBack() bool {
	others := false
	for i := range c.Record.Checks {
		r := &c.Record.Checks[i]
		silent, asked := c.lookedUpInVain(r)
		if !silent || somebodyAnswered(r) {
			return false
		}
		others = others || asked && r.Check.Question == stage.AskOtherResolvers
	}
	return others
}

// lookedUpInVain reports whether no name server on another machine responded, and
// whether any was asked.
func (c *Case) lookedUpInVain(r *stage.CheckRecord) (silent, asked bool) {
	for _, l := range OrEmpty(stage.FactsOf[*stage.ResolveFacts](r)).Lookups {
		switch {
		case l.Outcome == stage.LookupTimeout:
			asked = true
		case c.elsewhere(l.Server) && (l.Outcome != stage.LookupUnreachable || strings.Contains(l.Error, "refused")):
			return false, true
		}
	}
	return true, asked
}

// somebodyAnswered reports whether a server, a router or a time server responded.
func somebodyAnswered(r *stage.CheckRecord) bool {
	quiet := []stage.DialOutcome{stage.DialTimeout, stage.DialInterrupted, stage.DialNetworkUnreachable}
	said := func(a stage.Attempt) bool { return a.Rejection != nil || !slices.Contains(quiet, a.Outcome) }
	return slices.ContainsFunc(OrEmpty(stage.FactsOf[*stage.ConnectFacts](r)).Attempts, said) ||
		OrEmpty(stage.FactsOf[*stage.FetchFacts](r)).Status != 0 || OrEmpty(stage.FactsOf[*stage.ClockFacts](r)).Offset != nil
}
