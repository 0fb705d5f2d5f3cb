package stage

import (
	"reflect"
	"sync"
)

// inspection is how to find the strings of a type. It is found once for each type:
// reflection allocates for every field that it describes, and every event of a run
// passes through here.
type inspection struct {
	kind   reflect.Kind
	inside *inspection // of the elements of a pointer, slice or array; nil: there is no text in them
	fields []inspected // of a struct: those that can hold text
}

type inspected struct {
	index int
	*inspection
}

// inspections maps each reflect.Type seen to its [inspection].
var inspections sync.Map

func inspectionOf(t reflect.Type) *inspection {
	if known, ok := inspections.Load(t); ok {
		return known.(*inspection)
	}
	in := inspect(t, make(map[reflect.Type]*inspection))
	inspections.Store(t, in) // only now, because another goroutine may use it at once
	return in
}

// inspect finds the strings of a type. begun are the types above it, which it may
// contain again.
func inspect(t reflect.Type, begun map[reflect.Type]*inspection) *inspection {
	if in := begun[t]; in != nil {
		return in
	}
	in := &inspection{kind: t.Kind()}
	begun[t] = in
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		if !flat(t.Elem().Kind()) {
			in.inside = inspect(t.Elem(), begun)
		}
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && !flat(f.Type.Kind()) {
				in.fields = append(in.fields, inspected{i, inspect(f.Type, begun)})
			}
		}
	}
	return in
}
