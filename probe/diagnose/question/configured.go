package question

import (
	"fmt"
	"strings"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// configuredInquiries try the servers that mail programs have, if they are others.
var configuredInquiries = []inquiry{
	{
		id:     stage.AskConfigured,
		topic:  say.TopicConfigured(),
		raise:  raiseConfigured,
		ask:    ofPlace(say.AskConfigured),
		answer: answerConfigured,
	},
}

// maxConfigured limits the servers that are tried for one check.
const maxConfigured = 4

// raiseConfigured asks whether the servers of mail programs work that are not in the
// plan, also if all of the plan's own do: only then is it known which of the two is
// wrong.
func raiseConfigured(c *chart.Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		asked := 0
		for _, s := range c.Configured(k) {
			e := s.Server.Endpoint
			if !s.ServerDiffers() || e.Host == "" || e.Port == 0 || c.Planned(e) || asked == maxConfigured || elsewhere(c, k, e.Host) {
				continue
			}
			asked++
			q := after(k, stage.KindEndpoint, fmt.Sprintf("configured-%s-%d-%s", e.Host, e.Port, e.Security))
			q.Endpoint = e
			checks = append(checks, q)
		}
	}
	return checks
}

// elsewhere reports whether a run that is to contact nobody but the provider must leave
// a host out.
func elsewhere(c *chart.Case, k *chart.Exam, host string) bool {
	return c.Record.Header.Options.Private && !strings.EqualFold(host, k.Check.Endpoint.Host) && !k.Subject.Profile.Serves(host)
}

func answerConfigured(c *stage.CheckRecord) Answer {
	if c.Failed() == nil && chart.Reached(c) && c.Check.Endpoint.Security == stage.None {
		return found(say.AnswerConfiguredClear())
	}
	return answerOther(c, otherPlace{say.AnswerPublishedRefuses, say.AnswerPublishedFails, say.AnswerPublishedUntold, stage.SettingsNotVerified})
}
