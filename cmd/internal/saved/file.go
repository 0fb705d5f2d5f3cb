// Package saved writes runs to files and reads them again.
package saved

import (
	"fmt"
	"os"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/files"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// File is the file that a run is written to while it goes on.
type File struct {
	*stage.StreamWriter
	name string
	file *os.File
}

// Create creates a file; it returns nil if name is empty. Only its owner can
// read it, because it contains who logs in where. An existing file is never
// overwritten.
func Create(name string) (*File, error) {
	if name == "" {
		return nil, nil
	}
	f, err := files.Create("save", name, files.Private)
	if err != nil {
		return nil, err
	}
	return &File{StreamWriter: stage.NewStreamWriter(f), name: name, file: f}, nil
}

// Close closes the file.
func (s *File) Close() { s.file.Close() }

// Path returns the file's name; empty for nil.
func (s *File) Path() string {
	if s == nil {
		return ""
	}
	return s.name
}

// Discard removes the file of a run that did not begin.
func (s *File) Discard() {
	if s != nil {
		s.Close()
		os.Remove(s.name)
	}
}

// Tell says what is in the file and what is not. It writes to standard error, so
// that standard output has only the report.
func (s *File) Tell(to console.Streams, plan stage.Plan, failed error) {
	l, name := to.Language, s.name
	fmt.Fprintln(to.Err)
	if failed != nil {
		to.Tell(to.SavedLabel(), say.SavedIncomplete(prose.Data(name), prose.Data(failed.Error())))
		return
	}
	size := prose.Data("?")
	if info, err := s.file.Stat(); err == nil {
		size = prose.Size(info.Size())
	}
	who := say.SavedServers()
	for _, subject := range plan.Subjects {
		if subject.User != "" {
			who = prose.Data(subject.User)
		}
	}
	to.Tell(to.SavedLabel(), say.SavedAs(prose.Data(name), size), "maildoctor", "report", name)
	to.TellLabelled(say.SavedInIt(), say.SavedTells(who))
	to.TellLabelled(say.SavedNotInIt(), say.SavedWithholds())
	indent := strings.Repeat(" ", ansi.StringWidth(to.SavedLabel()))
	fmt.Fprintf(to.Err, "%s%s\n", indent, l.Title(say.SavedToRedact()))
	fmt.Fprintf(to.Err, "%s%s\n", indent, l.Text(console.Command("maildoctor", "report", name, "--redact", "--save", "case.jsonl")))
}
