package prose

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed en/*.txt
var tables embed.FS

// English returns the language of the tables en/*.txt.
var English = sync.OnceValue(func() *Language {
	l := &Language{tag: language.English, forms: []plural.Form{plural.One, plural.Other}, sentences: make(map[ID]*Template)}
	all, _ := Tables(tables) // embedded in the program: a test checks the error
	for _, table := range all {
		for _, e := range table.Entries {
			l.sentences[e.ID] = e.Template
		}
	}
	return l
})

// Table is one file of sentences.
type Table struct {
	Name    string // the file name without directory and extension
	Entries []Entry
}

// Entry is one sentence of a table.
type Entry struct {
	ID       ID
	Text     string
	Template *Template
}

// Tables reads every table in a file system. The error joins everything that can't be
// parsed, with file and line.
func Tables(files fs.FS) ([]Table, error) {
	names, err := fs.Glob(files, "en/*.txt")
	if err != nil {
		return nil, err
	}
	var all []Table
	var errs []error
	seen := make(map[ID]string)
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		entries, err := readTable(name, string(b), seen)
		errs = append(errs, err)
		all = append(all, Table{strings.TrimSuffix(name[len("en/"):], ".txt"), entries})
	}
	return all, errors.Join(errs...)
}

// readTable parses "id = text", one per line. A line that begins with white space
// continues the text before it. Text in double quotation marks keeps its spaces.
func readTable(file, text string, seen map[ID]string) (entries []Entry, err error) {
	var errs []error
	place := make([]int, 0, 64)
	for i, line := range strings.Split(text, "\n") {
		switch {
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, " ") && len(entries) > 0:
			entries[len(entries)-1].Text += " " + strings.TrimSpace(line)
		default:
			id, text, ok := strings.Cut(line, "=")
			if !ok {
				errs = append(errs, fmt.Errorf("%s:%d: expected id = text, found %q", file, i+1, line))
				continue
			}
			entries = append(entries, Entry{ID: ID(strings.TrimSpace(id)), Text: strings.TrimSpace(text)})
			place = append(place, i+1)
		}
	}
	for i := range entries {
		e := &entries[i]
		where := fmt.Sprintf("%s:%d", file, place[i])
		if first, ok := seen[e.ID]; ok {
			errs = append(errs, fmt.Errorf("%s: %s stands at %s as well", where, e.ID, first))
		}
		seen[e.ID] = where
		if spaced, err := strconv.Unquote(e.Text); err == nil && strings.HasPrefix(e.Text, `"`) {
			e.Text = spaced
		}
		t, err := Parse(e.Text)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %s: %w", where, e.ID, err))
			t = new(Template)
		}
		e.Template = t
	}
	return entries, errors.Join(errs...)
}
