package profiles

import (
	"strings"

	"golang.org/x/net/publicsuffix"

	"maildoctor/profiles/hostname"
)

// star begins a pattern. *.example.com covers every name below example.com, at any
// depth, but not example.com itself.
const star = "*."

// below returns the name that a pattern is about; ok is false for a plain name.
func below(entry string) (base string, ok bool) { return strings.CutPrefix(entry, star) }

// covers reports whether a pattern covers an entry: a name, or everything that
// another pattern covers. A plain name covers nothing.
func covers(pattern, entry string) bool {
	base, ok := below(pattern)
	if !ok || pattern == entry {
		return false
	}
	return strings.HasSuffix(strings.TrimPrefix(entry, star), "."+base)
}

// patternOf parses a pattern and returns it in ASCII form, or says what was
// expected. Names right below a public suffix (co.uk) belong to different owners.
func patternOf(text string) (pattern, expected string) {
	const form = "a star, a dot and a domain, as in *.example.com"
	rest, ok := below(text)
	if !ok {
		return "", form
	}
	base, ok := hostname.MailDomain(rest)
	if !ok {
		return "", form
	}
	if suffix, official := publicsuffix.PublicSuffix(base); official && suffix == base {
		return "", "a pattern below the provider's own domain: under " + base + " anybody has domains"
	}
	return star + base, ""
}

// index finds the profile of plain names and patterns.
type index struct {
	plain map[string]*Profile
	under map[string]*Profile // by the name that the pattern is about
}

func newIndex() index {
	return index{plain: map[string]*Profile{}, under: map[string]*Profile{}}
}

// give assigns entries to p, replacing earlier assignments.
func (x index) give(p *Profile, entries ...string) {
	for _, e := range entries {
		if base, ok := below(e); ok {
			x.under[base] = p
		} else {
			x.plain[e] = p
		}
	}
}

// find returns the profile of an entry and what matched: the name itself, else the
// longest pattern that covers it.
func (x index) find(entry string) (*Profile, string) {
	if p := x.plain[entry]; p != nil {
		return p, entry
	}
	for _, base, more := strings.Cut(entry, "."); more; _, base, more = strings.Cut(base, ".") {
		if p := x.under[base]; p != nil {
			return p, star + base
		}
	}
	return nil, ""
}
