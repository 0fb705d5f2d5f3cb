package dialogs

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"maildoctor/probe/stage"
)

// problems are what is wrong with a file, one per line.
type problems []string

func (p problems) Error() string { return strings.Join(p, "\n") }

// reader reads one file.
type reader struct {
	name  string
	text  []byte
	found problems
}

// parse reads a file of the table. The error has all problems of the file, with its name
// and line.
func parse(name string, text []byte) (*file, error) {
	r := &reader{name: name, text: text}
	f := &file{}
	err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(f)
	if unknown, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		for _, e := range unknown.Errors {
			line, column := e.Position()
			r.found = append(r.found, fmt.Sprintf("%s:%d:%d: unknown key %s", name, line, column, strings.Join(e.Key(), ".")))
		}
		return nil, r.found
	}
	if e, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, column := e.Position()
		return nil, problems{fmt.Sprintf("%s:%d:%d: %s", name, line, column, strings.TrimPrefix(e.Error(), "toml: "))}
	}
	if err != nil {
		return nil, problems{fmt.Sprintf("%s:1: %s", name, strings.TrimPrefix(err.Error(), "toml: "))}
	}
	r.check(f)
	if len(r.found) > 0 {
		return nil, r.found
	}
	return f, nil
}

// wrong records a problem of a table; empty: of the keys before all tables.
func (r *reader) wrong(table, format string, args ...any) {
	line := 1
	if table != "" {
		for i, l := range strings.Split(string(r.text), "\n") {
			if strings.TrimSpace(l) == "["+table+"]" {
				line = i + 1
			}
		}
		table += ": "
	}
	r.found = append(r.found, fmt.Sprintf("%s:%d: %s", r.name, line, table+fmt.Sprintf(format, args...)))
}

// languageLike is the syntax of a language, as in "de" and "pt-BR".
var languageLike = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z]{2})?$`)

func (r *reader) check(f *file) {
	if want := strings.TrimSuffix(r.name[strings.LastIndex(r.name, "/")+1:], ".toml"); string(f.ID) != want {
		r.wrong("", "id: found %q, expected %q, as the file is called", f.ID, want)
	}
	r.oneLine("", "name", f.Name, true)
	r.oneLine("", "version", f.Version, true)
	for _, a := range f.Also {
		r.oneLine("", "also", a, true)
	}
	if f.Namesake != "" && !slices.Contains(ids(), f.Namesake) {
		r.wrong("", "namesake: found %q, expected the id of another program", f.Namesake)
	}
	for _, p := range f.Protocols {
		if !slices.Contains([]stage.Protocol{stage.IMAP, stage.POP3, stage.SMTP}, p) {
			r.wrong("", "protocols: found %q, expected imap, pop3 or smtp", p)
		}
	}
	if f.Relayed != nil {
		r.seen("relayed", *f.Relayed)
	}
	if f.Language[English] == nil {
		r.wrong("", "language.en is missing: every program has its labels in English")
		return
	}
	for _, code := range slices.Sorted(maps.Keys(f.Language)) {
		table := "language." + code
		if !languageLike.MatchString(code) {
			r.wrong(table, "found %q, expected a language such as de or pt-BR", code)
		}
		r.words(table, f.Language[code], f.Language[English])
	}
}

// words checks the labels of one language, which has the sections that English has.
func (r *reader) words(table string, w, english *words) {
	r.seen(table, w.seen)
	if w.Receive == nil && w.Send == nil {
		r.wrong(table, "expected [%s.receive] or [%s.send]", table, table)
	}
	for _, s := range []struct {
		name    string
		section *section
		english *section
	}{{"receive", w.Receive, english.Receive}, {"send", w.Send, english.Send}, {"pop3", w.POP3, english.POP3}} {
		name := table + "." + s.name
		switch {
		case s.section == nil:
		case s.english == nil && w != english && s.name != "pop3":
			r.wrong(name, "there is no such table in English")
		default:
			r.section(name, s.section, s.name == "pop3")
		}
	}
}

// section checks the labels of one dialog. One that lists only what differs from another
// may lack any.
func (r *reader) section(table string, s *section, differs bool) {
	for _, k := range keys {
		r.oneLine(table, k, *s.at(k), false)
	}
	for _, w := range s.Way {
		r.oneLine(table, "way", w, true)
	}
	for _, k := range s.Unseen {
		known := k == "way" || slices.Contains(keys, k)
		switch {
		case !known:
			r.wrong(table, "unseen: %q is no label", k)
		case k == "way" && len(s.Way) > 0, k != "way" && *s.at(k) != "":
			r.wrong(table, "unseen: %s is given all the same", k)
		}
	}
	if differs {
		return
	}
	for _, k := range s.required() {
		if !slices.Contains(s.Unseen, k) {
			r.wrong(table, "%s is missing: expected it, or its name in unseen", k)
		}
	}
	if s.Box && s.TLS+s.StartTLS+s.IfOffered+s.None != "" {
		r.wrong(table, "box: expected no tls, starttls, if_offered and none beside it")
	}
	if s.URL != "" && (s.Scheme.TLS == "" || s.Scheme.StartTLS == "" || s.Scheme.None == "") {
		r.wrong(table, "url: expected scheme = {tls, starttls, none} beside it")
	}
}

// required lists the keys that are missing, unless a source doesn't show them.
func (s *section) required() []string {
	var missing []string
	if len(s.Way) == 0 {
		missing = append(missing, "way")
	}
	for _, k := range keys {
		choice := k == "tls" || k == "starttls" || k == "none"
		switch {
		case *s.at(k) != "", k == "url", k == "if_offered", k == "password_clear":
		case choice && s.Box:
		case s.URL != "" && (k == "host" || k == "port" || k == "user" || k == "security" || k == "tls"):
		case k == "security" && s.TLS != "" && s.None != "": // the choices say it all
		default:
			missing = append(missing, k)
		}
	}
	return missing
}

func (r *reader) seen(table string, s seen) {
	r.oneLine(table, "source", s.Source, true)
	r.oneLine(table, "url", s.URL, true)
	if s.Read == (toml.LocalDate{}) {
		r.wrong(table, "read is missing, expected the day on which the source was read")
	}
}

// oneLine checks one line of text.
func (r *reader) oneLine(table, key, text string, required bool) {
	switch {
	case text == "" && !required:
	case strings.TrimSpace(text) == "":
		r.wrong(table, "%s is missing, or empty", key)
	case strings.TrimSpace(text) != text || stage.Visible(text) != text:
		r.wrong(table, "%s: found %q, expected one line of text without spaces around it", key, text)
	}
}
