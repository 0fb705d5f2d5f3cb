// Package redact takes from a saved run what tells who made it: account names,
// the addresses of the machine and of its network, its names, and those of what
// stands in that network, such as a proxy. Each is
// replaced by the same stand-in wherever it occurs, so that what belongs
// together still does.
//
// In comes a stream, out goes another one, from which the same findings follow.
// What remains: the provider's domain and servers, their
// replies and certificates, figures and times.
package redact

import (
	"cmp"
	"reflect"
	"slices"

	"maildoctor/probe/stage"
)

// Stream returns a redacted copy of s, and how many different things were replaced.
func Stream(s *stage.Stream) (*stage.Stream, int) {
	clean := s.Clone()
	return clean, InPlace(clean)
}

// InPlace is [Stream] for who doesn't need what was there before.
func InPlace(s *stage.Stream) int {
	n := newNames(s)
	n.walk(reflect.ValueOf(s).Elem(), "")
	return n.count()
}

// untouched are the members, by their names in a saved run, in which nothing is
// replaced: they hold words of our own, or bytes.
var untouched = map[string]bool{
	"type": true, "check": true, "stage": true, "status": true, "reason": true, "fault": true, "kind": true,
	"id": true, "question": true, "why": true, "parents": true, "sha256": true, "outcome": true, "from": true,
	"version": true, "commit": true, "security": true, "protocol": true, "with": true,
}

// walk replaces names in every string of a value that can be set. key is the member
// that holds it.
func (n *names) walk(v reflect.Value, key string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.text(v.String(), key))
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			n.walk(v.Elem(), key)
		}
	case reflect.Slice:
		for i := range v.Len() {
			n.walk(v.Index(i), key)
		}
	case reflect.Map:
		n.walkMap(v)
	case reflect.Struct:
		for _, m := range membersOf(v.Type()) {
			n.walk(v.FieldByIndex(m.index), m.name)
		}
	}
}

// walkMap replaces names in the values of a map, in order, for the same stand-ins each
// time.
func (n *names) walkMap(v reflect.Value) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
	for _, k := range keys {
		e := reflect.New(v.Type().Elem()).Elem()
		e.Set(v.MapIndex(k))
		n.walk(e, k.String())
		v.SetMapIndex(k, e)
	}
}

func (n *names) text(s, key string) string {
	switch {
	case s == "" || untouched[key]:
		return s
	case key == "path": // of a file of this computer: where it is tells who uses it
		return "FILE"
	case key == "location":
		return n.replace(withoutPath(s))
	}
	return n.replace(s)
}
