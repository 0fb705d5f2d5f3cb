package saved

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/files"
	"maildoctor/cmd/internal/system"
	"maildoctor/probe/stage"
	"maildoctor/report/jsonreport"
)

// Read reads a saved run, with its transcripts if requested. An invalid file is
// the user's error.
func Read(s console.Streams, name string, transcripts bool) (*stage.Stream, error) {
	defer s.MayWait(name)()
	f, err := open(name, transcripts)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	read := stage.ReadMute
	if transcripts {
		read = stage.ReadStream
	}
	stream, err := read(f)
	if err != nil {
		return nil, unread(f, name, err)
	}
	return stream, nil
}

// open opens a saved run for which there is memory.
func open(name string, transcripts bool) (*os.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Usage("%w", files.Expecting("a saved run", err))
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		err = fault.Usage("%w", err)
	case !fits(info.Size(), transcripts):
		err = fault.Usage("%s: %d bytes, more than the memory has room for that this process may have (ulimit -v)", name, info.Size())
	default:
		return f, nil
	}
	f.Close()
	return nil, err
}

// unread says why a file could not be read as a saved run.
func unread(f *os.File, name string, err error) error {
	switch _, failed := errors.AsType[*fs.PathError](err); {
	case errors.Is(err, stage.ErrNewerFormat):
		return fault.Usage("%s: %w; a newer maildoctor is needed", name, err)
	case failed:
		return fault.Usage("%w", files.Expecting("a saved run", err))
	case isReport(f):
		return fault.Usage("%s: a report in the form jsonl; expected a saved run, which --save writes", name)
	}
	return fault.Usage("%s: %w", name, err)
}

// isReport reports whether a file is a report whose ending is also that of saved runs.
func isReport(f *os.File) bool {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return false
	}
	first, err := bufio.NewReader(io.LimitReader(f, longest)).ReadBytes('\n')
	return (err == nil || err == io.EOF) && jsonreport.AreLines(first)
}

// longest is longer than a line of a report, in bytes.
const longest = 16 << 20

// The program's own use of the address space, and the bytes needed for each byte of
// a saved run, with and without its transcripts: measured and rounded up.
const (
	ownMemory      = 1750 << 20
	withTranscript = 8
	withoutThem    = 4
)

// fits reports whether there is memory for a saved run of this size in bytes.
func fits(size int64, transcripts bool) bool {
	most := system.AddressSpace()
	if most <= 0 {
		return true
	}
	each := int64(withoutThem)
	if transcripts {
		each = withTranscript
	}
	return size <= max(most-ownMemory, 16<<20)/each
}
