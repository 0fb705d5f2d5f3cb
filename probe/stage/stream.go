package stage

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// bounds are what a saved stream may have, and what of it is kept.
type bounds struct {
	header int // bytes of the first line, which holds the plan
	line   int // bytes of any other line
	bytes  int // of the whole
	events int
	mute   bool // the lines of transcripts are let go
}

// streamBounds are those of [ReadStream]. A run of ten thousand endpoints, of 11 KB
// each, stays far below them.
var streamBounds = bounds{header: 64 << 20, line: 1 << 20, bytes: 256 << 20, events: 1_000_000}

// ErrNewerFormat is returned by [ReadStream] for a file written by a newer
// maildoctor than this one can read.
var ErrNewerFormat = errors.New("written in a newer format than this maildoctor reads")

// streamLine is one line of a saved stream: exactly one member is set.
type streamLine struct {
	Header *Header `json:"header,omitempty"`
	Event  *Event  `json:"event,omitempty"`
	End    *End    `json:"end,omitempty"`
}

// StreamWriter writes a run as lines of JSON, each as it comes.
type StreamWriter struct{ w io.Writer }

// NewStreamWriter returns a writer of a stream onto w. It does not buffer.
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

// Stream is a run as it was written down.
type Stream struct {
	Header  Header
	Events  []Event
	End     *End // nil: interrupted
	Unknown int  // events of a type that this version doesn't know
	Broken  int  // lines that could not be read; the last line of a cut file is one
}

// Clone returns a copy that shares nothing with s that anybody writes to.
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

// ReadStream reads a saved stream. It returns [ErrNewerFormat] for a newer
// format, and an error that names the line where the file is no saved run, or goes
// beyond a bound. A line cut short at the end of the file is counted and passed
// over. Every string of it is fit to be shown ([Clean]).
func ReadStream(r io.Reader) (*Stream, error) { return readStream(r, streamBounds) }

// ReadMute is [ReadStream] without the lines of transcripts, for those who don't show
// them: they are most of what there is, and nothing is concluded from them.
func ReadMute(r io.Reader) (*Stream, error) {
	mute := streamBounds
	mute.mute = true
	return readStream(r, mute)
}

func readStream(r io.Reader, most bounds) (*Stream, error) {
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
		case few.events == most.events:
			return nil, fmt.Errorf("line %d: more than %d events, which no run has", in.line, most.events)
		default:
			if err := s.add(b, &few); err != nil {
				return nil, fmt.Errorf("line %d: %w", in.line, err)
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

// add takes one line after the header, and counts it among those that there are few of.
// A second run in the same file is an error: a
// report is of one.
func (s *Stream) add(b []byte, few *tally) error {
	var l streamLine
	if err := json.Unmarshal(b, &l); err != nil {
		s.Broken++
		return nil
	}
	if !harmless(b) {
		Clean(&l)
	}
	switch {
	case l.Header != nil:
		return errors.New("a second run begins here: expected one run a file")
	case l.Event != nil && l.Event.known():
		if err := few.admit(l.Event, len(b)); err != nil {
			return err
		}
		if few.keeps(l.Event) {
			s.Events = append(s.Events, *l.Event)
		}
	case l.End != nil:
		s.End = l.End
	default:
		s.Unknown++
	}
	return nil
}

// known reports whether this version knows the type of event and finds in it
// what belongs to it.
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
	case EventDone:
		return true
	}
	return false
}

// member names the member of a header that does not fit, where the error tells it.
func member(err error) string {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && e.Field != "" {
		return ": " + e.Field
	}
	return ""
}
