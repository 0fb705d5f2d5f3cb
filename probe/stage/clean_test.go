package stage

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// bad is what no string of a stream may hold: an escape sequence, a control of 8
// bits, DEL, an override of direction, and marks piled up on one letter.
const bad = "a\x1b]0;x\x07\u009b\x7f\u202e" + "o\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"

// filled puts bad into every string that a value can hold.
func filled(v reflect.Value, depth int) {
	if depth > 12 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(bad)
	case reflect.Pointer:
		if v.Type().Elem() == reflect.TypeFor[time.Time]() {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		filled(v.Elem(), depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() && v.Type() != reflect.TypeFor[time.Time]() {
				filled(f, depth+1)
			}
		}
	case reflect.Slice:
		if !flat(v.Type().Elem().Kind()) {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			filled(v.Index(0), depth+1)
		}
	case reflect.Map:
		m := reflect.MakeMap(v.Type())
		k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		filled(k, depth+1)
		filled(e, depth+1)
		m.SetMapIndex(k, e)
		v.Set(m)
	}
}

// hostile is a stream that has bad in every string but those that tell a reader how
// to read it.
func hostile() *Stream {
	s := new(Stream)
	filled(reflect.ValueOf(&s.Header).Elem(), 0)
	s.Header.Format = StreamFormat
	for _, name := range inStages() {
		facts := newFacts(name)
		filled(reflect.ValueOf(facts).Elem(), 0)
		e := Event{}
		filled(reflect.ValueOf(&e).Elem(), 0)
		e.Type, e.Stage = EventResult, name
		e.Result = &Result{Stage: name, Status: Fail, Fault: bad, Reason: bad, BlockedBy: bad, Facts: facts}
		s.Events = append(s.Events, e)
	}
	for _, kind := range []EventType{EventCheck, EventStart, EventAttempt, EventLookup, EventLine, EventLogin, EventContact, EventKernel, EventDone} {
		e := Event{}
		filled(reflect.ValueOf(&e).Elem(), 0)
		e.Type, e.Result = kind, nil
		s.Events = append(s.Events, e)
	}
	s.End = &End{State: bad}
	return s
}

func inStages() []Stage {
	return []Stage{Resolve, Connect, Handshake, Greeting, Upgrade, Capabilities, Login, Mailbox, Submit, Fetch, Clock}
}

// unfit finds strings in JSON that would draw on a terminal.
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

// One gate for every string of a stream: whatever a file holds is fit to be shown.
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

// repeated is a file whose last line comes again and again.
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
