package stage

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"maildoctor/probe/internal/filltest"
)

const bad = filltest.Bad

// hostile returns a stream with unsafe text in every string, except those that
// determine how it is read.
func hostile() *Stream {
	s := new(Stream)
	filltest.Fill(&s.Header, bad)
	s.Header.Format = StreamFormat
	for _, name := range inStages() {
		facts := newFacts(name)
		filltest.Fill(facts, bad)
		e := Event{}
		filltest.Fill(&e, bad)
		e.Type, e.Stage = EventResult, name
		e.Result = &Result{Stage: name, Status: Fail, Fault: bad, Reason: bad, BlockedBy: bad, Facts: facts}
		s.Events = append(s.Events, e)
	}
	for _, kind := range []EventType{EventCheck, EventStart, EventAttempt, EventLookup, EventLine, EventLogin, EventContact, EventKernel, EventDone, EventShared, EventMerged, EventConcluded, EventSource} {
		e := Event{}
		filltest.Fill(&e, bad)
		e.Type, e.Result = kind, nil
		s.Events = append(s.Events, e)
	}
	s.End = &End{State: bad}
	return s
}

func inStages() []Stage {
	return []Stage{Resolve, Connect, Handshake, Greeting, Upgrade, Capabilities, Login, Mailbox, Submit, Fetch, Clock}
}

// unfit returns the strings in JSON that are not safe to show.
func unfit(t *testing.T, v any) []string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for d := json.NewDecoder(bytes.NewReader(b)); ; {
		tok, err := d.Token()
		if err != nil {
			return out
		}
		if s, ok := tok.(string); ok && (!utf8.ValidString(s) || s != Visible(s)) {
			out = append(out, s)
		}
	}
}

// Every string in a stream is cleaned: what is read from a file is safe to show.
func TestReadingMakesEveryStringVisible(t *testing.T) {
	var file bytes.Buffer
	if err := hostile().Copy(NewStreamWriter(&file)); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(file.String(), "u001b") + strings.Count(file.String(), "x1b"); n < 100 {
		t.Fatalf("only %d strings are hostile", n)
	}
	got, err := ReadStream(&file)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []any{got.Header, got.Events, got.End} {
		if bad := unfit(t, part); bad != nil {
			t.Errorf("%d strings came through, the first %q", len(bad), bad[0])
		}
	}
	if want := len(hostile().Events); len(got.Events) != want {
		t.Errorf("%d events, want %d", len(got.Events), want)
	}
}

// The original stays unchanged, and what is passed on is safe to show: it equals what a
// reader of the saved run gets.
func TestCleanedIsACopy(t *testing.T) {
	for _, e := range hostile().Events {
		before, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		clean := Cleaned(&e)
		after, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(before, after) {
			t.Errorf("%s: the original changed", e.Type)
		}
		if bad := unfit(t, clean); bad != nil {
			t.Errorf("%s: %d strings came through, the first %q", e.Type, len(bad), bad[0])
		}
	}
	h := hostile().Header
	if bad := unfit(t, Cleaned(&h)); bad != nil {
		t.Errorf("header: %q", bad)
	}
	if len(unfit(t, h)) == 0 {
		t.Error("the header itself changed")
	}
	fit := &Check{ID: "imap-993", Parents: []string{"a"}}
	if got := Cleaned(&Event{Type: EventCheck, Ordered: fit}); got.Ordered != fit {
		t.Error("what is fit to be shown was copied")
	}
}

func TestMarksDoNotPileUp(t *testing.T) {
	for in, want := range map[string]string{
		"a\u0301\u0302\u0303\u0304":       "a\u0301\u0302\u0303\u0304",
		"a\u0301\u0302\u0303\u0304\u0305": "a\u0301\u0302\u0303\u0304" + `\u0305`,
		"שָׁ":                             "שָׁ",
	} {
		if got := Visible(in); got != want || Visible(got) != got {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// A file can't make a reader hold more than a run can have.
func TestBoundsOfAStream(t *testing.T) {
	header := `{"header":{"format":1}}` + "\n"
	for name, c := range map[string]struct{ in, want string }{
		"a long line": {header + `{"event":{"type":"done","check":"` + strings.Repeat("a", 1<<20) + `"}}`, "line 2: longer than 1048576 bytes"},
		"two runs":    {header + `{"end":{"state":"complete"}}` + "\n" + header, "line 3: a second run begins here"},
	} {
		if _, err := ReadStream(strings.NewReader(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	few := bounds{header: 1 << 10, line: 2 << 10, bytes: 1 << 20, events: 1000}
	endless := &repeated{first: header, line: `{"event":{"type":"done","check":"a"}}` + "\n"}
	if _, err := readStream(endless, few); err == nil || !strings.Contains(err.Error(), "more than 1000 events") {
		t.Errorf("endless events: %v", err)
	}
	blank := &repeated{first: header, line: strings.Repeat(" ", 1023) + "\n"}
	if _, err := readStream(blank, few); err == nil || !strings.Contains(err.Error(), "goes on after 1048576 bytes") {
		t.Errorf("endless blanks: %v", err)
	}
}

// repeated is a file whose last line is repeated endlessly.
type repeated struct{ first, line string }

func (r *repeated) Read(b []byte) (int, error) {
	if r.first != "" {
		n := copy(b, r.first)
		r.first = r.first[n:]
		return n, nil
	}
	n := 0
	for n+len(r.line) <= len(b) {
		n += copy(b[n:], r.line)
	}
	return n, nil
}

// Where a run has few events of a type, a file may not have more, and no list may be
// longer than a run keeps.
func TestBoundsOfCountsAndLists(t *testing.T) {
	header := Header{Format: StreamFormat, Plan: Plan{Checks: []Check{{ID: "imap-993"}}}}
	long := make([]string, MaxList+1)
	for name, tt := range map[string]struct {
		events []Event
		n      int // repetitions; negative: each of a different check
		want   string
	}{
		"contacts":     {[]Event{{Type: EventContact, Check: "imap-993", Contact: &Contact{}}}, maxOfCheck, ""},
		"one more":     {[]Event{{Type: EventContact, Check: "imap-993", Contact: &Contact{}}}, maxOfCheck + 1, `line 1002: more than 1000 events "contact" of one check`},
		"attempts":     {[]Event{{Type: EventAttempt, Check: "imap-993", Attempt: &Attempt{}}}, maxOfCheck + 1, `more than 1000 events "attempt"`},
		"lookups":      {[]Event{{Type: EventLookup, Check: "imap-993", Lookup: &Lookup{}}}, maxOfCheck + 1, `more than 1000 events "lookup"`},
		"results":      {[]Event{{Type: EventResult, Check: "imap-993", Result: &Result{Stage: Login}}}, maxOfCheck + 1, `more than 1000 events "result"`},
		"lines":        {[]Event{{Type: EventLine, Check: "imap-993", Line: &Line{}}}, maxOfCheck + 1, ""},
		"sources":      {[]Event{{Type: EventSource, Source: &Source{}}}, maxOfCheck + 1, "more than 1000 sources"},
		"follow-ups":   {[]Event{{Type: EventCheck, Ordered: &Check{}}}, mostFollowUps(1) + 1, "more than 1010 follow-ups, which no run of 1 connections has"},
		"capabilities": {[]Event{{Type: EventResult, Result: &Result{Stage: Capabilities, Facts: &CapabilityFacts{List: long}}}}, 1, "line 2: a list of more than 1000 entries"},
		"just as many": {[]Event{{Type: EventResult, Result: &Result{Stage: Capabilities, Facts: &CapabilityFacts{List: long[1:]}}}}, 1, ""},
		"names":        {[]Event{{Type: EventResult, Result: &Result{Stage: Handshake, Facts: &TLSFacts{Chain: []Certificate{{Names: long}}}}}}, 1, "a list of more than 1000 entries"},
		"addresses":    {[]Event{{Type: EventLookup, Lookup: &Lookup{Addresses: long}}}, 1, "a list of more than 1000 entries"},
		"too many":     {[]Event{{Type: EventDone}}, -1022, "line 1023: events of more than 1021 checks, which no run of 1 connections has"},
		"parents":      {[]Event{{Type: EventShared, Parents: long}, {Type: EventCheck, Ordered: &Check{Parents: long}}}, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			w := NewStreamWriter(&b)
			w.Header(header)
			for i := range max(tt.n, -tt.n) {
				for _, e := range tt.events {
					if tt.n < 0 {
						e.Check = strconv.Itoa(i)
					}
					w.Event(e)
				}
			}
			_, err := ReadStream(&b)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

// Longer lists from a server are shortened before they are passed on. The original
// stays unchanged.
func TestEventsAreBounded(t *testing.T) {
	long := make([]string, MaxList+5)
	f := &TLSFacts{Chain: []Certificate{{Names: long, DER: make([]byte, 5*MaxList)}}}
	got := Event{Type: EventResult, Result: &Result{Stage: Handshake, Facts: f}}.Bounded().Result.Facts.(*TLSFacts)
	if len(got.Chain[0].Names) != MaxList || len(got.Chain[0].DER) != 5*MaxList || len(f.Chain[0].Names) != len(long) {
		t.Errorf("%d names, %d bytes, %d at hand", len(got.Chain[0].Names), len(got.Chain[0].DER), len(f.Chain[0].Names))
	}
	if l := (Event{Type: EventLookup, Lookup: &Lookup{Addresses: long}}).Bounded().Lookup; len(l.Addresses) != MaxList {
		t.Errorf("%d addresses", len(l.Addresses))
	}
	short := &Result{Facts: &CapabilityFacts{List: long[:MaxList]}}
	if got := (Event{Type: EventResult, Result: short}).Bounded(); got.Result != short {
		t.Error("what is short was copied")
	}
}
