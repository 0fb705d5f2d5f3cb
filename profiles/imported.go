package profiles

import (
	_ "embed" // for the text below
	"fmt"
	"strconv"
	"strings"

	"maildoctor/probe/stage"
)

// importedText are the profiles that were made of Thunderbird's database, in one text:
// as many files would take most of the program's start. They lie below the hand-kept
// ones.
//
//go:embed imported/ispdb.txt
var importedText string

// importedFile is its path in the program.
const importedFile = "imported/ispdb.txt"

func readImported() ([]*Profile, []Problem) {
	all, err := ReadCompact(importedText)
	if err != nil {
		return nil, []Problem{{File: importedFile, Message: err.Error()}}
	}
	for _, p := range all {
		p.File, p.Builtin, p.Imported = importedFile, true, true
	}
	return all, nil
}

// ReadCompact parses the text that package importer makes of many profiles: one line
// for each of their parts, with fields separated by tabs. Only this program reads
// it, and it was checked when it was made.
func ReadCompact(text string) ([]*Profile, error) {
	r := compactReader{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if err := r.line(strings.Split(line, "\t")); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	return r.all, nil
}

type compactReader struct {
	from Source // what the sources have in common
	all  []*Profile
}

// fields gives the number of fields of each line.
var fields = map[string]int{"from": 5, "profile": 6, "domains": 2, "mx": 2, "note": 3, "imap": 7, "pop3": 7, "smtp": 7}

func (r *compactReader) line(f []string) error {
	if len(f) != fields[f[0]] {
		return fmt.Errorf("found %q with %d fields, expected %d", f[0], len(f), fields[f[0]])
	}
	switch f[0] {
	case "from":
		r.from = Source{Title: f[1], URL: f[2], By: f[3], Date: f[4]}
		return nil
	case "profile":
		r.begin(f)
		return nil
	}
	if len(r.all) == 0 {
		return fmt.Errorf("found %q before the first profile", f[0])
	}
	p := r.all[len(r.all)-1]
	switch f[0] {
	case "domains":
		p.Domains = strings.Split(f[1], " ")
	case "mx":
		p.MX = strings.Split(f[1], " ")
	case "note":
		p.Notes = append(p.Notes, Note{ID: stage.NoteID(f[1]), Text: f[2], Source: p.Source})
	default:
		return p.endpoint(f)
	}
	return nil
}

func (r *compactReader) begin(f []string) {
	s := r.from
	s.Title, s.URL, s.Checked = s.Title+f[3], s.URL+f[3], f[4]
	r.all = append(r.all, &Profile{ID: f[1], UserForm: stage.UserForm(f[2]), Name: f[5], Source: s})
}

func (p *Profile) endpoint(f []string) error {
	port, err := strconv.ParseUint(f[2], 10, 16)
	if err != nil {
		return fmt.Errorf("found the port %q", f[2])
	}
	empty := func(s string) string { return strings.TrimPrefix(s, "-") }
	p.Endpoints = append(p.Endpoints, Endpoint{
		Endpoint: stage.Endpoint{Protocol: stage.Protocol(f[0]), Host: f[1], Port: uint16(port), Security: stage.Security(f[3])},
		Optional: f[4] == "optional",
		UserForm: stage.UserForm(empty(f[5])),
		Note:     stage.NoteID(empty(f[6])),
		Source:   p.Source,
	})
	return nil
}
