package prose

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// names returns the names of the filled slots, sorted.
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

// slot returns the value of a slot.
func (a Args) slot(name string) Value { return a[name] }

// slots are the names of a sentence's slots, sorted. There are few different sets of
// names and very many sentences, so each set is stored once.
type slots struct {
	names []string

	// Only for a sentence that is in no table: its template, and a function that gives
	// the values of empty slots.
	template *Template
	general  func(slot string) Value
}

var knownSlots sync.Map // *slots, by the names

func slotsOf(names []string) *slots {
	key := strings.Join(names, " ")
	if s, ok := knownSlots.Load(key); ok {
		return s.(*slots)
	}
	s, _ := knownSlots.LoadOrStore(key, &slots{names: names})
	return s.(*slots)
}

// slot returns the value of a sentence's slot.
func (v *Value) slot(name string) Value {
	if v.slots == nil {
		return Value{}
	}
	i, ok := slices.BinarySearch(v.slots.names, name)
	if !ok {
		return Value{}
	}
	return v.items[i]
}

// args returns the slots of a sentence.
func (v *Value) args() Args {
	if v.slots == nil {
		return nil
	}
	a := make(Args, len(v.items))
	for i, name := range v.slots.names {
		a[name] = v.items[i]
	}
	return a
}

// Shorten truncates a line to at most the given number of bytes, at a rune boundary,
// and marks that it did.
func Shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + "..."
}
