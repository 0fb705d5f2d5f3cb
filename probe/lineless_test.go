package probe_test

import (
	"reflect"
	"testing"

	"maildoctor/probe"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// tally counts the events of a run, by their type.
type tally struct{ of map[stage.EventType]int }

func (t tally) Header(stage.Header) error { return nil }
func (t tally) Event(e stage.Event) error { t.of[e.Type]++; return nil }
func (t tally) End(stage.End) error       { return nil }
func newTally() tally                     { return tally{make(map[stage.EventType]int)} }

// quiet is a tally that makes nothing of lines.
type quiet struct{ tally }

func (quiet) Lineless() {}

// A transcript is made only if somebody wants it; all other events are the same.
func TestLineless(t *testing.T) {
	for _, tt := range []struct {
		name        string
		transcripts bool
		sinks       func(quiet, tally) []probe.Sink
		lines       bool
	}{
		{"nobody", false, func(q quiet, _ tally) []probe.Sink { return []probe.Sink{q} }, false},
		{"a sink", false, func(q quiet, all tally) []probe.Sink { return []probe.Sink{q, all} }, true},
		{"the report", true, func(q quiet, _ tally) []probe.Sink { return []probe.Sink{q} }, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
				opt := h.options()
				q, all := quiet{newTally()}, newTally()
				opt.Transcripts, opt.Sinks = tt.transcripts, tt.sinks(q, all)
				rec, err := probe.Examine(t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
				if err != nil {
					t.Fatal(err)
				}
				if got := q.of[stage.EventLine] > 0; got != tt.lines {
					t.Errorf("lines were made: %v, want %v", got, tt.lines)
				}
				if got := len(rec.Checks[0].Transcript) > 0; got != tt.transcripts {
					t.Errorf("the record has a transcript: %v, want %v", got, tt.transcripts)
				}
				delete(q.of, stage.EventLine)
				if q.of[stage.EventStart] == 0 || q.of[stage.EventResult] < q.of[stage.EventStart] {
					t.Errorf("events %v", q.of)
				}
				if tt.name == "a sink" {
					delete(all.of, stage.EventLine)
					if !reflect.DeepEqual(q.of, all.of) {
						t.Errorf("events %v and %v", q.of, all.of)
					}
				}
			})
		})
	}
}
