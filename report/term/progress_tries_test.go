package term_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report/term"
)

// plan is a plan of n endpoints.
func planOf(n int) (plan stage.Plan) {
	for i := range n {
		plan.Checks = append(plan.Checks, stage.Check{ID: fmt.Sprintf("imap-%d", i), Kind: stage.KindEndpoint, Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: fmt.Sprintf("host%d", i), Port: 993}})
	}
	return plan
}

func failsAt(id string, at time.Duration) []stage.Event {
	return []stage.Event{
		{Type: stage.EventStart, Check: id, Stage: stage.Connect, At: stage.Ms(at)},
		{Type: stage.EventResult, Check: id, At: stage.Ms(at), Result: &stage.Result{Stage: stage.Connect, Status: stage.Fail}},
		{Type: stage.EventDone, Check: id, At: stage.Ms(at)},
	}
}

// A further try has the line of its check, which is then open again.
func TestProgressOfTries(t *testing.T) {
	for _, linear := range []bool{false, true} {
		var b bytes.Buffer
		p := term.NewProgress(&b, prose.English(), term.ProgressOptions{ASCII: true, Linear: linear})
		p.Plan(planOf(1))
		shows := func(at time.Duration, want string) {
			t.Helper()
			b.Reset()
			if p.Tick(at); !strings.Contains(b.String(), want) {
				t.Errorf("linear %t, at %s: %q, want %q", linear, at, b.String(), want)
			}
		}
		for _, e := range failsAt("imap-0", time.Second) {
			p.Event(e)
		}
		shows(time.Second, "stopped at connect")
		try := stage.Check{ID: "imap-0/try-2", Try: 2, Parents: []string{"imap-0"}}
		p.Event(stage.Event{Type: stage.EventCheck, Check: try.ID, Ordered: &try, At: stage.Ms(time.Second)})
		if !linear {
			shows(2*time.Second, "try 2: waiting")
		}
		p.Event(stage.Event{Type: stage.EventStart, Check: try.ID, Stage: stage.Connect, At: stage.Ms(3 * time.Second)})
		shows(6*time.Second, "ry 2: connecting, no answer yet (3 s)")
		p.Event(stage.Event{Type: stage.EventDone, Check: try.ID, At: stage.Ms(7 * time.Second)})
		shows(7*time.Second, "done")
	}
}

// What was taken over from an earlier run has ended, and is no part of what is left.
func TestProgressOfAResumedRun(t *testing.T) {
	var b bytes.Buffer
	p := term.NewProgress(&b, prose.English(), term.ProgressOptions{ASCII: true, Height: 5})
	const before = time.Hour
	p.Resume(before)
	p.Plan(planOf(100))
	for i := range 90 {
		for _, e := range failsAt(fmt.Sprintf("imap-%d", i), time.Minute) {
			p.Event(e)
		}
	}
	p.Event(stage.Event{Type: stage.EventDone, Check: "imap-95", At: stage.Ms(before + time.Second)})
	b.Reset()
	p.Tick(before + time.Second)
	if got := b.String(); !strings.Contains(got, "and 97 more: 1 of 10 done\x1b") || !strings.Contains(got, "host90") {
		t.Errorf("%q", got)
	}
}
