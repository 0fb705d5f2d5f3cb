package console

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// SavedLabel returns the label of notes about a file that was written.
func (s Streams) SavedLabel() string { return "  " + s.Language.Title(say.Saved()) + "   " }

// Tell writes a note with a label to standard error. A command at its end is not
// wrapped, so that it can be copied.
func (s Streams) Tell(label string, note prose.Value, words ...string) {
	text := s.Language.Text(note)
	if len(words) > 0 {
		fmt.Fprintf(s.Err, "%s%s %s\n", label, text, s.Language.Text(Command(words...)))
		return
	}
	width := ansi.StringWidth(label)
	lines := strings.Split(ansi.Wordwrap(text, report.DefaultWidth-width, " "), "\n")
	fmt.Fprintf(s.Err, "%s%s\n", label, strings.Join(lines, "\n"+strings.Repeat(" ", width)))
}

// TellLabelled writes one of several notes about a file.
func (s Streams) TellLabelled(label, note prose.Value) {
	l := s.Language
	width := 0
	for _, v := range []prose.Value{say.SavedInIt(), say.SavedNotInIt(), label} {
		width = max(width, ansi.StringWidth(l.Title(v)))
	}
	name := l.Title(label)
	s.Tell(strings.Repeat(" ", ansi.StringWidth(s.SavedLabel()))+name+strings.Repeat(" ", width-ansi.StringWidth(name)+2), note)
}
