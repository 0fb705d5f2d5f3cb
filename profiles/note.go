package profiles

import (
	"slices"

	"maildoctor/probe/stage"
)

// Note is a remark from the provider that a rule or a report can use.
type Note struct {
	ID     stage.NoteID
	Text   string // whole sentences
	URL    string // the provider's own page for the reader; empty if none is known
	Source Source
}

// hasNote reports whether the profile has a note.
func (p *Profile) hasNote(id stage.NoteID) bool {
	return slices.ContainsFunc(p.Notes, func(n Note) bool { return n.ID == id })
}
