package stage_test

import (
	"fmt"
	"testing"

	"maildoctor/probe/stage"
)

// tries is the stream of one check with several tries, each given as the stage that
// failed: empty if none did, "-" if the run ended before the check did. The events of
// later tries come first.
func tries(failed ...stage.Stage) *stage.Stream {
	check := stage.Check{ID: "imap-993", Kind: stage.KindEndpoint, Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.net", Port: 993, Security: stage.TLS}}
	s := &stage.Stream{
		Header: stage.Header{Format: stage.StreamFormat, Plan: stage.Plan{Subjects: []stage.Subject{{}}, Checks: []stage.Check{check}}},
		End:    &stage.End{State: stage.Complete},
	}
	for n := len(failed); n > 0; n-- {
		c, seq := check, 0
		add := func(e stage.Event) {
			seq++
			e.Check, e.Seq = c.ID, seq
			s.Events = append(s.Events, e)
		}
		if n > 1 {
			c.ID, c.Try, c.Parents = fmt.Sprintf("imap-993/try-%d", n), n, []string{check.ID}
			add(stage.Event{Type: stage.EventCheck, Ordered: &c})
		}
		add(stage.Event{Type: stage.EventContact, Contact: &stage.Contact{Address: fmt.Sprintf("192.0.2.%d:993", n), Why: "endpoint"}})
		if failed[n-1] == "-" {
			continue
		}
		for _, name := range check.Order() {
			if name == failed[n-1] {
				add(stage.Event{Type: stage.EventResult, Result: &stage.Result{Stage: name, Status: stage.Fail, Fault: stage.Closed, Time: stage.Millis(n)}})
				break
			}
			add(stage.Event{Type: stage.EventResult, Result: &stage.Result{Stage: name, Status: stage.Pass, Time: stage.Millis(n)}})
		}
		add(stage.Event{Type: stage.EventDone})
	}
	return s
}

// The try that got farthest counts and, of several, the last; one that was cut short
// counts only if all were.
func TestTryThatCounts(t *testing.T) {
	for _, tt := range []struct {
		tries  []stage.Stage
		counts int
		flaked bool
	}{
		{[]stage.Stage{stage.Connect, ""}, 2, true},
		{[]stage.Stage{stage.Connect, stage.Connect}, 2, false},
		{[]stage.Stage{stage.Greeting, stage.Connect, stage.Handshake}, 1, false},
		{[]stage.Stage{"", ""}, 2, false},
		{[]stage.Stage{"", stage.Connect}, 1, true},
		{[]stage.Stage{stage.Connect, "-"}, 1, false},
		{[]stage.Stage{"-", stage.Connect}, 2, false},
		{[]stage.Stage{"-", "-"}, 1, false},
		{[]stage.Stage{stage.Connect}, 1, false},
	} {
		s := tries(tt.tries...)
		whole := stage.Fold(s)
		f := stage.NewFolder(s.Header)
		for i := range s.Events {
			f.Add(&s.Events[i])
		}
		part := f.Part(s.Header.Plan.Checks, *s.End)
		for name, rec := range map[string]*stage.Record{"whole": whole, "part": part} {
			c := &rec.Checks[0]
			if len(rec.Checks) != 1 || c.Check.ID != "imap-993" || c.Check.Repeats() {
				t.Fatalf("%v, %s: %d checks, %+v", tt.tries, name, len(rec.Checks), c.Check)
			}
			if got := c.Results[0].Time; tt.tries[tt.counts-1] != "-" && got != stage.Millis(tt.counts) {
				t.Errorf("%v, %s: try %v counts, want %d", tt.tries, name, got, tt.counts)
			}
			if (c.Flaked() != nil) != tt.flaked {
				t.Errorf("%v, %s: flaked: %t", tt.tries, name, !tt.flaked)
			}
			if n := len(tt.tries); n > 1 && len(c.Tries) != n || n == 1 && c.Tries != nil {
				t.Errorf("%v, %s: %d tries", tt.tries, name, len(c.Tries))
			}
		}
		if len(whole.Contacts) != len(tt.tries) {
			t.Errorf("%v: contacts %v", tt.tries, whole.Contacts)
		}
	}
}
