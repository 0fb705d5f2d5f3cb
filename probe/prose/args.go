package prose

import (
	"maps"
	"slices"
	"unicode/utf8"
)

// names returns the slots that hold something, in order.
func (a Args) names() []string {
	var out []string
	for name := range maps.Keys(a) {
		if !a[name].Empty() {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Shorten cuts a line to so many bytes at a rune's boundary, and shows that it did.
func Shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + "..."
}
