package profiles

import (
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"maildoctor/probe/stage"
	"maildoctor/profiles/hostname"
	"maildoctor/profiles/strict"
)

// entries are the names and patterns of a list, each with its offset.
type entries map[string]int

// claim reports those entries of one list that another profile has already, and
// claims the others.
func (p *parsed) claim(key string, taken map[string]*parsed, list func(*parsed) entries) {
	for entry, at := range list(p) {
		if first := taken[entry]; first != nil {
			p.d.Wrong(at, "%s: %q belongs to %s", key, entry, first.d.Place(list(first)[entry]))
		} else {
			taken[entry] = p
		}
	}
}

// readNames reads the domains and the mail exchangers.
func (p *parsed) readNames(s *strict.Section) {
	// A provider for other people's domains may have none of its own, and another
	// source may name all of them.
	others := s.Table.Get("mx") != nil || s.Table.Get("further") != nil || sendsAlone(s.Table)
	p.Domains, p.Patterns = p.readDomains(s, !others)
	p.MX = p.readMX(s)
	for _, f := range s.List("further", false) {
		p.readFurther(f)
	}
	p.redundant("domains", p.domains)
	p.redundant("mx", p.mx)
}

// sendsAlone reports whether the profile is of a service that only sends mail. It is
// for other people's domains, and has no exchangers.
func sendsAlone(t *strict.Table) bool {
	e := t.Get("endpoint")
	if e == nil || len(e.Value.Items) == 0 {
		return false
	}
	return !slices.ContainsFunc(e.Value.Items, func(v *strict.Value) bool {
		if v.Table == nil {
			return true
		}
		protocol := v.Table.Get("protocol")
		return protocol == nil || protocol.Value.Text != string(stage.SMTP)
	})
}

func (p *parsed) readFurther(s *strict.Section) {
	var f Further
	f.Domains, f.Patterns = p.readDomains(s, s.Table.Get("mx") == nil)
	f.MX = p.readMX(s)
	f.Source = source(s, true, Source{})
	s.Close()
	p.Domains = append(p.Domains, f.Domains...)
	p.Patterns = append(p.Patterns, f.Patterns...)
	p.MX = append(p.MX, f.MX...)
	p.Further = append(p.Further, f)
}

func (p *parsed) readDomains(s *strict.Section, required bool) (domains, patterns []string) {
	all := p.readEntries(s, "domains", required, `a list such as ["example.com", "example.net"]`, "a mail domain such as example.com", p.domains)
	for _, entry := range all {
		if _, pattern := below(entry); pattern {
			patterns = append(patterns, entry)
		} else {
			domains = append(domains, entry)
		}
	}
	return domains, patterns
}

func (p *parsed) readMX(s *strict.Section) []string {
	return p.readEntries(s, "mx", false, `a list such as ["mx.example.com", "*.mx.example.net"]`, "a host name such as mx.example.com", p.mx)
}

// readEntries reads a list of names and patterns, and records their offsets in seen.
func (p *parsed) readEntries(s *strict.Section, key string, required bool, list, item string, seen entries) []string {
	v := s.Need(key, required, list)
	if v == nil {
		return nil
	}
	if v.Kind != unstable.Array || len(v.Items) == 0 {
		s.Bad(key, v, list)
		return nil
	}
	var out []string
	for _, e := range v.Items {
		entry, expected := entryOf(e, item)
		if expected != "" {
			s.Bad(key, e, expected)
			continue
		}
		if first, twice := seen[entry]; twice {
			s.Doc.Wrong(e.At, "%s%s: %s stands here a second time; it was given on line %d", s.Path, key, strict.Quote(e.Text), s.Doc.Line(first))
			continue
		}
		seen[entry] = e.At
		out = append(out, entry)
	}
	return out
}

// entryOf parses one name or pattern, or says what was expected.
func entryOf(v *strict.Value, plain string) (entry, expected string) {
	if v.Kind != unstable.String {
		return "", plain
	}
	if strings.Contains(v.Text, "*") {
		return patternOf(v.Text)
	}
	name, ok := hostname.MailDomain(v.Text)
	if !ok {
		return "", plain
	}
	return name, ""
}

// redundant reports the entries that a pattern of the same list covers already.
func (p *parsed) redundant(key string, list entries) {
	for entry, at := range list {
		if pattern, first, ok := list.over(entry); ok {
			p.d.Wrong(at, "%s: %q lies within %q, which was given on line %d", key, entry, pattern, p.d.Line(first))
		}
	}
}

// over returns the longest other pattern that covers an entry, and its offset.
func (l entries) over(entry string) (pattern string, at int, ok bool) {
	rest := strings.TrimPrefix(entry, star)
	for _, base, more := strings.Cut(rest, "."); more; _, base, more = strings.Cut(base, ".") {
		if at, ok := l[star+base]; ok {
			return star + base, at, true
		}
	}
	return "", 0, false
}
