package profiles

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

// Limits on the text of a profile, in characters.
const (
	maxTitle = 200
	maxText  = 2000
)

// section reads the keys of one table. Each key is requested once; then close
// reports the keys that were not requested.
type section struct {
	d     *document
	t     *table
	path  string // what the table is, for messages: "endpoint.", empty for the whole file
	known []string
}

// need returns a key's value, or nil if it is missing. A missing required key is
// reported.
func (s *section) need(key string, required bool, expected string) *value {
	s.known = append(s.known, key)
	if e := s.t.get(key); e != nil {
		return e.value
	}
	if required {
		s.d.wrong(s.t.at, "%s%s is missing, expected %s", s.path, key, expected)
	}
	return nil
}

// bad reports a value that isn't what was expected.
func (s *section) bad(key string, v *value, expected string) {
	s.d.wrong(v.at, "%s%s: found %s, expected %s", s.path, key, found(v), expected)
}

// text returns a string, one line of at most limit characters that are safe to show
// on a terminal. Anything else is reported, and the result is empty.
func (s *section) text(key string, required bool, limit int, expected string) (string, *value) {
	v := s.need(key, required, expected)
	if v == nil {
		return "", nil
	}
	if v.kind != unstable.String || strings.TrimSpace(v.text) == "" {
		s.bad(key, v, expected)
		return "", nil
	}
	switch {
	case stage.Visible(v.text) != v.text:
		s.bad(key, v, "one line of text without control characters")
		return "", nil
	case utf8.RuneCountInString(v.text) > limit:
		s.bad(key, v, fmt.Sprintf("at most %d characters", limit))
		return "", nil
	}
	return v.text, v
}

// oneOf returns a string that is one of several words.
func oneOf[T ~string](s *section, key string, required bool, words ...T) T {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = string(w)
	}
	expected := orList(list)
	v := s.need(key, required, expected)
	if v == nil {
		return ""
	}
	if i := slices.Index(list, v.text); v.kind == unstable.String && i >= 0 {
		return words[i]
	}
	s.bad(key, v, expected)
	return ""
}

// boolean returns true or false; false if the key is missing.
func (s *section) boolean(key string) bool {
	v := s.need(key, false, "")
	if v == nil {
		return false
	}
	if v.kind != unstable.Bool {
		s.bad(key, v, "true or false, without quotes")
	}
	return v.text == "true"
}

// port returns a port number; 0 if there is none.
func (s *section) port(key string) uint16 {
	const expected = "a number from 1 to 65535, without quotes"
	v := s.need(key, true, expected)
	if v == nil {
		return 0
	}
	n, err := strconv.ParseUint(strings.ReplaceAll(v.text, "_", ""), 0, 16)
	if v.kind != unstable.Integer || err != nil || n == 0 {
		s.bad(key, v, expected)
	}
	return uint16(n)
}

// date returns a day as YYYY-MM-DD.
func (s *section) date(key string) string {
	const expected = "a day such as 2026-11-22, without quotes"
	v := s.need(key, true, expected)
	if v == nil {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, v.text); v.kind != unstable.LocalDate || err != nil {
		s.bad(key, v, expected)
	}
	return v.text
}

// moment returns a day, a month or a year as YYYY-MM-DD, YYYY-MM or YYYY. It may be
// missing, and must not be after the day read.
func (s *section) moment(key, read string) string {
	const expected = `a day such as 2026-11-22, or a month or year in quotes such as "2026-11"`
	v := s.need(key, false, expected)
	if v == nil {
		return ""
	}
	form := map[unstable.Kind][]string{unstable.LocalDate: {time.DateOnly}, unstable.String: {"2006-01", "2006"}}
	if !slices.ContainsFunc(form[v.kind], func(f string) bool { _, err := time.Parse(f, v.text); return err == nil }) {
		s.bad(key, v, expected)
		return ""
	}
	if read != "" && v.text > read {
		s.bad(key, v, "no time after "+read+", when it was read")
	}
	return v.text
}

// sub returns the section of an inline table or [path.key]; nil if there is none.
func (s *section) sub(key string, required bool, expected string) *section {
	v := s.need(key, required, expected)
	if v == nil {
		return nil
	}
	if v.table == nil {
		s.bad(key, v, expected)
		return nil
	}
	return &section{d: s.d, t: v.table, path: s.path + key + "."}
}

// list returns the sections of [[key]], one for each.
func (s *section) list(key string, required bool) []*section {
	expected := "[[" + key + "]] with its keys below it"
	v := s.need(key, required, expected)
	if v == nil {
		return nil
	}
	if v.kind != unstable.ArrayTable && v.kind != unstable.Array {
		s.bad(key, v, expected)
		return nil
	}
	if required && len(v.items) == 0 {
		s.bad(key, v, "at least one")
	}
	var out []*section
	for _, item := range v.items {
		if item.table == nil {
			s.bad(key, item, expected)
			continue
		}
		out = append(out, &section{d: s.d, t: item.table, path: key + "."})
	}
	return out
}

// close reports the keys that were not requested.
func (s *section) close() {
	for _, e := range s.t.entries {
		if slices.Contains(s.known, e.key) {
			continue
		}
		hint := ""
		if lower := strings.ToLower(e.key); slices.Contains(s.known, lower) {
			hint = fmt.Sprintf(" (did you mean %s?)", lower)
		} else if near := slip.Nearest(lower, s.known, 1); len(near) > 0 {
			hint = fmt.Sprintf(" (did you mean %s?)", near[0])
		}
		s.d.wrong(e.at, "unknown key %s%s, expected %s", quote(s.path+e.key), hint, orList(s.known))
	}
}

// found describes a value for a message.
func found(v *value) string {
	switch v.kind {
	case unstable.String:
		return quote(v.text)
	case unstable.Array:
		if len(v.items) == 0 {
			return "an empty list"
		}
		return "a list"
	case unstable.ArrayTable:
		return "a list of tables"
	case unstable.InlineTable:
		return "a table"
	default:
		return shorten(v.text)
	}
}

// quote quotes text from a file so that it is one line and safe to show.
func quote(s string) string { return strconv.Quote(shorten(s)) }

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
