package diagnose_test

import (
	"slices"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// tried makes a check of the run one of several tries: those given failed, and its own
// results are those of the last.
func (r *run) tried(crowd int, before ...[]step) *run {
	c := &r.rec.Checks[len(r.rec.Checks)-1]
	var all []stage.CheckRecord
	for i, steps := range before {
		other := newRun().check(stage.Check{ID: c.Check.ID, Kind: stage.KindEndpoint, Endpoint: c.Check.Endpoint, Try: i}, steps...)
		all = append(all, other.rec.Checks[0])
	}
	last := *c
	last.Check.Try, last.Check.Crowd = len(before)+1, crowd
	c.Tries = append(all, last)
	return r
}

func TestTryRules(t *testing.T) {
	reset := []step{fail(stage.Handshake, stage.HandshakeReset)}
	busy := []step{fail(stage.Greeting, stage.TemporarilyOut, &stage.GreetingFacts{Reply: smtpReply(421, "4.7.0", "421 4.7.0 too many connections")})}
	checkCases(t, []ruleCase{
		{"failed and worked", newRun().add(imap).tried(0, reset), cause.IntermittentFailure, sure{cause.IntermittentFailure: proven}, []cause.ID{cause.ConnectionsLimited}},
		{"failed twice", newRun().add(imap).tried(0, reset, reset), cause.IntermittentFailure, sure{cause.IntermittentFailure: proven}, nil},
		{"refused in a crowd", newRun().add(smtp587).tried(3, busy), "", sure{cause.ConnectionsLimited: proven}, []cause.ID{cause.IntermittentFailure, cause.ServerBusyGreeting}},
		{"never worked", newRun().add(imap, reset...).tried(0, reset), "", nil, []cause.ID{cause.IntermittentFailure, cause.ConnectionsLimited}},
		{"worked at once", newRun().add(imap), "", nil, []cause.ID{cause.IntermittentFailure, cause.ConnectionsLimited}},
	})
	d := diagnose.Diagnose(&newRun().add(smtp587).tried(3, busy).rec)
	at := slices.IndexFunc(d.Findings, func(f diagnose.Finding) bool { return f.Cause == cause.ConnectionsLimited })
	if at < 0 || d.Findings[at].Severity != cause.Info {
		t.Errorf("%+v", d.Findings)
	}
}
