package saved

import (
	"os"
	"time"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/files"
	"maildoctor/probe/stage"
)

// maxAge is how old a run may be that is gone on with: its report says what is true now.
const maxAge = 24 * time.Hour

// Earlier reads a saved run that is to be gone on with, and the sources of settings that
// were queried before it. lines says that its transcripts are taken over as well. An
// invalid file is the user's error, and so is one of another kind, or of another day.
func Earlier(s console.Streams, name string, lines bool) (*stage.Taken, error) {
	defer s.MayWait(name)()
	f, err := open(name, false)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var e *stage.Taken
	_, err = stage.ScanStream(f, func(h stage.Header) error {
		e = stage.NewTaken(h)
		return nil
	}, func(event stage.Event) error {
		e.See(&event)
		return nil
	})
	if err != nil {
		return nil, unread(f, name, err)
	}
	if age := time.Since(e.Header.Started); age > maxAge || age < 0 {
		return nil, fault.Usage("%s: a run that began at %s; expected one of the last %d hours", name, e.Header.Started.Format(time.RFC3339), int(maxAge.Hours()))
	}
	e.Settle()
	e.Events = func(take func(stage.Event) error) error { return keep(name, e, lines, take) }
	return e, nil
}

// keep calls take for each event of a saved run that is taken over.
func keep(name string, taken *stage.Taken, lines bool, take func(stage.Event) error) error {
	f, err := os.Open(name)
	if err != nil {
		return files.Expecting("a saved run", err)
	}
	defer f.Close()
	_, err = stage.ScanStream(f, func(stage.Header) error { return nil }, func(e stage.Event) error {
		if e.Type == stage.EventLine && !lines {
			return nil
		}
		if kept, ok := taken.Keep(e); ok {
			return take(kept)
		}
		return nil
	})
	return err
}
