// Package redact removes from a saved run what identifies the person who made it:
// account names, the addresses and names of the machine and its network, and the names
// of hosts in that network, such as a proxy. Each is replaced by the same stand-in
// wherever it occurs, so that relations are preserved.
//
// The input is a stream, and the output is another one that leads to the same findings.
// The provider's domain and servers, their replies and certificates, numbers and times
// are kept.
package redact

import (
	"cmp"
	"reflect"
	"slices"

	"maildoctor/probe/stage"
)

// Stream returns a redacted copy of s, and the number of different things replaced.
func Stream(s *stage.Stream) (*stage.Stream, int) {
	clean := s.Clone()
	return clean, InPlace(clean)
}

// InPlace is like [Stream], but modifies s.
func InPlace(s *stage.Stream) int {
	n := newNames(s)
	n.walk(reflect.ValueOf(s).Elem(), "")
	return n.count()
}

// untouched are the members of a saved run in which nothing is replaced, because they
// hold maildoctor's own text, or bytes.
var untouched = map[string]bool{
	"type": true, "check": true, "stage": true, "status": true, "reason": true, "fault": true, "kind": true,
	"id": true, "question": true, "why": true, "parents": true, "sha256": true, "outcome": true, "from": true,
	"version": true, "commit": true, "security": true, "protocol": true, "with": true,
}

// walk replaces names in every string of a settable value. key is the name of the
// member that holds it.
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

// walkMap replaces names in the values of a map, in key order, so that stand-ins are
// deterministic.
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
	case key == "path", key == "place": // a file on this machine: its location identifies the user
		return "FILE"
	case key == "account": // named by the user, who may have written anything
		return "ACCOUNT"
	case key == "label", key == "labels": // likewise, in a smoke file
		return "LABEL"
	case key == "location":
		return n.replace(withoutPath(s))
	}
	return n.replace(s)
}
