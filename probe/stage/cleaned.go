package stage

import (
	"reflect"
	"sync"
)

// Cleaned returns a copy of v cleaned by [Clean] and leaves v unchanged. A run still
// needs the original, such as the user name to log in with. A value that is already
// safe to show is returned without copying.
func Cleaned[T any](v T) T {
	if fit(reflect.ValueOf(&v).Elem()) {
		return v
	}
	c := copied(reflect.ValueOf(&v).Elem())
	clean(c)
	return c.Interface().(T)
}

// fit reports whether every string of a value is safe to show.
func fit(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return v.IsNil() || fit(v.Elem())
	case reflect.Struct:
		for _, i := range textFields(v.Type()) {
			if !fit(v.Field(i)) {
				return false
			}
		}
	case reflect.Slice, reflect.Array:
		if flat(v.Type().Elem().Kind()) {
			return true
		}
		for i := range v.Len() {
			if !fit(v.Index(i)) {
				return false
			}
		}
	case reflect.Map:
		for m := v.MapRange(); m.Next(); { // a loop over Seq2 would allocate in every call
			if !fit(m.Key()) || !fit(m.Value()) {
				return false
			}
		}
	case reflect.String:
		return plain(v.String()) || Visible(v.String()) == v.String()
	}
	return true
}

// fieldsWithText maps a struct type to the indexes of its fields, see [textFields].
var fieldsWithText sync.Map

// textFields returns the indexes of those exported fields that can hold text. They are
// found once for each type: reflection allocates for every field that it describes, and
// every event of a run passes through here.
func textFields(t reflect.Type) []int {
	if known, ok := fieldsWithText.Load(t); ok {
		return known.([]int)
	}
	var fields []int
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() && !flat(f.Type.Kind()) {
			fields = append(fields, i)
		}
	}
	fieldsWithText.Store(t, fields)
	return fields
}

// copied returns a settable copy that shares with v nothing that [Clean] writes to.
func copied(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			p := reflect.New(v.Type().Elem())
			p.Elem().Set(copied(v.Elem()))
			out.Set(p)
		}
	case reflect.Interface:
		if !v.IsNil() {
			out.Set(copied(v.Elem()))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(copied(v.Field(i)))
			}
		}
	case reflect.Slice:
		if !v.IsNil() && !flat(v.Type().Elem().Kind()) {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(copied(v.Index(i)))
			}
		}
	case reflect.Map:
		if !v.IsNil() {
			out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
			for k, e := range v.Seq2() {
				out.SetMapIndex(k, copied(e))
			}
		}
	}
	return out
}
