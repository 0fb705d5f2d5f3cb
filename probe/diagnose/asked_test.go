package diagnose_test

import (
	"strings"
	"testing"

	"maildoctor/probe/diagnose/question"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// asks is the question of a follow-up, as a whole sentence.
func asks(c stage.Check) string { return prose.English().Sentence(question.Ask(c)) }

// answerOf returns what a follow-up answered, as a whole sentence. A text that says
// it is no answer must not count as one.
func answerOf(t *testing.T, c stage.CheckRecord) string {
	t.Helper()
	a := question.AnswerOf(c)
	said := prose.English().Sentence(a.Said)
	if a.Answered == strings.HasPrefix(said, "Not answered") {
		t.Errorf("%s: answered is %v: %s", c.Check.ID, a.Answered, said)
	}
	return said
}
