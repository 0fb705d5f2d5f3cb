package report

import (
	"slices"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/question"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// FollowUp is a question that the run asked itself, and the answer.
type FollowUp struct {
	Check    string           // Check.ID of the follow-up
	ID       stage.QuestionID // the question
	Question prose.Value      // the question as a sentence
	Topic    prose.Value      // the question as part of a list, "other ports of the server"
	Answer   prose.Value      // the answer, or why there is none
	Answered bool             // the question was answered
	Fault    stage.Fault      // what ended it early; empty if nothing did
	Parents  []string         // ids of the checks that raised the question
	Why      []string         // what was wrong with them: "SMTP 587, connect: no answer in 10 s"
	Because  string           // the same in one line; empty if nothing was wrong
	Round    int              // 1 or 2
	Kind     stage.Kind
	Endpoint stage.Endpoint // zero if it needs no mail server
}

// followUps lists the questions that the run asked itself: those that found
// something first, and those without an answer last. An informative one must not be
// buried among ten others.
func followUps(l *prose.Language, rec *stage.Record) []FollowUp {
	labels := shortLabels(rec)
	var out []FollowUp
	for i := range rec.Checks {
		c := &rec.Checks[i]
		if !c.Check.FollowUp() {
			continue
		}
		a := question.AnswerIn(rec, *c)
		f := FollowUp{
			Check: c.Check.ID, ID: c.Check.Question, Question: question.Ask(c.Check), Topic: question.Topic(c.Check.Question),
			Answer: a.Said, Answered: a.Answered,
			Parents: c.Check.Parents, Round: c.Check.Round, Kind: c.Check.Kind, Endpoint: c.Check.Endpoint,
		}
		if bad := c.Failed(); bad != nil {
			f.Fault = bad.Fault
		}
		var why []prose.Value
		for _, id := range c.Check.Parents {
			if v := trouble(rec, id, labels); !v.Empty() {
				why = append(why, v)
			}
		}
		f.Why, f.Because = texts(l, why), l.Text(because(why))
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b FollowUp) int { return a.rank() - b.rank() })
	return out
}

// rank orders follow-ups, the most informative first.
func (f FollowUp) rank() int {
	switch {
	case !f.Answered:
		return 2
	case f.Fault != "":
		return 1
	}
	return 0
}

// trouble says what was wrong with a check that raised a question: "SMTP 587,
// connect: no answer in 10 s". If nothing failed, it names the check.
func trouble(rec *stage.Record, id string, labels map[string]prose.Value) (why prose.Value) {
	c := rec.Check(id)
	if c == nil {
		return why
	}
	bad := c.Failed()
	if bad == nil {
		i := slices.IndexFunc(c.Results, func(r stage.Result) bool { return r.Status == stage.Warn })
		if i < 0 {
			return labels[id]
		}
		bad = &c.Results[i]
	}
	return say.CellTrouble(labels[id], stageName(bad.Stage), clause(bad, rec.Header.Options))
}

// maxReasons limits the problems that are listed as reasons for one question.
const maxReasons = 3

// because summarises the reasons for a question.
func because(why []prose.Value) prose.Value {
	if len(why) == 0 {
		return prose.Value{}
	}
	if n := len(why); n > maxReasons {
		why = append(slices.Clone(why[:maxReasons]), say.FollowUpMore(prose.Count(n-maxReasons)))
	}
	return say.FollowUpBecause(prose.Then(why...))
}

// followUpWords lists the follow-ups that were made, in one line: each kind of
// question once, the informative ones first.
func followUpWords(rec *stage.Record, all []FollowUp) prose.Value {
	n := 0
	var kinds []prose.Value
	for _, f := range all {
		if !made(rec.Check(f.Check)) {
			continue
		}
		n++
		kinds = prose.AppendNew(kinds, f.Topic)
	}
	if n == 0 {
		return prose.Value{}
	}
	return say.FollowUpsMade(prose.Count(n), prose.And(kinds...))
}

// made reports whether a follow-up was carried out at all.
func made(c *stage.CheckRecord) bool {
	return slices.ContainsFunc(c.Results, func(r stage.Result) bool { return r.Status != stage.Skip })
}

// openWords lists, in one line, the questions that were not asked.
func openWords(rec *stage.Record, d diagnose.Diagnosis) prose.Value {
	var kinds []prose.Value
	for _, q := range d.Questions {
		kinds = prose.AppendNew(kinds, question.Topic(q.Check.Question))
	}
	switch {
	case len(kinds) == 0:
		return prose.Value{}
	case rec.Header.Options.FollowUps:
		return say.FollowUpsOpen(prose.And(kinds...))
	}
	return say.FollowUpsNotMade(prose.And(kinds...))
}

// openQuestions lists the questions that no check answered, each once.
func openQuestions(d diagnose.Diagnosis) []prose.Value {
	var out []prose.Value
	seen := make(map[string]bool)
	for _, q := range d.Questions {
		if s := question.Ask(q.Check); !seen[s.Key()] {
			seen[s.Key()] = true
			out = append(out, s)
		}
	}
	return out
}

// nobodyElse says that --private prevented follow-ups that would have contacted
// third parties.
func nobodyElse(rec *stage.Record, w weighed) prose.Value {
	if !rec.Header.Options.Private || w.overall() == Works || len(thirdParties(rec)) > 0 {
		return prose.Value{}
	}
	return say.NobodyElseAsked()
}
