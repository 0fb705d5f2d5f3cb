package probe

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"maildoctor/probe/internal/filltest"
	"maildoctor/probe/stage"
)

// taken is a sink that stores events both as JSON and as a saved stream.
type taken struct {
	*stage.StreamWriter
	all []any
}

func (s *taken) Header(h stage.Header) error {
	s.all = append(s.all, h)
	return s.StreamWriter.Header(h)
}

func (s *taken) Event(e stage.Event) error {
	s.all = append(s.all, e)
	return s.StreamWriter.Event(e)
}

// everyFacts returns facts of every stage.
func everyFacts() map[stage.Stage]stage.Facts {
	return map[stage.Stage]stage.Facts{
		stage.Resolve: new(stage.ResolveFacts), stage.Connect: new(stage.ConnectFacts), stage.Handshake: new(stage.TLSFacts),
		stage.Greeting: new(stage.GreetingFacts), stage.Upgrade: new(stage.StartTLSFacts), stage.Capabilities: new(stage.CapabilityFacts),
		stage.Login: new(stage.LoginFacts), stage.Mailbox: new(stage.MailboxFacts), stage.Submit: new(stage.SubmitFacts),
		stage.Fetch: new(stage.FetchFacts), stage.Clock: new(stage.ClockFacts),
	}
}

// hostileEvents returns events with unsafe text in every string, except the type.
func hostileEvents() []stage.Event {
	var all []stage.Event
	for s, f := range everyFacts() {
		filltest.Fill(f, filltest.Bad)
		all = append(all, stage.Event{Type: stage.EventResult, Check: filltest.Bad, Result: &stage.Result{
			Stage: s, Status: stage.Fail, Fault: filltest.Bad, Facts: f,
		}})
	}
	for _, kind := range []stage.EventType{
		stage.EventCheck, stage.EventStart, stage.EventAttempt, stage.EventLookup, stage.EventLine, stage.EventLogin,
		stage.EventContact, stage.EventKernel, stage.EventDone, stage.EventShared, stage.EventMerged, stage.EventSource,
	} {
		var e stage.Event
		filltest.Fill(&e, filltest.Bad)
		e.Type, e.Result = kind, nil
		all = append(all, e)
	}
	return all
}

// TestLiveEventsAreFitToBeShown checks that events are cleaned alike for sinks during a
// run and for readers of a file.
func TestLiveEventsAreFitToBeShown(t *testing.T) {
	var h stage.Header
	filltest.Fill(&h, filltest.Bad)
	h.Format = stage.StreamFormat
	var file bytes.Buffer
	sink := &taken{StreamWriter: stage.NewStreamWriter(&file)}
	l := newLog(h, Options{Sinks: []Sink{sink}, Transcripts: true})
	events := hostileEvents()
	for _, e := range events {
		l.event(e)
	}
	rec, err := l.end(stage.Complete)
	if err != nil {
		t.Fatal(err)
	}
	if len(sink.all) != len(events)+1 {
		t.Fatalf("%d of %d came through", len(sink.all), len(events)+1)
	}
	for _, v := range append(sink.all, rec) {
		if bad := unfit(t, v); len(bad) > 0 {
			t.Errorf("%T: %d strings, the first %q", v, len(bad), bad[0])
		}
	}
	saved, err := stage.ReadStream(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	live := inJSON(t, rec.Checks)
	if got := inJSON(t, stage.Fold(saved).Checks); !bytes.Equal(got, live) {
		t.Errorf("from the file:\n%s\nwhile it went on:\n%s", got, live)
	}
	if h.Plan.Subjects[0].User != filltest.Bad {
		t.Error("what the run logs in with was changed")
	}
}

func inJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// unfit returns the strings in a value that are not safe to show.
func unfit(t *testing.T, v any) []string {
	t.Helper()
	var out []string
	for d := json.NewDecoder(bytes.NewReader(inJSON(t, v))); ; {
		token, err := d.Token()
		if err != nil {
			return slices.Compact(out)
		}
		if s, ok := token.(string); ok && s != stage.Visible(s) {
			out = append(out, s)
		}
	}
}
