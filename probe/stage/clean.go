package stage

import "reflect"

// Clean makes every string that v points to, at any depth, safe to show ([Visible]).
// Every event passes through it on its way into a stream and out of a file. v is a
// pointer; nothing that it reaches may be shared with another writer.
func Clean(v any) { clean(reflect.ValueOf(v)) }

func clean(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			clean(v.Elem())
		}
	case reflect.Interface:
		cleanInterface(v)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				clean(f)
			}
		}
	case reflect.Slice, reflect.Array:
		if flat(v.Type().Elem().Kind()) {
			return
		}
		for i := range v.Len() {
			clean(v.Index(i))
		}
	case reflect.Map:
		cleanMap(v)
	case reflect.String:
		if s := v.String(); !plain(s) {
			v.SetString(Visible(s))
		}
	}
}

// flat reports whether values of a kind hold no strings.
func flat(k reflect.Kind) bool { return k >= reflect.Bool && k <= reflect.Complex128 }

// cleanInterface cleans the value that an interface holds. Facts are pointers.
func cleanInterface(v reflect.Value) {
	if v.IsNil() {
		return
	}
	if v.Elem().Kind() == reflect.Pointer {
		clean(v.Elem())
		return
	}
	c := reflect.New(v.Elem().Type()).Elem()
	c.Set(v.Elem())
	clean(c)
	v.Set(c)
}

func cleanMap(v reflect.Value) {
	if v.IsNil() || flat(v.Type().Key().Kind()) && flat(v.Type().Elem().Kind()) {
		return
	}
	for _, k := range v.MapKeys() {
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		key.Set(k)
		value.Set(v.MapIndex(k))
		clean(key)
		clean(value)
		if !key.Equal(k) {
			v.SetMapIndex(k, reflect.Value{})
		}
		v.SetMapIndex(key, value)
	}
}
