package diagnose_test

import (
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/stage"
)

// While an answer is awaited, the same questions are asked as afterwards, except
// those that cost a login.
func TestBesideTheWaiting(t *testing.T) {
	r := newRun().asking().
		add("smtp-587 smtp.example.net starttls", fail(stage.Greeting, stage.Silent)).
		add("imap-993 imap.example.net tls", fail(stage.Handshake, stage.HandshakeTimeout)).
		add("pop3-995 pop.example.net tls", scramRefused(""))
	whole := stage.Fold(&stage.Stream{Header: r.rec.Header})
	whole.Checks = r.rec.Checks
	kinds := func(checks []stage.Check) (all []string) {
		for _, c := range checks {
			all = append(all, string(c.Question))
		}
		return all
	}
	afterwards, beside := kinds(diagnose.Raised(whole)), kinds(diagnose.Beside(whole))
	left := slices.DeleteFunc(slices.Clone(afterwards), func(q string) bool { return slices.Contains(beside, q) })
	if got := strings.Join(left, " "); got != string(stage.AskOtherLogin) {
		t.Errorf("asked afterwards alone: %q", got)
	}
	if len(beside) != len(afterwards)-1 || len(beside) < 8 {
		t.Errorf("beside: %v, afterwards: %v", beside, afterwards)
	}
}

// A question that was asked under another name, when less was known, is not open.
func TestAskedUnderAnotherName(t *testing.T) {
	silent := func() *run {
		return newRun().asking().add("smtp-587 smtp.example.net starttls", fail(stage.Greeting, stage.Silent))
	}
	open := silent().diagnose(t).Questions
	asked := open[0].Check
	asked.ID = "smtp-25/earlier"
	for _, q := range silent().check(asked).diagnose(t).Questions {
		if diagnose.Alike(q.Check) == diagnose.Alike(asked) {
			t.Errorf("%s is open though %s was made", q.Check.ID, asked.ID)
		}
	}
	asked.Question = stage.AskWeb
	if got := silent().check(asked).diagnose(t).Questions; len(got) != len(open) {
		t.Errorf("%d are open, want %d: another question was asked", len(got), len(open))
	}
}

// Only a web server's answer settles that no greeting will arrive.
func TestWhatSettlesASilence(t *testing.T) {
	answered := func(id stage.QuestionID, status int) stage.CheckRecord {
		return stage.CheckRecord{
			Check:   stage.Check{ID: "a/b", Kind: stage.KindFetch, Question: id, Round: 1},
			Results: []stage.Result{{Stage: stage.Fetch, Status: stage.Pass, Facts: &stage.FetchFacts{Status: status}}},
		}
	}
	for _, tt := range []struct {
		c    stage.CheckRecord
		want bool
	}{
		{answered(stage.AskHTTP, 400), true},
		{answered(stage.AskHTTP, 0), false},
		{answered(stage.AskPortal, 200), false},
		{stage.CheckRecord{Check: stage.Check{Question: stage.AskHTTP}}, false},
	} {
		if got := diagnose.Settles(tt.c); got != tt.want {
			t.Errorf("%s %+v: %v", tt.c.Check.Question, tt.c.Results, got)
		}
	}
}
