package question

import (
	"fmt"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// publishedInquiries try the settings of other sources if those of the best one
// fail.
var publishedInquiries = []inquiry{
	{
		id:     stage.AskPublished,
		topic:  say.TopicPublished(),
		raise:  raisePublished,
		ask:    ofPlace(say.AskPublished),
		answer: answerPublished,
	},
}

// maxPublished limits the servers that are tried in place of one.
const maxPublished = 4

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
		for _, o := range p.Others {
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
