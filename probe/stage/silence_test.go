package stage_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/stage"
)

// A stage that is supposed to have ended blocks those after it, and earlier results
// stay unchanged.
func TestSupposing(t *testing.T) {
	check := stage.Check{ID: "imap-993", Kind: stage.KindEndpoint, Endpoint: stage.Endpoint{Protocol: stage.IMAP, Security: stage.TLS}}
	other := stage.Check{ID: "smtp-587", Kind: stage.KindEndpoint, Endpoint: stage.Endpoint{Protocol: stage.SMTP, Security: stage.StartTLS}}
	f := stage.NewFolder(stage.Header{Plan: stage.Plan{Checks: []stage.Check{check, other}}})
	for n, s := range []stage.Stage{stage.Resolve, stage.Connect} {
		f.Add(&stage.Event{Type: stage.EventResult, Check: check.ID, Seq: n + 1, Result: &stage.Result{Stage: s, Status: stage.Pass}})
	}
	seen := f.Part([]stage.Check{check, other}, stage.End{State: stage.Complete})
	before := f.Part([]stage.Check{check, other}, stage.End{State: stage.Complete})
	for _, tt := range []struct {
		stage stage.Stage
		fault stage.Fault
	}{{stage.Handshake, stage.HandshakeTimeout}, {stage.Greeting, stage.Silent}} {
		got := seen.Supposing([]stage.Silence{{Check: check.ID, Stage: tt.stage, For: 5000}})
		failed := got.Check(check.ID).Failed()
		if failed == nil || failed.Stage != tt.stage || failed.Fault != tt.fault || failed.Time != 5000 {
			t.Errorf("%s failed as %+v", tt.stage, failed)
		}
		if r := got.Check(check.ID).Result(stage.Login); r.Reason != stage.Blocked || r.BlockedBy != tt.stage {
			t.Errorf("%s: login is %+v", tt.stage, r)
		}
		if got.Check(check.ID).Result(stage.Connect).Status != stage.Pass {
			t.Errorf("%s: the connection is forgotten", tt.stage)
		}
		if d := cmp.Diff(seen.Checks[1], got.Checks[1]); d != "" {
			t.Errorf("%s: another check has changed:\n%s", tt.stage, d)
		}
	}
	if d := cmp.Diff(before.Checks, seen.Checks); d != "" {
		t.Errorf("the record itself has changed:\n%s", d)
	}
}
