package importer

import (
	"maps"
	"slices"
	"strings"

	"maildoctor/profiles"
)

// Beside takes out of profiles what hand-kept ones know better: their domains, their
// mail exchangers, and whole profiles of which nothing else is left. One whose id is
// taken gets another.
func Beside(all []*profiles.Profile, kept *profiles.Catalogue, report *Report) []*profiles.Profile {
	var out []*profiles.Profile
	ids := map[string]bool{}
	for _, p := range all {
		file := p.File
		owners := map[string]int{}
		p.Domains = slices.DeleteFunc(p.Domains, func(d string) bool { return known(kept, d, owners) })
		p.MX = slices.DeleteFunc(p.MX, func(m string) bool { return known(kept, strings.TrimPrefix(m, "*."), owners) })
		for _, id := range sorted(owners) {
			report.add(Conflict, file, 0, "the hand-kept profile %s knows some of it, and wins", id)
		}
		if len(p.Domains) == 0 {
			report.add(Skipped, file, 0, "hand-kept profiles know all of it")
			continue
		}
		for kept.Profile(p.ID) != nil || ids[p.ID] {
			p.ID += "-imported"
		}
		ids[p.ID] = true
		out = append(out, p)
	}
	return out
}

// known reports whether a hand-kept profile has a domain, and notes which. A name that
// its patterns are about is no domain of addresses: it is of their servers.
func known(kept *profiles.Catalogue, domain string, owners map[string]int) bool {
	if m, err := kept.Find(domain); err == nil {
		owners[m.Profile.ID]++
		return true
	}
	for _, p := range kept.Profiles() {
		for _, pattern := range slices.Concat(p.Patterns, p.MX) {
			base, ok := strings.CutPrefix(pattern, "*.")
			if ok && (base == domain || strings.HasSuffix(base, "."+domain) || strings.HasSuffix(domain, "."+base) && !has(kept, base)) {
				owners[p.ID]++
				return true
			}
		}
	}
	return false
}

// has reports whether a name is a domain of addresses, below which others may be.
func has(kept *profiles.Catalogue, name string) bool {
	_, err := kept.Find(name)
	return err == nil
}

func sorted(set map[string]int) []string { return slices.Sorted(maps.Keys(set)) }
