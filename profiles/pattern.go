package profiles

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// A pattern is a name with a star as its first label: *.example.com stands for
// every name below example.com, at any depth, and not for example.com itself.
const star = "*."

// below returns the name that a pattern is about; ok is false for a plain name.
func below(entry string) (base string, ok bool) { return strings.CutPrefix(entry, star) }

// covers reports whether a pattern stands for an entry: for a name, or for all
// that another pattern stands for. A plain name covers nothing.
func covers(pattern, entry string) bool {
	base, ok := below(pattern)
	if !ok || pattern == entry {
		return false
	}
	return strings.HasSuffix(strings.TrimPrefix(entry, star), "."+base)
}

// patternOf reads a pattern and returns it in ASCII form, or says what was
// expected. Below a public suffix (co.uk) stand the domains of everybody.
func patternOf(text string) (pattern, expected string) {
	const form = "a star, a dot and a domain, as in *.example.com"
	rest, ok := below(text)
	if !ok {
		return "", form
	}
	base, ok := mailDomain(rest)
	if !ok {
		return "", form
	}
	if suffix, official := publicsuffix.PublicSuffix(base); official && suffix == base {
		return "", "a pattern below the provider's own domain: under " + base + " anybody has domains"
	}
	return star + base, ""
}

// index is a lookup of plain names and patterns: whose each of them is.
type index struct {
	plain map[string]*Profile
	under map[string]*Profile // by the name that the pattern is about
}

func newIndex() index {
	return index{plain: map[string]*Profile{}, under: map[string]*Profile{}}
}

// give makes entries p's, whoever had them.
func (x index) give(p *Profile, entries ...string) {
	for _, e := range entries {
		if base, ok := below(e); ok {
			x.under[base] = p
		} else {
			x.plain[e] = p
		}
	}
}

// find returns the owner of an entry and by which one it is his: the name itself,
// else the longest pattern that covers it.
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
