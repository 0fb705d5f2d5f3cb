package prose

import (
	"maps"
	"slices"
	"strings"
	"sync"
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

// slot returns what a slot holds.
func (a Args) slot(name string) Value { return a[name] }

// slots are the names of the slots that sentences fill, in order. There are not many
// of them, and very many sentences: the same names are kept once.
type slots struct {
	names []string

	// Of a sentence that stands in no table, and what fills slots that have no value.
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

// slot returns what a slot of a sentence holds.
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

// args are the slots of a sentence.
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
