package walk

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// journalFormat is the version of the form in which journals are written.
const journalFormat = 1

// maxLine bounds a line of a journal, in bytes, and maxJournal the whole of it.
const (
	maxLine    = 1 << 20
	maxJournal = 1 << 30
)

// Origin says what a journal is about.
type Origin struct {
	// Kind says what was visited, and how: journals of another kind are refused.
	Kind string `json:"kind"`
	// Digest is that of all items and of what they depend on. A journal with another
	// digest is of another list.
	Digest string `json:"digest"`
	// Title says the same for people: "317 domains of ispdb".
	Title string `json:"title"`
}

// Journal is a file of results: a first line with its origin, and one for each item
// that was finished. Close it at the end.
type Journal struct {
	name   string
	file   *os.File
	known  map[string]json.RawMessage // by id; the last one of several
	broken error                      // after a line could not be written whole
}

// Known returns for how many items there was a result when the journal was opened.
func (j *Journal) Known() int { return len(j.known) }

// OriginError is returned for a journal that belongs to something else.
type OriginError struct {
	File        string
	Found, Want Origin
}

func (e *OriginError) Error() string {
	if e.Found.Kind != e.Want.Kind {
		return fmt.Sprintf("%s:1: found a journal of the kind %q, expected one of the kind %q", e.File, e.Found.Kind, e.Want.Kind)
	}
	return fmt.Sprintf("%s:1: found the journal of %s (%.12s), expected that of %s (%.12s); another list needs another journal",
		e.File, e.Found.Title, e.Found.Digest, e.Want.Title, e.Want.Digest)
}

// FormatError is returned for a file that is no journal, or a line of it that is none.
type FormatError struct {
	File            string
	Line            int
	Found, Expected string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("%s:%d: found %s, expected %s", e.File, e.Line, e.Found, e.Expected)
}

// head is the first line.
type head struct {
	Journal int `json:"journal"` // journalFormat
	Origin
}

// entry is any other line.
type entry struct {
	ID     string          `json:"id"`
	Result json.RawMessage `json:"result"`
}

// Open opens a journal, or begins one if there is no file of that name, or an empty
// one. Only its owner can read a new one. A last line without its end, as an
// interruption leaves it, is taken away. The error is an [*OriginError], a
// [*FormatError] or one of package os.
func Open(name string, o Origin) (*Journal, error) {
	switch info, err := os.Stat(name); {
	case err == nil && !info.Mode().IsRegular(): // opening a pipe would block
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("not a regular file")}
	case err == nil && info.Size() > maxJournal:
		return nil, &FormatError{name, 1, fmt.Sprintf("%d bytes", info.Size()), fmt.Sprintf("at most %d", maxJournal)}
	}
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	j := &Journal{name: name, file: file, known: make(map[string]json.RawMessage)}
	if err := j.read(o); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return j, nil
}

// read reads what is there, and writes the first line if there is none.
func (j *Journal) read(o Origin) error {
	r := bufio.NewReaderSize(j.file, maxLine)
	var end int64 // of the last whole line
	for n := 1; ; n++ {
		line, err := r.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return &FormatError{j.name, n, fmt.Sprintf("more than %d bytes", maxLine), "a line of a journal"}
		case errors.Is(err, io.EOF) && n == 1 && len(line) > 0 && !torn(line):
			return j.noJournal(line)
		case errors.Is(err, io.EOF):
			return j.begin(end, o)
		case err != nil:
			return err
		}
		end += int64(len(line))
		if n == 1 {
			err = j.check(line, o)
		} else {
			err = j.recall(n, line)
		}
		if err != nil {
			return err
		}
	}
}

// torn reports whether a text without an end may be the beginning of our first line.
func torn(line []byte) bool {
	begin := []byte(`{"journal":`)
	return bytes.HasPrefix(line, begin) || bytes.HasPrefix(begin, line)
}

// begin goes to the end of the last whole line, where the next one will be written.
func (j *Journal) begin(end int64, o Origin) error {
	if err := j.file.Truncate(end); err != nil {
		return err
	}
	if _, err := j.file.Seek(end, io.SeekStart); err != nil {
		return err
	}
	if end > 0 {
		return nil
	}
	return j.line(head{journalFormat, o})
}

// check holds the first line against the origin that is wanted.
func (j *Journal) check(line []byte, want Origin) error {
	var h head
	if err := json.Unmarshal(line, &h); err != nil || h.Journal == 0 {
		return j.noJournal(line)
	}
	if h.Journal != journalFormat {
		return &FormatError{j.name, 1, fmt.Sprintf("a journal of format %d", h.Journal), fmt.Sprintf("format %d", journalFormat)}
	}
	if h.Kind != want.Kind || h.Digest != want.Digest {
		return &OriginError{File: j.name, Found: h.Origin, Want: want}
	}
	return nil
}

func (j *Journal) noJournal(line []byte) error {
	return &FormatError{j.name, 1, fmt.Sprintf("%.40q", line), "a journal, or no file of that name"}
}

// recall reads a result.
func (j *Journal) recall(n int, line []byte) error {
	var e entry
	if err := json.Unmarshal(line, &e); err != nil || e.ID == "" || len(e.Result) == 0 {
		return &FormatError{j.name, n, fmt.Sprintf("%.40q", line), "an id and a result in JSON"}
	}
	j.known[e.ID] = e.Result
	return nil
}

// append writes a result. After one that could not be written whole, the file ends
// with half a line, and nothing is added to it.
func (j *Journal) append(id string, result any) error {
	if j.broken != nil {
		return nil // told already
	}
	raw, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("%s: the result of %q: %w", j.name, id, err)
	}
	j.broken = j.line(entry{id, raw})
	return j.broken
}

// line writes a line at once, so that an interruption leaves at most its beginning.
func (j *Journal) line(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = j.file.Write(append(b, '\n'))
	return err
}

// Close closes the file.
func (j *Journal) Close() error { return j.file.Close() }
