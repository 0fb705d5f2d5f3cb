package saved

import (
	"strings"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/stage"
)

// Kept holds a run, so that it can be written to a file when the report has been
// read.
type Kept struct{ lines strings.Builder }

// NewKept returns an empty run and the sink that fills it.
func NewKept() (*Kept, *stage.StreamWriter) {
	k := new(Kept)
	return k, stage.NewStreamWriter(k)
}

// Write appends to the run.
func (k *Kept) Write(b []byte) (int, error) { return k.lines.Write(b) }

// Empty reports whether nothing has happened.
func (k *Kept) Empty() bool { return k.lines.Len() == 0 }

// Save writes the run to a new file and says what is in it.
func (k *Kept) Save(s console.Streams, name string) error {
	f, err := Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.file.WriteString(k.lines.String()); err != nil {
		return fault.Own("%w", err)
	}
	stream, err := stage.ReadStream(strings.NewReader(k.lines.String()))
	if err != nil {
		return fault.Own("%w", err)
	}
	f.Tell(s, stream.Header.Plan, nil)
	return nil
}
