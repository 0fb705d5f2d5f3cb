// Package filltest puts a text into every string of a value, for tests of what must
// hold for all of them, those that are added later included.
package filltest

import (
	"reflect"
	"time"
)

// Bad is what no string may hold that is shown: an escape sequence, a control of 8
// bits, DEL, an override of direction, and marks piled up on one letter.
const Bad = "a\x1b]0;x\x07\u009b\x7f\u202e" + "o\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"

// deepest is as deep as a value is filled that holds others of its kind.
const deepest = 12

// Fill puts the text into every string that v points to: pointers get something to
// point to, lists and maps an element. Interfaces stay as they are.
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
