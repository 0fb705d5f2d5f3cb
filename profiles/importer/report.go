package importer

import (
	"fmt"
	"slices"
)

// Kind is what a remark of a report is about.
type Kind string

// The kinds of remarks.
const (
	Imported Kind = "imported" // the file became a profile
	Skipped  Kind = "skipped"  // the file, or a part of it, was left out
	Conflict Kind = "conflict" // another profile has the same
	Odd      Kind = "odd"      // it was taken, and may be a mistake
)

// Remark is what a report says about a file.
type Remark struct {
	Kind Kind
	File string
	Line int // 0 where the file as a whole is meant
	Text string
}

// String returns kind, file:line and text.
func (r Remark) String() string {
	if r.Line == 0 {
		return fmt.Sprintf("%s: %s: %s", r.Kind, r.File, r.Text)
	}
	return fmt.Sprintf("%s: %s:%d: %s", r.Kind, r.File, r.Line, r.Text)
}

// Report is what became of files, in their order.
type Report struct{ Remarks []Remark }

// Of returns the remarks of one kind.
func (r *Report) Of(kind Kind) []Remark {
	return slices.DeleteFunc(slices.Clone(r.Remarks), func(m Remark) bool { return m.Kind != kind })
}

func (r *Report) add(kind Kind, file string, line int, format string, args ...any) {
	r.Remarks = append(r.Remarks, Remark{kind, file, line, fmt.Sprintf(format, args...)})
}
