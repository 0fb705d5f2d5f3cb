package strict

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"maildoctor/probe/stage"
)

// Problem is one thing that is wrong with a file.
type Problem struct {
	File    string
	Line    int // from 1; 0 for the file as a whole
	Column  int // in characters, from 1; 0 for the file as a whole
	Message string
}

// String returns file:line:column: message.
func (p Problem) String() string {
	file := stage.Visible(p.File)
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", file, p.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", file, p.Line, p.Column, p.Message)
}

// Error has all problems of the files that were to be loaded.
type Error struct{ Problems []Problem }

// Error returns one problem per line.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Join returns an [*Error], or nil if there are no problems.
func Join(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return &Error{problems}
}

// MaxProblems bounds the reported problems of one file: a file that is not a profile
// has one on every line.
const MaxProblems = 100

// Document is the text of one file and the problems found in it.
type Document struct {
	File     string
	Discreet bool   // it may hold secrets: syntax errors don't repeat the text
	text     []byte // without byte order mark
	lines    []int  // offset at which each line begins
	found    []located
}

type located struct {
	at      int // offset
	message string
}

// New returns a document. The text has no byte order mark.
func New(file string, text []byte) *Document {
	d := &Document{File: file, text: slices.Clip(text), lines: []int{0}}
	for i, b := range text {
		if b == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
	return d
}

// Wrong records a problem at an offset of the text.
func (d *Document) Wrong(at int, format string, args ...any) {
	d.found = append(d.found, located{at, fmt.Sprintf(format, args...)})
}

// Line returns the number of the line that holds an offset.
func (d *Document) Line(at int) int {
	return sort.Search(len(d.lines), func(i int) bool { return d.lines[i] > at })
}

// Position returns the line and column of an offset. An offset within a character
// counts as that character.
func (d *Document) Position(at int) (line, column int) {
	line = d.Line(at)
	start := d.lines[line-1]
	for at > start && at < len(d.text) && !utf8.RuneStart(d.text[at]) {
		at--
	}
	return line, utf8.RuneCount(d.text[start:at]) + 1
}

// Place returns the file and line of an offset, for a message that refers to it.
func (d *Document) Place(at int) string {
	return fmt.Sprintf("%s:%d", stage.Visible(d.File), d.Line(at))
}

// Problems returns what was found, in the order of the text.
func (d *Document) Problems() []Problem {
	slices.SortStableFunc(d.found, func(a, b located) int { return cmp.Compare(a.at, b.at) })
	var out []Problem
	for i, f := range d.found {
		if i == MaxProblems {
			return append(out, Problem{File: d.File, Message: fmt.Sprintf("%d more problems are not shown", len(d.found)-i)})
		}
		line, column := d.Position(f.at)
		out = append(out, Problem{File: d.File, Line: line, Column: column, Message: f.message})
	}
	return out
}

// Found returns the number of problems so far.
func (d *Document) Found() int { return len(d.found) }
