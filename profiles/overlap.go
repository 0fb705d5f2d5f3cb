package profiles

import "slices"

// Overlap is a name of one profile that is within a pattern of another. The narrower
// one takes precedence. This is no error, but may be unintended.
type Overlap struct {
	Name    string // "mi.rr.com", or "*.mi.rr.com"
	Profile *Profile
	Pattern string // "*.rr.com"
	Of      *Profile
}

// Overlaps returns the names that profiles take out of each other's patterns, both
// domains and mail exchangers, in the order of the profiles and of their files.
func Overlaps(profiles ...*Profile) []Overlap {
	var out []Overlap
	for _, of := range profiles {
		if len(of.Patterns)+len(of.MX) == 0 {
			continue
		}
		for _, p := range profiles {
			if p == of {
				continue
			}
			taken := slices.Concat(within(of.Patterns, p.Domains), within(of.Patterns, p.Patterns), within(of.MX, p.MX))
			for _, t := range taken {
				out = append(out, Overlap{Name: t.name, Profile: p, Pattern: t.pattern, Of: of})
			}
		}
	}
	return out
}

type inside struct{ name, pattern string }

// within returns the entries that are within one of the patterns, each with the
// pattern.
func within(patterns, entries []string) []inside {
	if len(patterns) == 0 {
		return nil
	}
	var out []inside
	for _, e := range entries {
		if i := slices.IndexFunc(patterns, func(p string) bool { return covers(p, e) }); i >= 0 {
			out = append(out, inside{e, patterns[i]})
		}
	}
	return out
}
