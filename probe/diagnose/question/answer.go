package question

import (
	"slices"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// inquiryOf finds a question; ok is false for one of another version.
func inquiryOf(id stage.QuestionID) (q inquiry, ok bool) {
	for _, q := range allInquiries() {
		if q.id == id {
			return q, true
		}
	}
	return inquiry{}, false
}

// Ask returns the question that a follow-up is to answer, as a whole sentence.
// For a check that is no follow-up it returns "".
func Ask(c stage.Check) string {
	if c.Question == "" {
		return ""
	}
	if q, ok := inquiryOf(c.Question); ok {
		return stage.Visible(q.ask(c))
	}
	return "What does this port answer?"
}

// Answer says in whole sentences what a follow-up found out. For a check that is
// no follow-up it returns "".
func Answer(c stage.CheckRecord) string {
	if !c.Check.FollowUp() {
		return ""
	}
	if reason, ok := notMade(&c); ok {
		return "Not answered: " + reason + "."
	}
	if q, ok := inquiryOf(c.Check.Question); ok {
		return stage.Visible(q.answer(&c))
	}
	return stage.Visible(answerAny(&c))
}

// AnswerIn is [Answer] beside what the check before it has shown: a certificate that
// was seen there is not told all over again.
func AnswerIn(rec *stage.Record, c stage.CheckRecord) string {
	said := Answer(c)
	v, ok := chart.ShownBy(&c)
	if !ok || len(c.Check.Parents) == 0 {
		return said
	}
	parent := rec.Check(c.Check.Parents[0])
	if parent == nil {
		return said
	}
	before, ok := chart.ShownBy(parent)
	switch {
	case !ok || before.Leaf().SHA256 != v.Leaf().SHA256:
	case c.Failed() != nil && c.Failed().Fault == stage.BadCertificate && (c.Check.Question == stage.AskAgain || c.Check.Question == stage.AskOtherAddress):
		return "Yes: the same certificate."
	case slices.Contains([]stage.QuestionID{stage.AskWebCertificate, stage.AskWithoutName, stage.AskCertificateElsewhere}, c.Check.Question):
		return "The same one."
	}
	return said
}

// notMade says why a follow-up was not carried out at all.
func notMade(c *stage.CheckRecord) (reason string, ok bool) {
	for _, r := range c.Results {
		if r.Status != stage.Skip {
			return "", false
		}
		switch r.Reason {
		case stage.LoginBudget:
			reason = "one more refused login might lock the account"
		case stage.OutOfTime:
			reason = "the run's time was up"
		case stage.Interrupted:
			reason = "the run was stopped"
		case stage.NotPossible:
			reason = "this system cannot do it"
		}
	}
	if reason == "" {
		reason = "the follow-up was not made"
	}
	return reason, true
}

// answerAny says how far a follow-up got.
func answerAny(c *stage.CheckRecord) string {
	if r := c.Failed(); r != nil {
		return "Not answered: " + chart.Short(chart.Describe(chart.NewExam(c, 0, nil), r)) + "."
	}
	return "Not answered: the follow-up did not get that far."
}
