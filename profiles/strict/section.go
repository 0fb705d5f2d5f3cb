package strict

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"

	"maildoctor/probe/slip"
	"maildoctor/probe/stage"
)

// Section reads the keys of one table. Each key is requested once; then Close
// reports the keys that were not requested.
type Section struct {
	Doc   *Document
	Table *Table
	Path  string // what the table is, for messages: "endpoint.", empty for the whole file
	known []string
}

// Need returns a key's value, or nil if it is missing. A missing required key is
// reported.
func (s *Section) Need(key string, required bool, expected string) *Value {
	s.known = append(s.known, key)
	if e := s.Table.Get(key); e != nil {
		return e.Value
	}
	if required {
		s.Doc.Wrong(s.Table.At, "%s%s is missing, expected %s", s.Path, key, expected)
	}
	return nil
}

// Bad reports a value that isn't what was expected.
func (s *Section) Bad(key string, v *Value, expected string) {
	s.Doc.Wrong(v.At, "%s%s: found %s, expected %s", s.Path, key, Found(v), expected)
}

// Text returns a string, one line of at most limit characters that are safe to show
// on a terminal. Anything else is reported, and the result is empty.
func (s *Section) Text(key string, required bool, limit int, expected string) (string, *Value) {
	v := s.Need(key, required, expected)
	if v == nil {
		return "", nil
	}
	if v.Kind != unstable.String || strings.TrimSpace(v.Text) == "" {
		s.Bad(key, v, expected)
		return "", nil
	}
	switch {
	case stage.Visible(v.Text) != v.Text:
		s.Bad(key, v, "one line of text without control characters")
		return "", nil
	case utf8.RuneCountInString(v.Text) > limit:
		s.Bad(key, v, fmt.Sprintf("at most %d characters", limit))
		return "", nil
	}
	return v.Text, v
}

// OneOf returns a string that is one of several words.
func OneOf[T ~string](s *Section, key string, required bool, words ...T) T {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = string(w)
	}
	expected := OrList(list)
	v := s.Need(key, required, expected)
	if v == nil {
		return ""
	}
	if i := slices.Index(list, v.Text); v.Kind == unstable.String && i >= 0 {
		return words[i]
	}
	s.Bad(key, v, expected)
	return ""
}

// Boolean returns true or false; false if the key is missing.
func (s *Section) Boolean(key string) bool {
	v := s.Need(key, false, "")
	if v == nil {
		return false
	}
	if v.Kind != unstable.Bool {
		s.Bad(key, v, "true or false, without quotes")
	}
	return v.Text == "true"
}

// Port returns a port number; 0 if there is none.
func (s *Section) Port(key string) uint16 {
	const expected = "a number from 1 to 65535, without quotes"
	v := s.Need(key, true, expected)
	if v == nil {
		return 0
	}
	n, err := strconv.ParseUint(strings.ReplaceAll(v.Text, "_", ""), 0, 16)
	if v.Kind != unstable.Integer || err != nil || n == 0 {
		s.Bad(key, v, expected)
	}
	return uint16(n)
}

// Date returns a day as YYYY-MM-DD.
func (s *Section) Date(key string) string {
	const expected = "a day such as 2026-11-22, without quotes"
	v := s.Need(key, true, expected)
	if v == nil {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, v.Text); v.Kind != unstable.LocalDate || err != nil {
		s.Bad(key, v, expected)
	}
	return v.Text
}

// Moment returns a day, a month or a year as YYYY-MM-DD, YYYY-MM or YYYY. It may be
// missing, and must not be after the day read.
func (s *Section) Moment(key, read string) string {
	const expected = `a day such as 2026-11-22, or a month or year in quotes such as "2026-11"`
	v := s.Need(key, false, expected)
	if v == nil {
		return ""
	}
	form := map[unstable.Kind][]string{unstable.LocalDate: {time.DateOnly}, unstable.String: {"2006-01", "2006"}}
	if !slices.ContainsFunc(form[v.Kind], func(f string) bool { _, err := time.Parse(f, v.Text); return err == nil }) {
		s.Bad(key, v, expected)
		return ""
	}
	if read != "" && v.Text > read {
		s.Bad(key, v, "no time after "+read+", when it was read")
	}
	return v.Text
}

// Sub returns the section of an inline table or [path.key]; nil if there is none.
func (s *Section) Sub(key string, required bool, expected string) *Section {
	v := s.Need(key, required, expected)
	if v == nil {
		return nil
	}
	if v.Table == nil {
		s.Bad(key, v, expected)
		return nil
	}
	return &Section{Doc: s.Doc, Table: v.Table, Path: s.Path + key + "."}
}

// List returns the sections of [[key]], one for each.
func (s *Section) List(key string, required bool) []*Section {
	expected := "[[" + key + "]] with its keys below it"
	v := s.Need(key, required, expected)
	if v == nil {
		return nil
	}
	if v.Kind != unstable.ArrayTable && v.Kind != unstable.Array {
		s.Bad(key, v, expected)
		return nil
	}
	if required && len(v.Items) == 0 {
		s.Bad(key, v, "at least one")
	}
	var out []*Section
	for _, item := range v.Items {
		if item.Table == nil {
			s.Bad(key, item, expected)
			continue
		}
		out = append(out, &Section{Doc: s.Doc, Table: item.Table, Path: key + "."})
	}
	return out
}

// Close reports the keys that were not requested.
func (s *Section) Close() {
	for _, e := range s.Table.Entries {
		if slices.Contains(s.known, e.Key) {
			continue
		}
		hint := ""
		if lower := strings.ToLower(e.Key); slices.Contains(s.known, lower) {
			hint = fmt.Sprintf(" (did you mean %s?)", lower)
		} else if near := slip.Nearest(lower, s.known, 1); len(near) > 0 {
			hint = fmt.Sprintf(" (did you mean %s?)", near[0])
		}
		s.Doc.Wrong(e.At, "unknown key %s%s, expected %s", Quote(s.Path+e.Key), hint, OrList(s.known))
	}
}

// Found describes a value for a message.
func Found(v *Value) string {
	switch v.Kind {
	case unstable.String:
		return Quote(v.Text)
	case unstable.Array:
		if len(v.Items) == 0 {
			return "an empty list"
		}
		return "a list"
	case unstable.ArrayTable:
		return "a list of tables"
	case unstable.InlineTable:
		return "a table"
	default:
		return shorten(v.Text)
	}
}

// Quote quotes text from a file so that it is one line and safe to show.
func Quote(s string) string { return strconv.Quote(shorten(s)) }

// shorten shortens text for a message.
func shorten(s string) string {
	const limit = 60
	n := 0
	for i := range s {
		if n == limit {
			return s[:i] + "..."
		}
		n++
	}
	return s
}

// OrList joins names as in "a, b or c".
func OrList(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
