package profiles

import (
	"net/url"
	"strings"

	"maildoctor/profiles/strict"
)

// Source says where a fact was read, and when.
type Source struct {
	Title   string
	By      string // who compiled it, "Thunderbird's database"; empty if it is the provider's own
	URL     string // empty if none is known
	Checked string // the date to which the source applies: YYYY, YYYY-MM or YYYY-MM-DD; empty if it doesn't say
	Date    string // the day on which it was read, YYYY-MM-DD
}

// String returns the title, and the URL in parentheses if one is known.
func (s Source) String() string {
	if s.URL == "" {
		return s.Title
	}
	return s.Title + " (" + s.URL + ")"
}

// AsOf returns the latest time at which the fact is known to have been true: when
// the source checked it, else when we read it.
func (s Source) AsOf() string {
	if s.Checked != "" {
		return s.Checked
	}
	return s.Date
}

// source reads a section's own source, or returns otherwise if there is none.
func source(s *strict.Section, required bool, otherwise Source) Source {
	sub := s.Sub("source", required, `the keys title and read, as in source = { title = "A page", read = 2026-11-22 }`)
	if sub == nil {
		return otherwise
	}
	title, _ := sub.Text("title", true, maxTitle, "the source's title")
	out := Source{Title: title, URL: link(sub, false), Date: sub.Date("read")}
	out.By, _ = sub.Text("by", false, maxTitle, "who compiled the source")
	out.Checked = sub.Moment("checked", out.Date)
	sub.Close()
	return out
}

// link reads the URL of a page.
func link(s *strict.Section, required bool) string {
	const expected = "an address such as https://example.com/help"
	text, v := s.Text("url", required, maxText, expected)
	if v == nil {
		return ""
	}
	u, err := url.Parse(text)
	good := err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil
	switch {
	case good:
	case strings.Contains(text, "@"):
		// It may contain a password, which no message repeats.
		s.Doc.Wrong(v.At, "%surl: found an address with an @ in it, expected %s", s.Path, expected)
	default:
		s.Bad("url", v, expected)
	}
	return text
}
