package question

import (
	"slices"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// Answer is the result of a follow-up. It is zero for any other check.
type Answer struct {
	Answered bool        // the question was answered
	Said     prose.Value // the answer, or why there is none
}

// found returns the answer of a follow-up.
func found(said prose.Value) Answer { return Answer{true, said} }

// open returns the result of a follow-up without an answer.
func open(said prose.Value) Answer { return Answer{Said: said} }

// AnswerOf returns the answer that a follow-up gave.
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

// AnswerIn is like [AnswerOf], but doesn't repeat a certificate that the preceding
// check has shown.
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

// notMade says why a follow-up was not carried out; empty if it was.
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

// notAnswered says how far a follow-up without an answer got.
func notAnswered(c *stage.CheckRecord) Answer {
	if c.Failed() == nil {
		return open(say.NotAnsweredSoFar())
	}
	return open(say.NotAnswered(failure(c)))
}

// failure describes a follow-up's failure as evidence.
func failure(c *stage.CheckRecord) prose.Value {
	return chart.Shows(chart.NewExam(c, 0, nil), c.Failed())
}

// faultOf describes a follow-up's failure in a few words.
func faultOf(c *stage.CheckRecord) prose.Value {
	r := c.Failed()
	return chart.Fault(r.Stage, r.Fault, prose.Value{})
}

// maxText bounds the server text that an answer shows, in bytes.
const maxText = 400

// cut returns server text within that bound.
func cut(text string) prose.Value { return prose.Cut(text, maxText) }
