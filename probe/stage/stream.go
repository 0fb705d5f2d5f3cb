package stage

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// bounds limit the size of a saved stream, and say what is kept of it.
type bounds struct {
	header int // bytes in the first line, which holds the plan
	line   int // bytes in any other line
	bytes  int // bytes in total
	events int
	mute   bool // transcript lines are dropped
}

// streamBounds are the bounds of [ReadStream]. A run of ten thousand endpoints, at 11
// KB each, stays well within them.
var streamBounds = bounds{header: 64 << 20, line: 1 << 20, bytes: 256 << 20, events: 1_000_000}

// ErrNewerFormat is returned by [ReadStream] for a file in a newer format than this
// version of maildoctor can read.
var ErrNewerFormat = errors.New("written in a newer format than this maildoctor reads")

// streamLine is one line of a saved stream. Exactly one member is set.
type streamLine struct {
	Header *Header `json:"header,omitempty"`
	Event  *Event  `json:"event,omitempty"`
	End    *End    `json:"end,omitempty"`
}

// StreamWriter writes a run as JSON lines, as it proceeds.
type StreamWriter struct{ w io.Writer }

// NewStreamWriter returns a StreamWriter on w. It does not buffer.
func NewStreamWriter(w io.Writer) *StreamWriter { return &StreamWriter{w} }

// Header writes the first line. The error is w's.
func (s *StreamWriter) Header(h Header) error { return s.write(streamLine{Header: &h}) }

// Event writes one event.
func (s *StreamWriter) Event(e Event) error { return s.write(streamLine{Event: &e}) }

// End writes the last line.
func (s *StreamWriter) End(e End) error { return s.write(streamLine{End: &e}) }

func (s *StreamWriter) write(l streamLine) error {
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = s.w.Write(append(b, '\n'))
	return err
}

// Stream is a recorded run.
type Stream struct {
	Header  Header
	Events  []Event
	End     *End // nil: interrupted
	Unknown int  // events of a type that this version doesn't know
	Broken  int  // lines that could not be parsed, such as the last line of a truncated file
}

// Clone returns a deep copy of s.
func (s *Stream) Clone() *Stream { return copied(reflect.ValueOf(s)).Interface().(*Stream) }

// Copy writes the whole stream to w.
func (s *Stream) Copy(w *StreamWriter) error {
	if err := w.Header(s.Header); err != nil {
		return err
	}
	for _, e := range s.Events {
		if err := w.Event(e); err != nil {
			return err
		}
	}
	if s.End == nil {
		return nil
	}
	return w.End(*s.End)
}

// ReadStream reads a saved stream. It returns [ErrNewerFormat] for a newer format. If
// the file is not a saved run or exceeds a bound, the error names the line. An
// incomplete last line is counted and skipped. Every string in the stream is safe to
// show ([Clean]).
func ReadStream(r io.Reader) (*Stream, error) { return readStream(r, streamBounds) }

// ScanStream is [ReadStream] for callers that need one event after the other: event is
// called for each, begin for the header before. An error of theirs ends the reading, and
// is returned. The stream that is returned has no events.
func ScanStream(r io.Reader, begin func(Header) error, event func(Event) error) (*Stream, error) {
	return scanStream(r, streamBounds, begin, event)
}

// ReadMute is [ReadStream] without transcript lines, for callers that don't show them.
// They make up most of a stream, and no conclusion is drawn from them.
func ReadMute(r io.Reader) (*Stream, error) {
	mute := streamBounds
	mute.mute = true
	return readStream(r, mute)
}

func readStream(r io.Reader, most bounds) (*Stream, error) {
	var events []Event
	s, err := scanStream(r, most, func(Header) error { return nil }, func(e Event) error {
		events = append(events, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.Events = events
	return s, nil
}

func scanStream(r io.Reader, most bounds, begin func(Header) error, event func(Event) error) (*Stream, error) {
	in := &lineReader{r: bufio.NewReaderSize(r, 64<<10), most: most.header, all: most.bytes}
	var s *Stream
	few := tally{mute: most.mute}
	for {
		b, err := in.next()
		switch {
		case err == io.EOF && s == nil:
			return nil, errors.New("line 1: expected a saved run, found nothing")
		case err == io.EOF:
			return s, nil
		case err != nil:
			return nil, fmt.Errorf("line %d: %w", in.line, err)
		case s == nil:
			h, err := readHeader(b)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", in.line, err)
			}
			s, few.checks = &Stream{Header: *h}, len(h.Plan.Checks)
			in.most = most.line
			if err := begin(*h); err != nil {
				return nil, err
			}
		case few.events == most.events:
			return nil, fmt.Errorf("line %d: more than %d events, which no run has", in.line, most.events)
		default:
			e, err := s.add(b, &few)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", in.line, err)
			}
			if e == nil {
				continue
			}
			if err := event(*e); err != nil {
				return nil, err
			}
		}
	}
}

func readHeader(b []byte) (*Header, error) {
	var probe struct {
		Header *struct {
			Format int `json:"format"`
		} `json:"header"`
	}
	err := json.Unmarshal(b, &probe)
	switch {
	case err != nil, probe.Header == nil || probe.Header.Format < 1:
		return nil, errors.New(`expected the header of a saved run, {"header":{"format":1,...}}`)
	case probe.Header.Format > StreamFormat:
		return nil, fmt.Errorf("%w: %d, this one knows up to %d", ErrNewerFormat, probe.Header.Format, StreamFormat)
	}
	var l streamLine
	if err := json.Unmarshal(b, &l); err != nil {
		return nil, fmt.Errorf("a member of the header of a saved run is not what is expected there%s", member(err))
	}
	if !harmless(b) {
		Clean(l.Header)
	}
	return l.Header, nil
}

// add parses one line after the header and counts it against the limits. It returns the
// event on it, if there is one that is kept. A second run in the same file is an error,
// because a report covers one run.
func (s *Stream) add(b []byte, few *tally) (*Event, error) {
	var l streamLine
	if err := json.Unmarshal(b, &l); err != nil {
		s.Broken++
		return nil, nil
	}
	if !harmless(b) {
		Clean(&l)
	}
	switch {
	case l.Header != nil:
		return nil, errors.New("a second run begins here: expected one run a file")
	case l.Event != nil && l.Event.known():
		if err := few.admit(l.Event, len(b)); err != nil {
			return nil, err
		}
		if few.keeps(l.Event) {
			return l.Event, nil
		}
	case l.End != nil:
		s.End = l.End
	default:
		s.Unknown++
	}
	return nil, nil
}

// known reports whether this version knows the event's type, and the event has the
// matching member.
func (e *Event) known() bool {
	switch e.Type {
	case EventCheck:
		return e.Ordered != nil
	case EventStart:
		return e.Stage != ""
	case EventResult:
		return e.Result != nil
	case EventAttempt:
		return e.Attempt != nil
	case EventLookup:
		return e.Lookup != nil
	case EventLine:
		return e.Line != nil
	case EventLogin:
		return e.Login != nil
	case EventContact:
		return e.Contact != nil
	case EventKernel:
		return e.Kernel != nil
	case EventShared:
		return len(e.Parents) > 0
	case EventMerged:
		return e.Merged != nil
	case EventSource:
		return e.Source != nil
	case EventDone, EventConcluded:
		return true
	}
	return false
}

// member returns the name of the header's member that could not be decoded, if the
// error tells.
func member(err error) string {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && e.Field != "" {
		return ": " + e.Field
	}
	return ""
}
