package profiles

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"maildoctor/probe/stage"
	"maildoctor/profiles/hostname"
	"maildoctor/profiles/strict"
)

// Catalogue is a searchable set of profiles. It does not change after loading, and
// is safe for concurrent use.
type Catalogue struct {
	byID   map[string]*Profile
	layers []layer // one for each origin, the later ones override
	near   nearIndex
}

// layer indexes the names of the profiles of one origin.
type layer struct{ domains, mx index }

// NewCatalogue returns a catalogue of only these profiles. If an id, a domain or a
// mail exchanger appears more than once, the later profile overrides the earlier.
func NewCatalogue(profiles ...*Profile) *Catalogue { return newCatalogue(profiles) }

// newCatalogue overlays the profiles of earlier origins with those of later ones.
func newCatalogue(origins ...[]*Profile) *Catalogue {
	c := &Catalogue{byID: map[string]*Profile{}}
	for _, profiles := range origins {
		for _, p := range profiles {
			c.byID[p.ID] = p
		}
	}
	for _, profiles := range origins {
		l := layer{newIndex(), newIndex()}
		for _, p := range profiles {
			if c.byID[p.ID] != p {
				continue // replaced, with all its domains
			}
			l.domains.give(p, p.Domains...)
			l.domains.give(p, p.Patterns...)
			l.mx.give(p, p.MX...)
		}
		c.layers = append(c.layers, l)
	}
	return c
}

// Profiles returns all profiles, sorted by id.
func (c *Catalogue) Profiles() []*Profile {
	return slices.SortedFunc(maps.Values(c.byID), func(a, b *Profile) int { return cmp.Compare(a.ID, b.ID) })
}

// Profile returns the profile with an id, or nil.
func (c *Catalogue) Profile(id string) *Profile { return c.byID[id] }

// Domains returns those of p's domains and patterns for which Find returns p. They
// are fewer than p.Domains and p.Patterns if another profile overrides some of them.
func (c *Catalogue) Domains(p *Profile) []string {
	var own []string
	for _, d := range slices.Concat(p.Domains, p.Patterns) {
		if c.byDomain(d) == p {
			own = append(own, d)
		}
	}
	return own
}

// byDomain returns the profile that has a domain or a pattern, or nil.
func (c *Catalogue) byDomain(entry string) *Profile {
	p, _ := c.find(entry, func(l layer) index { return l.domains })
	return p
}

// find looks up an entry in one index of every layer, the latest first.
func (c *Catalogue) find(entry string, of func(layer) index) (*Profile, string) {
	for _, l := range slices.Backward(c.layers) {
		if p, by := of(l).find(entry); p != nil {
			return p, by
		}
	}
	return nil, ""
}

// likely returns the plain domains of the catalogue that may have been meant by
// another: those of hand-kept profiles and of the user's own. The imported ones are
// small: a similar domain is more likely somebody else's than a typing error.
func (c *Catalogue) likely() []string {
	var all []string
	for _, l := range c.layers {
		for domain, p := range l.domains.plain {
			if !p.Imported {
				all = append(all, domain)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// ErrUnknown and ErrMalformed are the two ways in which Find can fail; a
// [*FindError] wraps one of them.
var (
	ErrUnknown   = errors.New("no profile is known")
	ErrMalformed = errors.New("not an e-mail address, a domain or a profile's id")
)

// FindError says why nothing was found. It contains at most a domain or an id, never
// what preceded an @.
type FindError struct {
	Err    error    // [ErrUnknown] or [ErrMalformed]
	Name   string   // the domain or id that is unknown
	Reason string   // what is malformed, as a clause
	Near   []string // domains and ids that may have been meant, the nearest first
}

// Error returns one line of text.
func (e *FindError) Error() string {
	if e.Reason != "" {
		return fmt.Sprintf("%v: %s", e.Err, e.Reason)
	}
	s := fmt.Sprintf("%v for %q", e.Err, e.Name)
	if len(e.Near) > 0 {
		s += "; did you mean " + strict.OrList(e.Near) + "?"
	}
	return s
}

// Unwrap returns ErrUnknown or ErrMalformed.
func (e *FindError) Unwrap() error { return e.Err }

// Match is the result of Find.
type Match struct {
	Profile   *Profile          // nil with [ErrUnknown]
	Kind      stage.SubjectKind // SubjectAddress, SubjectDomain or SubjectProfile
	Domain    string            // in ASCII form; empty for SubjectProfile
	Address   string            // with its domain in ASCII form; only for SubjectAddress
	LocalPart string            // the mailbox's name, without quotes; only for SubjectAddress
}

// Subject returns the match in the form of a plan. User is the user name that the
// profile forms from an address, else empty.
func (m Match) Subject(argument string) stage.Subject {
	s := stage.Subject{Argument: argument, Kind: m.Kind, Domain: m.Domain, Address: m.Address}
	if m.Profile != nil {
		s.Profile = m.Profile.ForRules()
		s.User = m.Profile.UserName(m.Address)
	}
	return s
}

// Unlike reports whether an argument cannot be one of [Catalogue.Find] or a URL, nor
// the id of a profile, known or mistyped. It may be a password.
func (c *Catalogue) Unlike(arg string) bool {
	arg = strings.ToLower(strings.TrimSpace(Narrow(arg)))
	return !strings.ContainsAny(arg, "@.:") && c.byID[arg] == nil && len(c.Near(arg)) == 0
}

// Narrow replaces full-width characters by the ones of addresses and host names:
// input methods for Chinese, Japanese and Korean may write ｊａｎｅ＠ｑ．ｃｏｍ (UAX #11).
func Narrow(arg string) string { return width.Fold.String(arg) }

// Find looks up a mail address, a domain or a profile's id. Case, width and a
// trailing dot do not matter. Errors are of type [*FindError]. With [ErrUnknown] the
// match is complete except for its Profile, so that settings can be searched
// elsewhere. The profile is the one for the domain ([Profile.At]); for an id, for
// its first domain.
func (c *Catalogue) Find(arg string) (Match, error) {
	arg = Narrow(arg)
	m, err := read(strings.TrimSpace(arg))
	if err != nil {
		return Match{}, err
	}
	name := m.Domain
	if m.Kind == stage.SubjectProfile {
		name = strings.ToLower(strings.TrimSpace(arg))
		m.Profile = c.byID[name]
	} else {
		m.Profile = c.byDomain(name)
	}
	if m.Profile == nil {
		return m, &FindError{Err: ErrUnknown, Name: name, Near: c.Near(name)}
	}
	domain := m.Domain
	if domain == "" && len(m.Profile.Domains) > 0 {
		domain = m.Profile.Domains[0]
	}
	m.Profile = m.Profile.At(domain)
	return m, nil
}

// read determines what kind of argument arg is. The kinds exclude each other: an
// address has an @, a domain a dot, an id neither.
func read(arg string) (Match, error) {
	switch {
	case arg == "":
		return Match{}, malformed("it is empty")
	case strings.Contains(arg, "://"):
		return Match{}, malformed("it is a URL")
	case strings.Contains(arg, "@"):
		a, err := parseAddress(arg)
		if err != nil {
			return Match{}, err
		}
		return Match{Kind: stage.SubjectAddress, Domain: a.domain, Address: a.String(), LocalPart: a.name()}, nil
	case isID(strings.ToLower(arg)):
		return Match{Kind: stage.SubjectProfile}, nil
	}
	domain, ok := hostname.MailDomain(arg)
	if !ok {
		return Match{}, malformed("examples are jane@example.com, example.com and centurylink")
	}
	return Match{Kind: stage.SubjectDomain, Domain: domain}, nil
}

// isID reports whether s can be a profile's id: words of a-z and 0-9, separated by
// hyphens.
func isID(s string) bool {
	if len(s) > hostname.MaxLabel {
		return false
	}
	for word := range strings.SplitSeq(s, "-") {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	return true
}
