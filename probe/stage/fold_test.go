package stage_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"maildoctor/probe/stage"
)

var imap = stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.net", Port: 993, Security: stage.TLS}

// sample returns a run of two checks and a follow-up, with every type of event.
func sample() *stage.Stream {
	smtp := stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.example.net", Port: 587, Security: stage.StartTLS}
	follow := stage.Check{ID: "smtp-587/tls", Kind: stage.KindTLS, Endpoint: smtp, Parents: []string{"smtp-587"}, Question: stage.AskPortSpeaksTLS, Round: 1}
	at := stage.Ms
	return &stage.Stream{
		Header: stage.Header{
			Format: 1, Version: "test", Started: time.Date(2026, 11, 22, 14, 0, 0, 123000, time.UTC),
			System:  stage.System{OS: "linux", LinkUp: true},
			Options: stage.Options{ConnectTimeout: at(10 * time.Second)},
			Plan: stage.Plan{
				Subjects: []stage.Subject{{Argument: "jane@example.net", Kind: stage.SubjectAddress}},
				Checks:   []stage.Check{{ID: "imap-993", Kind: stage.KindEndpoint, Endpoint: imap}, {ID: "smtp-587", Kind: stage.KindEndpoint, Endpoint: smtp, Group: 1}},
			},
		},
		Events: []stage.Event{
			{Type: stage.EventSource, Seq: 1, Source: &stage.Source{
				ID: stage.SourceSRV, Asked: []string{"_imaps._tcp.example.net SRV"}, Outcome: stage.SourceAbsent, Time: at(time.Millisecond),
				Contacts: []stage.Contact{{Address: "192.0.2.53:53", Why: "resolver"}},
			}},
			{Type: stage.EventStart, Check: "imap-993", Seq: 1, Stage: stage.Resolve},
			{Type: stage.EventResult, Check: "imap-993", Seq: 2, At: at(1500 * time.Microsecond), Result: &stage.Result{
				Stage: stage.Resolve, Status: stage.Pass, Time: at(1500 * time.Microsecond),
				Facts: &stage.ResolveFacts{Host: imap.Host, Addresses: []string{"::1", "127.0.0.1"}},
			}},
			{Type: stage.EventAttempt, Check: "imap-993", Seq: 3, Attempt: &stage.Attempt{Index: 1, Address: "127.0.0.1:993", Outcome: stage.DialConnected}},
			{Type: stage.EventResult, Check: "imap-993", Seq: 4, Result: &stage.Result{
				Stage: stage.Connect, Status: stage.Pass, Facts: &stage.ConnectFacts{Address: "127.0.0.1:993"},
			}},
			{Type: stage.EventLookup, Check: "imap-993", Seq: 5, Lookup: &stage.Lookup{Index: 0, Type: "A", Outcome: stage.LookupAnswer}},
			{Type: stage.EventAttempt, Check: "imap-993", Seq: 6, Attempt: &stage.Attempt{Index: 0, Address: "[::1]:993", Outcome: stage.DialRefused}},
			{Type: stage.EventResult, Check: "imap-993", Seq: 7, Result: &stage.Result{
				Stage: stage.Handshake, Status: stage.Fail, Fault: stage.BadCertificate, Time: at(time.Millisecond),
				Facts: &stage.TLSFacts{Chain: []stage.Certificate{{NotAfter: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), DER: []byte{1, 2, 3}}}},
			}},
			{Type: stage.EventDone, Check: "imap-993", Seq: 8},
			{Type: stage.EventLine, Check: "smtp-587", Seq: 1, Line: &stage.Line{From: stage.Server, Stage: stage.Greeting, Text: "220 hi"}},
			{Type: stage.EventContact, Check: "smtp-587", Seq: 2, Contact: &stage.Contact{Address: "192.0.2.1:587", Why: "endpoint"}},
			{Type: stage.EventLogin, Check: "smtp-587", Seq: 3, Login: &stage.LoginAttempt{Protocol: stage.SMTP}},
			{Type: stage.EventCheck, Check: follow.ID, Seq: 1, Ordered: &follow},
			{Type: stage.EventDone, Check: follow.ID, Seq: 2},
			{Type: stage.EventShared, Check: follow.ID, Seq: 3, Parents: []string{"smtp-587", "imap-993"}},
			{Type: stage.EventMerged, Check: "smtp-587", Seq: 4, Merged: &stage.Merge{With: "imap-993", Address: "192.0.2.1"}},
		},
		End: &stage.End{State: stage.Complete, Time: at(2 * time.Second)},
	}
}

func encode(t *testing.T, s *stage.Stream) []byte {
	t.Helper()
	var b bytes.Buffer
	w := stage.NewStreamWriter(&b)
	if err := w.Header(s.Header); err != nil {
		t.Fatal(err)
	}
	for _, e := range s.Events {
		if err := w.Event(e); err != nil {
			t.Fatal(err)
		}
	}
	if s.End != nil {
		if err := w.End(*s.End); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func TestStreamRoundTrip(t *testing.T) {
	want := sample()
	got, err := stage.ReadStream(bytes.NewReader(encode(t, want)))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("a stream read back differs:\n%s", d)
	}
	if d := cmp.Diff(stage.Fold(want), stage.Fold(got), cmpopts.IgnoreUnexported(stage.Record{})); d != "" {
		t.Errorf("its record differs:\n%s", d)
	}
}

// TestWaitedFor checks that an abandoned stage records how long it had been waiting: if
// the run was stopped, ran out of time, or the stream just ends. A completed stage
// doesn't.
func TestWaitedFor(t *testing.T) {
	plan := stage.Plan{Checks: []stage.Check{{ID: "imap-993", Kind: stage.KindEndpoint, Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "a.test", Port: 993, Security: stage.TLS}}}}
	at := func(n int) stage.Millis { return stage.Ms(time.Duration(n) * time.Millisecond) }
	start := func(seq, ms int, s stage.Stage) stage.Event {
		return stage.Event{Type: stage.EventStart, Check: "imap-993", Seq: seq, At: at(ms), Stage: s}
	}
	result := func(seq, ms int, r stage.Result) stage.Event {
		return stage.Event{Type: stage.EventResult, Check: "imap-993", Seq: seq, At: at(ms), Result: &r}
	}
	resolved := result(1, 10, stage.Result{Stage: stage.Resolve, Status: stage.Pass, Time: at(9)})
	gaveUp := func(why stage.Reason) stage.Event {
		return result(3, 700, stage.Result{Stage: stage.Connect, Status: stage.Skip, Reason: why})
	}
	begun := []stage.Event{start(0, 1, stage.Resolve), resolved, start(2, 20, stage.Connect)}
	for _, c := range []struct {
		name   string
		events []stage.Event
		end    *stage.End
		want   stage.Millis
	}{
		{"stopped", append(slices.Clone(begun), gaveUp(stage.Interrupted)), &stage.End{State: stage.WasInterrupted, Time: at(800)}, at(680)},
		{"out of time", append(slices.Clone(begun), gaveUp(stage.OutOfTime)), &stage.End{State: stage.RanOutOfTime, Time: at(800)}, at(680)},
		{"no result", begun, &stage.End{State: stage.WasInterrupted, Time: at(800)}, at(780)},
		{"no end", append(slices.Clone(begun), stage.Event{Type: stage.EventContact, Check: "imap-993", Seq: 3, At: at(500), Contact: &stage.Contact{}}), nil, at(480)},
		{"not begun", begun[:2], &stage.End{State: stage.WasInterrupted, Time: at(800)}, 0},
		{"left out", append(slices.Clone(begun), gaveUp(stage.NotPossible)), &stage.End{State: stage.Complete, Time: at(800)}, 0},
	} {
		for range 2 {
			rec := stage.Fold(&stage.Stream{Header: stage.Header{Plan: plan}, Events: c.events, End: c.end})
			if got := rec.Checks[0].Result(stage.Connect).Time; got != c.want {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
			}
			if got, want := rec.Checks[0].Time, at(9)+c.want; got != want {
				t.Errorf("%s: %v in all, want %v", c.name, got, want)
			}
			slices.Reverse(c.events) // the order of arrival makes no difference
		}
	}
}

func TestFold(t *testing.T) {
	rec := stage.Fold(sample())
	c := rec.Check("imap-993")
	for s, want := range map[stage.Stage]stage.Result{
		stage.Greeting: {Stage: stage.Greeting, Status: stage.Skip, Reason: stage.Blocked, BlockedBy: stage.Handshake},
		stage.Mailbox:  {Stage: stage.Mailbox, Status: stage.Skip, Reason: stage.Blocked, BlockedBy: stage.Handshake},
	} {
		if d := cmp.Diff(want, *c.Result(s)); d != "" {
			t.Errorf("stage %s:\n%s", s, d)
		}
	}
	if c.Failed() == nil || c.Failed().Stage != stage.Handshake {
		t.Errorf("Failed() = %v, want the tls stage", c.Failed())
	}
	f := stage.FactsOf[*stage.ConnectFacts](c)
	if len(f.Attempts) != 2 || f.Attempts[0].Address != "[::1]:993" || f.Address == "" {
		t.Errorf("attempts = %+v, want both, in order of preference, and the address kept", f.Attempts)
	}
	if l := stage.FactsOf[*stage.ResolveFacts](c).Lookups; len(l) != 1 {
		t.Errorf("lookups = %v, want the one that came after the stage", l)
	}
	if c.Time.Duration() != 2500*time.Microsecond {
		t.Errorf("time = %v, want 2.5ms", c.Time.Duration())
	}
	if rec.Logins != (stage.Logins{Tried: 1, Failed: 1}) || len(rec.Contacts) != 2 {
		t.Errorf("logins %+v, contacts %v", rec.Logins, rec.Contacts)
	}
	if got := rec.Checks[2].Check.ID; got != "smtp-587/tls" {
		t.Errorf("last check is %s, want the follow-up", got)
	}
}

// The relative order of events of different checks does not matter.
func TestFoldInterleaved(t *testing.T) {
	want := stage.Fold(sample())
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		s := sample()
		random.Shuffle(len(s.Events), func(i, j int) { s.Events[i], s.Events[j] = s.Events[j], s.Events[i] })
		if d := cmp.Diff(want, stage.Fold(s), cmpopts.IgnoreUnexported(stage.Record{})); d != "" {
			t.Fatalf("shuffled:\n%s", d)
		}
	}
}

// A stream cut after any line is an interrupted run, and no result in it is better than
// in the whole.
func TestFoldCut(t *testing.T) {
	lines := bytes.SplitAfter(encode(t, sample()), []byte("\n"))
	for n := 1; n < len(lines); n++ {
		for _, tail := range []string{"", `{"event":{"type":"resu`} {
			cut := append(bytes.Join(lines[:n], nil), tail...)
			s, err := stage.ReadStream(bytes.NewReader(cut))
			if err != nil {
				t.Fatalf("cut after line %d: %v", n, err)
			}
			rec := stage.Fold(s)
			complete := n == len(lines)-1
			if (rec.End.State == stage.Complete) != complete {
				t.Errorf("cut after line %d: %s", n, rec.End.State)
			}
			if tail != "" && s.Broken != 1 {
				t.Errorf("cut within line %d: %d broken lines, want 1", n+1, s.Broken)
			}
			for _, r := range rec.Check("smtp-587").Results {
				if r.Status != stage.Skip || !complete && r.Reason != stage.Interrupted {
					t.Errorf("cut after line %d: %s is %s (%s), want interrupted", n, r.Stage, r.Status, r.Reason)
				}
			}
		}
	}
}

func TestReadStreamRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"":                               "line 1: expected a saved run",
		"\n\n":                           "line 1: expected a saved run",
		"hello\n":                        "line 1: expected the header",
		`{"event":{"type":"done"}}`:      "line 1: expected the header",
		`{"header":{"format":2}}`:        "newer format",
		"\n" + `{"header":{"format":0}}`: "line 2: expected the header",
	} {
		_, err := stage.ReadStream(strings.NewReader(in))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ReadStream(%q): %v; want an error with %q", in, err, want)
		}
	}
}

// Unknown events, stages and facts of a later version are skipped and counted.
func TestReadStreamUnknown(t *testing.T) {
	in := string(encode(t, sample()))
	first, rest, _ := strings.Cut(in, "\n")
	in = first + "\n" + `{"event":{"type":"dream","check":"imap-993","seq":9}}
{"event":{"type":"result","check":"imap-993","seq":10}}
{"afterword":{}}
` + rest
	s, err := stage.ReadStream(strings.NewReader(in))
	if err != nil || s.Unknown != 3 {
		t.Fatalf("unknown = %d, %v; want 3", s.Unknown, err)
	}
	var r stage.Result
	if err := json.Unmarshal([]byte(`{"stage":"dream","status":"pass","facts":{"a":1},"later":true}`), &r); err != nil || r.Facts != nil {
		t.Errorf("result of an unknown stage: %+v, %v", r, err)
	}
}

func FuzzReadStream(f *testing.F) {
	var b bytes.Buffer
	w := stage.NewStreamWriter(&b)
	s := sample()
	w.Header(s.Header)
	for _, e := range s.Events {
		w.Event(e)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"header":{"format":1,"plan":{"checks":[{"id":"a"},{"id":"a"}]}}}` + "\n" + `{"event":{"type":"check","ordered":{"parents":[]}}}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		s, err := stage.ReadStream(bytes.NewReader(in))
		if err != nil {
			return
		}
		rec := stage.Fold(s)
		for _, c := range rec.Checks {
			if len(c.Results) != len(c.Check.Order()) {
				t.Errorf("check %q: %d results for %d stages", c.Check.ID, len(c.Results), len(c.Check.Order()))
			}
		}
	})
}

// The kernel's final counters replace those from the beginning of the connection.
func TestFoldRecountsRetransmits(t *testing.T) {
	s := sample()
	s.Events = append(s.Events, stage.Event{
		Type: stage.EventKernel, Check: "imap-993", Seq: 9, Kernel: &stage.Kernel{RoundTrip: stage.Ms(80 * time.Millisecond), Retransmits: 7},
	})
	f := stage.FactsOf[*stage.ConnectFacts](stage.Fold(s).Check("imap-993"))
	if f.Retransmits == nil || *f.Retransmits != 7 || f.RoundTrip.Duration() != 80*time.Millisecond {
		t.Errorf("%+v", f)
	}
	if f.Address != "127.0.0.1:993" || len(f.Attempts) != 2 {
		t.Errorf("other facts are gone: %+v", f)
	}
}
