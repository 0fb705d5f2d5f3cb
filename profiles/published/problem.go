package published

import (
	"errors"
	"fmt"
	"strings"

	"maildoctor/probe/stage"
)

// Errors that an [*Error] may wrap.
var (
	// ErrHTML is a web page where settings were due.
	ErrHTML = errors.New("it is a web page")
	// ErrTooLarge is a text beyond the package's bounds.
	ErrTooLarge = errors.New("it is larger than any file of settings")
	// ErrNoServers is a well-formed file without a server that could be used.
	ErrNoServers = errors.New("it names no server that could be used")
)

// Error says why nothing could be taken from a text.
type Error struct {
	Line   int    // 0 where none is to be blamed
	Reason string // what was found and what was expected
	Err    error  // one of the errors above, or nil
}

// Error returns the reason, after its line.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
}

// Unwrap returns the kind of error.
func (e *Error) Unwrap() error { return e.Err }

// Problem is a place in a text that isn't as its format wants it.
type Problem struct {
	Line    int    // 0 where the source has no lines
	Message string // what was found and what was expected
	Ignored bool   // what stands there was left out; else it was read as the message says
}

// String returns the message, after its line.
func (p Problem) String() string {
	return (&Error{Line: p.Line, Reason: p.Message}).Error()
}

func wrong(line int, format string, args ...any) *Error {
	return &Error{Line: line, Reason: fmt.Sprintf(format, args...)}
}

// ignored notes what is left out.
func (d *Document) ignored(line int, format string, args ...any) {
	d.note(Problem{line, fmt.Sprintf(format, args...), true})
}

// remark notes what is read although the format doesn't allow it.
func (d *Document) remark(line int, format string, args ...any) {
	d.note(Problem{line, fmt.Sprintf(format, args...), false})
}

func (d *Document) note(p Problem) {
	if len(d.Problems) < maxProblems {
		d.Problems = append(d.Problems, p)
	}
}

// maxProblems is how many problems are kept of one text.
const maxProblems = 100

// quote shows a piece of a text that somebody else wrote.
func quote(s string) string { return `"` + brief(s) + `"` }

// brief makes a piece of a text fit to be shown, and short.
func brief(s string) string {
	const most = 80
	runes := []rune(stage.Visible(s))
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(runes)
}

// quoteAddress shows what should have been the address of a page, but for one that may
// have a password in it.
func quoteAddress(s string) string {
	if strings.Contains(s, "@") {
		return "an address with an @ in it"
	}
	return quote(s)
}

// empty is the error where no server was found: the first thing that was left out
// tells why.
func (d *Document) empty(expected string) *Error {
	for _, p := range d.Problems {
		if p.Ignored {
			return &Error{p.Line, p.Message, ErrNoServers}
		}
	}
	return &Error{0, "found no server, expected " + expected, ErrNoServers}
}
