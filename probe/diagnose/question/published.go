package question

import (
	"fmt"
	"slices"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// publishedInquiries try the settings of other sources if those of the best one
// fail, and ask what is published if the known ones do.
var publishedInquiries = []inquiry{
	{
		id:     stage.AskSources,
		topic:  say.TopicSources(),
		raise:  raiseSources,
		ask:    ofHost(say.AskSources),
		answer: answerSources,
	},
	{
		id:     stage.AskDisagreeing,
		topic:  say.TopicDisagreeing(),
		raise:  raiseDisagreeing,
		ask:    ofPlace(say.AskDisagreeing),
		answer: answerDisagreeing,
	},
	{
		id:     stage.AskPublished,
		topic:  say.TopicPublished(),
		raise:  raisePublished,
		ask:    ofPlace(say.AskPublished),
		answer: answerPublished,
	},
}

// maxDisagreeing limits the servers of a group that are tried because sources disagree.
const maxDisagreeing = 4

// raiseDisagreeing asks whether the servers answer that a source puts first, where
// another source's do: whoever sets up a program by that source is misled. Nobody logs in
// there.
func raiseDisagreeing(c *chart.Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		for _, s := range c.Disagreeing(k) {
			if len(checks) == maxDisagreeing {
				return checks
			}
			f := after(k, stage.KindTLS, fmt.Sprintf("source-%s-%d", s.Host, s.Port))
			if s.Security == stage.None {
				f.Kind = stage.KindGreeting
			}
			f.Endpoint, f.User, f.Public, f.Forgeable = s.Endpoint, "", false, false
			checks = append(checks, f)
		}
	}
	return checks
}

func answerDisagreeing(c *stage.CheckRecord) Answer {
	switch r := c.Failed(); {
	case r != nil && r.Fault == stage.NameNotFound:
		return found(say.AnswerNearUnknown())
	case r != nil:
		return found(say.AnswerPublishedFails(failure(c)))
	case chart.Reached(c):
		return found(say.AnswerDisagreeingRight())
	}
	return notAnswered(c)
}

// maxPublished limits the servers that are tried in place of one.
const maxPublished = 4

// maxSearches limits the accounts of a group for which sources are asked.
const maxSearches = 4

// raiseSources asks what is published for a domain whose known settings name a server
// that fails before the login: they may be out of date.
func raiseSources(c *chart.Case) []stage.Check {
	if !c.Record.Header.Options.Discovery || c.OfflineAtFirst != "" {
		return nil
	}
	var checks []stage.Check
	place := make(map[int]int) // by subject
	for _, k := range c.Checks {
		p, subject := k.Subject.Profile, k.Check.Subject
		unasked := p != nil && len(p.Published) == 0 && k.Subject.Domain != "" && !c.SourcesAsked(subject)
		if !unasked || k.Check.Optional || !mayBeOutOfDate(c, k) {
			continue
		}
		i, ok := place[subject]
		switch {
		case ok:
			checks[i].Parents = append(checks[i].Parents, k.Check.ID)
		case len(checks) < maxSearches:
			place[subject] = len(checks)
			checks = append(checks, stage.Check{
				ID: k.Check.ID + "/sources", Kind: stage.KindSearch, Subject: subject, Endpoint: stage.Endpoint{Host: k.Subject.Domain},
				Parents: []string{k.Check.ID},
			})
		}
	}
	return checks
}

// mayBeOutOfDate reports whether a server failed before the login, and not because of
// this machine or its name servers.
func mayBeOutOfDate(c *chart.Case, k *chart.Exam) bool {
	f := k.Failed()
	if f == nil || f.Stage.Rank() >= stage.Login.Rank() || k.Resolve.HostsFile {
		return false
	}
	switch f.Stage {
	case stage.Resolve:
		return f.Fault == stage.NameNotFound || f.Fault == stage.NoAddress || len(c.Resolved) > 0
	case stage.Connect:
		return f.Fault != stage.Prohibited && !slices.Contains(leftOut, f.Fault)
	}
	return f.Fault != stage.InternalProblem
}

// answerSources says which servers sources name.
func answerSources(c *stage.CheckRecord) Answer {
	f := stage.FactsOf[*stage.SearchFacts](c)
	switch {
	case f == nil:
		return notAnswered(c)
	case f.Network == stage.NetworkInventsNames:
		return open(say.NotAnsweredInvented())
	case len(f.Found) > 0:
		var servers []prose.Value
		known := make(map[stage.Protocol]bool)
		for _, s := range f.Servers {
			if !known[s.Protocol] {
				known[s.Protocol] = true
				servers = append(servers, chart.Place{Host: s.Host, Port: s.Port}.Name())
			}
		}
		return found(say.AnswerSources(ids(f.Found), prose.And(servers...)))
	case len(f.Failed) > 0:
		return open(say.NotAnsweredSources(ids(f.Failed)))
	}
	return found(say.AnswerSourcesNone())
}

// ids lists sources.
func ids(all []stage.SourceID) prose.Value {
	var out []prose.Value
	for _, id := range all {
		out = append(out, prose.Data(string(id)))
	}
	return prose.And(out...)
}

// raisePublished asks whether other sources' servers for the same protocol work, if
// that of the most trusted source fails before the login.
func raisePublished(c *chart.Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		f, p := k.Failed(), k.Subject.Profile
		if f == nil || f.Stage.Rank() >= stage.Login.Rank() || p == nil {
			continue
		}
		asked := 0
		for _, o := range c.NamedBeside(k) {
			if o.Protocol != k.Check.Endpoint.Protocol || asked == maxPublished || c.Planned(o.Endpoint) {
				continue
			}
			asked++
			q := after(k, stage.KindEndpoint, fmt.Sprintf("published-%s-%d", o.Host, o.Port))
			q.Endpoint, q.User, q.Public, q.Forgeable = o.Endpoint, o.User, o.Public, o.Forgeable
			checks = append(checks, q)
		}
	}
	return checks
}

// otherPlace says how the answers about one kind of other server differ.
type otherPlace struct {
	refuses, fails func(failure prose.Value) prose.Value
	untold         func() prose.Value
	withheld       stage.Reason // of the login, with untold: no password was sent there
}

func answerPublished(c *stage.CheckRecord) Answer {
	return answerOther(c, otherPlace{say.AnswerPublishedRefuses, say.AnswerPublishedFails, say.AnswerPublishedUntold, stage.SettingsNotVerified})
}

// answerOther says whether another server than the failed one works, through the
// login.
func answerOther(c *stage.CheckRecord, o otherPlace) Answer {
	r := c.Failed()
	login := c.Result(stage.Login)
	switch {
	case r != nil && r.Fault == stage.NameNotFound:
		return found(say.AnswerNearUnknown())
	case r != nil && r.Stage == stage.Login:
		return found(o.refuses(failure(c)))
	case r != nil:
		return found(o.fails(failure(c)))
	case login == nil || !chart.Reached(c):
		return notAnswered(c)
	case login.Status == stage.Pass:
		return found(say.AnswerSiblingLogin())
	case login.Reason == o.withheld:
		return found(o.untold())
	}
	return found(say.AnswerSiblingWorks())
}
