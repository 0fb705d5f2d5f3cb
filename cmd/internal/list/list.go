// Package list reads what another program has listed, one target a line, such as the
// endpoints of an inventory. Empty lines and those that begin with # are skipped; a #
// behind a target is part of it, as addresses may have one.
//
// Whoever wrote the list isn't there to correct it line by line, so all that is wrong with
// it is said at once ([Problems]), and nothing of a line that may hold a password.
package list

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"maildoctor/probe/stage"
)

// Limits of a list. Whatever is piped in by mistake ends soon.
const (
	MaxLine  = 1 << 10 // bytes of a line
	MaxLines = 100_000 // with those that are skipped
	MaxSize  = 16 << 20
)

// maxProblems bounds the problems that are shown: of something that is no list, each line
// is wrong.
const maxProblems = 100

// Line is a line with a target.
type Line struct {
	Number int // from 1
	Text   string
}

// Problems are what is wrong with a list.
type Problems struct {
	name  string
	found []string
	more  int
}

// NewProblems returns no problems of a list with a name.
func NewProblems(name string) *Problems { return &Problems{name: name} }

// Wrong adds a problem of a line.
func (p *Problems) Wrong(line int, format string, args ...any) {
	if len(p.found) == maxProblems {
		p.more++
		return
	}
	p.found = append(p.found, fmt.Sprintf("%s:%d: %s", p.name, line, stage.Visible(fmt.Sprintf(format, args...))))
}

// Err returns all problems, one a line; nil if there are none.
func (p *Problems) Err() error {
	if len(p.found) == 0 {
		return nil
	}
	all := strings.Join(p.found, "\n")
	if p.more > 0 {
		all += fmt.Sprintf("\n%s: %d more problems are not shown", p.name, p.more)
	}
	return errors.New(all)
}

// Read reads a list up to its end, or up to a limit. It returns the error of r; what is
// wrong with lines goes to p.
func Read(r io.Reader, p *Problems) ([]Line, error) {
	in := bufio.NewReaderSize(r, MaxLine+2) // with the line ending
	var all []Line
	size := 0
	for n := 1; ; n++ {
		text, length, err := line(in, MaxSize-size)
		size += length
		switch {
		case err != nil && err != io.EOF:
			return nil, err
		case size >= MaxSize:
			p.Wrong(n, "more than %d MB so far; expected a list of targets, one a line", MaxSize>>20)
			return all, nil
		case n > MaxLines && length > 0:
			p.Wrong(n, "more than %d lines; expected a list of no more", MaxLines)
			return all, nil
		case length > len(text), len(bytes.TrimRight(text, "\r\n")) > MaxLine:
			p.Wrong(n, "more than %d bytes in one line; expected one target", MaxLine)
		default:
			if n == 1 {
				text = bytes.TrimPrefix(text, []byte("\ufeff")) // as Windows writes it
			}
			all = add(all, n, text, p)
		}
		if err == io.EOF {
			return all, nil
		}
	}
}

// line reads the next line and returns it, or as much of it as a line may have, and the
// length that it has with its ending: no more than most are read of a line without an end.
func line(in *bufio.Reader, most int) (text []byte, length int, err error) {
	text, err = in.ReadSlice('\n')
	length = len(text)
	if err != bufio.ErrBufferFull {
		return text, length, err
	}
	text = nil
	for err == bufio.ErrBufferFull && length < most {
		var rest []byte
		rest, err = in.ReadSlice('\n')
		length += len(rest)
	}
	if err == bufio.ErrBufferFull {
		err = nil
	}
	return text, length, err
}

// add adds a line, unless it is to be skipped or is no text.
func add(all []Line, n int, text []byte, p *Problems) []Line {
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		p.Wrong(n, "not UTF-8 text; expected a target")
		return all
	}
	s := strings.TrimSpace(string(text))
	if s == "" || s[0] == '#' {
		return all
	}
	return append(all, Line{n, s})
}
