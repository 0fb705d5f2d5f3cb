package question

import (
	"slices"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// Answer is what a follow-up came to. Of a check that is no follow-up it is zero.
type Answer struct {
	Answered bool        // something was found out
	Said     prose.Value // what, or why nothing was
}

// found is what a follow-up has found out.
func found(said prose.Value) Answer { return Answer{true, said} }

// open is a follow-up that found nothing out.
func open(said prose.Value) Answer { return Answer{Said: said} }

// AnswerOf says what a follow-up found out.
func AnswerOf(c stage.CheckRecord) Answer {
	if !c.Check.FollowUp() {
		return Answer{}
	}
	if reason := notMade(&c); !reason.Empty() {
		return open(reason)
	}
	if q, ok := inquiryOf(c.Check.Question); ok {
		return q.answer(&c)
	}
	return notAnswered(&c)
}

// AnswerIn is [AnswerOf] beside what the check before it has shown: a certificate that
// was seen there is not told all over again.
func AnswerIn(rec *stage.Record, c stage.CheckRecord) Answer {
	a := AnswerOf(c)
	v, ok := chart.ShownBy(&c)
	if !ok || len(c.Check.Parents) == 0 {
		return a
	}
	parent := rec.Check(c.Check.Parents[0])
	if parent == nil {
		return a
	}
	before, ok := chart.ShownBy(parent)
	switch {
	case !ok || before.Leaf().SHA256 != v.Leaf().SHA256:
	case c.Failed() != nil && c.Failed().Fault == stage.BadCertificate && (c.Check.Question == stage.AskAgain || c.Check.Question == stage.AskOtherAddress):
		return found(say.AnswerCertificateAgain())
	case slices.Contains([]stage.QuestionID{stage.AskWebCertificate, stage.AskWithoutName, stage.AskCertificateElsewhere}, c.Check.Question):
		return found(say.AnswerCertificateTheSame())
	}
	return a
}

// notMade says why a follow-up was not carried out at all; empty where it was.
func notMade(c *stage.CheckRecord) (reason prose.Value) {
	for _, r := range c.Results {
		if r.Status != stage.Skip {
			return prose.Value{}
		}
		switch r.Reason {
		case stage.LoginBudget:
			reason = say.NotAnsweredBudget()
		case stage.OutOfTime:
			reason = say.NotAnsweredOutOfTime()
		case stage.Interrupted:
			reason = say.NotAnsweredInterrupted()
		case stage.NotPossible:
			reason = say.NotAnsweredNotPossible()
		}
	}
	if reason.Empty() {
		reason = say.NotAnsweredNotMade()
	}
	return reason
}

// notAnswered says how far a follow-up got that found nothing out.
func notAnswered(c *stage.CheckRecord) Answer {
	if c.Failed() == nil {
		return open(say.NotAnsweredSoFar())
	}
	return open(say.NotAnswered(failure(c)))
}

// failure is what a follow-up failed with, as evidence.
func failure(c *stage.CheckRecord) prose.Value {
	return chart.Shows(chart.NewExam(c, 0, nil), c.Failed())
}

// faultOf says in a few words what a follow-up failed with.
func faultOf(c *stage.CheckRecord) prose.Value {
	r := c.Failed()
	return chart.Fault(r.Stage, r.Fault, prose.Value{})
}

// maxText bounds what an answer shows of a server's words, in bytes.
const maxText = 400

// cut is what a server wrote.
func cut(text string) prose.Value { return prose.Cut(text, maxText) }
