package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/cmd/internal/files"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// saved is the file that a run is written to while it goes on.
type saved struct {
	*stage.StreamWriter
	name string
	file *os.File
}

// createSaved creates a file; it returns nil if name is empty. Only its owner can
// read it, because it contains who logs in where. An existing file is never
// overwritten.
func createSaved(name string) (*saved, error) {
	if name == "" {
		return nil, nil
	}
	f, err := files.Create("save", name, files.Private)
	if err != nil {
		return nil, err
	}
	return &saved{StreamWriter: stage.NewStreamWriter(f), name: name, file: f}, nil
}

func (s *saved) close() { s.file.Close() }

// path returns the file's name; empty for nil.
func (s *saved) path() string {
	if s == nil {
		return ""
	}
	return s.name
}

// discard removes the file of a run that did not begin.
func (s *saved) discard() {
	if s != nil {
		s.close()
		os.Remove(s.name)
	}
}

// tell says what is in the file and what is not. It writes to standard error, so
// that standard output has only the report.
func (s *saved) tell(to Streams, plan stage.Plan, failed error) {
	l, name := to.language(), s.name
	fmt.Fprintln(to.Err)
	if failed != nil {
		to.tell(to.savedLabel(), say.SavedIncomplete(prose.Data(name), prose.Data(failed.Error())))
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
	to.tell(to.savedLabel(), say.SavedAs(prose.Data(name), size), "maildoctor", "report", name)
	to.tellLabelled(say.SavedInIt(), say.SavedTells(who))
	to.tellLabelled(say.SavedNotInIt(), say.SavedWithholds())
	indent := strings.Repeat(" ", ansi.StringWidth(to.savedLabel()))
	fmt.Fprintf(to.Err, "%s%s\n", indent, l.Title(say.SavedToRedact()))
	fmt.Fprintf(to.Err, "%s%s\n", indent, l.Text(command("maildoctor", "report", name, "--redact", "--save", "case.jsonl")))
}

// savedLabel returns the label of notes about a file that was written.
func (s Streams) savedLabel() string { return "  " + s.language().Title(say.Saved()) + "   " }

// tell writes a note with a label to standard error. A command at its end is not
// wrapped, so that it can be copied.
func (s Streams) tell(label string, note prose.Value, words ...string) {
	text := s.language().Text(note)
	if len(words) > 0 {
		fmt.Fprintf(s.Err, "%s%s %s\n", label, text, s.language().Text(command(words...)))
		return
	}
	width := ansi.StringWidth(label)
	lines := strings.Split(ansi.Wordwrap(text, report.DefaultWidth-width, " "), "\n")
	fmt.Fprintf(s.Err, "%s%s\n", label, strings.Join(lines, "\n"+strings.Repeat(" ", width)))
}

// tellLabelled writes one of several notes about a file.
func (s Streams) tellLabelled(label, note prose.Value) {
	l := s.language()
	width := 0
	for _, v := range []prose.Value{say.SavedInIt(), say.SavedNotInIt(), label} {
		width = max(width, ansi.StringWidth(l.Title(v)))
	}
	name := l.Title(label)
	s.tell(strings.Repeat(" ", ansi.StringWidth(s.savedLabel()))+name+strings.Repeat(" ", width-ansi.StringWidth(name)+2), note)
}
