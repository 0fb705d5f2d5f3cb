package redact

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
)

// member is a struct field that may hold strings, with its name in a saved run.
type member struct {
	name  string
	index []int
}

var knownMembers sync.Map // reflect.Type to []member

// membersOf returns the members of a struct type sorted by name, including those of
// embedded structs.
func membersOf(t reflect.Type) []member {
	if known, ok := knownMembers.Load(t); ok {
		return known.([]member)
	}
	var all []member
	if t != reflect.TypeFor[time.Time]() {
		for _, f := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			embedded := f.Anonymous && name == ""
			if f.IsExported() && !embedded && !withoutStrings(f.Type) {
				all = append(all, member{cmp.Or(name, f.Name), f.Index})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b member) int { return cmp.Compare(a.name, b.name) })
	knownMembers.Store(t, all)
	return all
}

// withoutStrings reports whether no value of a type contains strings: numbers, and
// bytes.
func withoutStrings(t reflect.Type) bool {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() >= reflect.Bool && t.Kind() <= reflect.Complex128
}
