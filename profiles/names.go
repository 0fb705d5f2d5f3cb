package profiles

import (
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"maildoctor/probe/stage"
	"maildoctor/profiles/hostname"
)

// entries are the names and patterns of a list, each with its offset.
type entries map[string]int

// claim reports those entries of one list that another profile has already, and
// claims the others.
func (p *parsed) claim(key string, taken map[string]*parsed, list func(*parsed) entries) {
	for entry, at := range list(p) {
		if first := taken[entry]; first != nil {
			p.d.wrong(at, "%s: %q belongs to %s", key, entry, first.d.place(list(first)[entry]))
		} else {
			taken[entry] = p
		}
	}
}

// readNames reads the domains and the mail exchangers.
func (p *parsed) readNames(s *section) {
	// A provider for other people's domains may have none of its own, and another
	// source may name all of them.
	others := s.t.get("mx") != nil || s.t.get("further") != nil || sendsAlone(s.t)
	p.Domains, p.Patterns = p.readDomains(s, !others)
	p.MX = p.readMX(s)
	for _, f := range s.list("further", false) {
		p.readFurther(f)
	}
	p.redundant("domains", p.domains)
	p.redundant("mx", p.mx)
}

// sendsAlone reports whether the profile is of a service that only sends mail. It is
// for other people's domains, and has no exchangers.
func sendsAlone(t *table) bool {
	e := t.get("endpoint")
	if e == nil || len(e.value.items) == 0 {
		return false
	}
	return !slices.ContainsFunc(e.value.items, func(v *value) bool {
		if v.table == nil {
			return true
		}
		protocol := v.table.get("protocol")
		return protocol == nil || protocol.value.text != string(stage.SMTP)
	})
}

func (p *parsed) readFurther(s *section) {
	var f Further
	f.Domains, f.Patterns = p.readDomains(s, s.t.get("mx") == nil)
	f.MX = p.readMX(s)
	f.Source = source(s, true, Source{})
	s.close()
	p.Domains = append(p.Domains, f.Domains...)
	p.Patterns = append(p.Patterns, f.Patterns...)
	p.MX = append(p.MX, f.MX...)
	p.Further = append(p.Further, f)
}

func (p *parsed) readDomains(s *section, required bool) (domains, patterns []string) {
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

func (p *parsed) readMX(s *section) []string {
	return p.readEntries(s, "mx", false, `a list such as ["mx.example.com", "*.mx.example.net"]`, "a host name such as mx.example.com", p.mx)
}

// readEntries reads a list of names and patterns, and records their offsets in seen.
func (p *parsed) readEntries(s *section, key string, required bool, list, item string, seen entries) []string {
	v := s.need(key, required, list)
	if v == nil {
		return nil
	}
	if v.kind != unstable.Array || len(v.items) == 0 {
		s.bad(key, v, list)
		return nil
	}
	var out []string
	for _, e := range v.items {
		entry, expected := entryOf(e, item)
		if expected != "" {
			s.bad(key, e, expected)
			continue
		}
		if first, twice := seen[entry]; twice {
			s.d.wrong(e.at, "%s%s: %s stands here a second time; it was given on line %d", s.path, key, quote(e.text), s.d.line(first))
			continue
		}
		seen[entry] = e.at
		out = append(out, entry)
	}
	return out
}

// entryOf parses one name or pattern, or says what was expected.
func entryOf(v *value, plain string) (entry, expected string) {
	if v.kind != unstable.String {
		return "", plain
	}
	if strings.Contains(v.text, "*") {
		return patternOf(v.text)
	}
	name, ok := hostname.MailDomain(v.text)
	if !ok {
		return "", plain
	}
	return name, ""
}

// redundant reports the entries that a pattern of the same list covers already.
func (p *parsed) redundant(key string, list entries) {
	for entry, at := range list {
		if pattern, first, ok := list.over(entry); ok {
			p.d.wrong(at, "%s: %q lies within %q, which was given on line %d", key, entry, pattern, p.d.line(first))
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
