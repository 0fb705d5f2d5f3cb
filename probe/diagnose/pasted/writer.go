package pasted

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"maildoctor/probe/stage"
)

// End says on whose side a log was written.
type End string

const (
	OfClient End = "client" // it sent, or fetched
	OfServer End = "server" // it was sent to, or fetched from
)

// Writer is the program that wrote a text.
type Writer struct {
	Name    string          `json:"name"`
	End     End             `json:"end"`
	Program stage.ProgramID `json:"program,omitempty"` // if it is a mail program whose settings are known
}

// writer is a row of the table.
type writer struct {
	Writer
	marks []string // in lower case; one of them is in its texts
}

//go:embed writers.tsv
var writerTable string

var writers = sync.OnceValue(func() []writer {
	all, err := parseWriters(writerTable)
	if err != nil {
		panic(err) // impossible: a test reads the table
	}
	return all
})

func parseWriters(text string) (out []writer, err error) {
	for n, line := range strings.Split(text, "\n") {
		fields, ok := columns(line)
		switch {
		case !ok:
			continue
		case len(fields) < 4 || fields[1] != string(OfClient) && fields[1] != string(OfServer):
			return nil, fmt.Errorf("writers.tsv:%d: expected a name, client or server, a program or -, and marks", n+1)
		}
		w := writer{Writer: Writer{Name: fields[0], End: End(fields[1])}}
		if fields[2] != "-" {
			w.Program = stage.ProgramID(fields[2])
		}
		for _, quoted := range fields[3:] {
			mark, err := strconv.Unquote(quoted)
			if err != nil || len(mark) < 4 || mark != strings.ToLower(mark) {
				return nil, fmt.Errorf("writers.tsv:%d: %s: expected four letters or more in lower case, in quotes", n+1, quoted)
			}
			w.marks = append(w.marks, mark)
		}
		out = append(out, w)
	}
	return out, nil
}

// writerOf returns the program that wrote a text; its name is empty if nothing shows it.
func writerOf(text string) Writer {
	text = strings.ToLower(text)
	for _, w := range writers() {
		if slices.ContainsFunc(w.marks, func(mark string) bool { return strings.Contains(text, mark) }) {
			return w.Writer
		}
	}
	return Writer{}
}
