// Package filltest fills every string of a value with a text. It is for tests of
// properties that must hold for all strings, including those of members added later.
package filltest

import (
	"reflect"
	"time"
)

// Bad contains what no displayed string may contain: an escape sequence, an 8-bit
// control character, DEL, a directional override, and piled-up combining marks.
const Bad = "a\x1b]0;x\x07\u009b\x7f\u202e" + "o\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"

// deepest is how deep a recursive type is filled.
const deepest = 12

// Fill sets every string that v points to. Pointers are allocated, and lists and maps
// get one element. Interfaces are left unchanged.
func Fill(v any, text string) { fill(reflect.ValueOf(v).Elem(), text, 0) }

func fill(v reflect.Value, text string, depth int) {
	if depth > deepest || v.Type() == reflect.TypeFor[time.Time]() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text, depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				fill(f, text, depth+1)
			}
		}
	case reflect.Slice:
		if k := v.Type().Elem().Kind(); k < reflect.Bool || k > reflect.Complex128 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fill(v.Index(0), text, depth+1)
		}
	case reflect.Map:
		m := reflect.MakeMap(v.Type())
		k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(k, text, depth+1)
		fill(e, text, depth+1)
		m.SetMapIndex(k, e)
		v.Set(m)
	}
}
