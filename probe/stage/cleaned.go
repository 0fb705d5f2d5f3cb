package stage

import "reflect"

// Cleaned returns a copy of what v points to, cleaned by [Clean], and leaves v unchanged.
// A run still needs the original, such as the user name to log in with. Where everything
// is safe to show already, it returns v itself.
func Cleaned[T any](v *T) *T {
	if fit(reflect.ValueOf(v).Elem()) {
		return v
	}
	c := copied(reflect.ValueOf(v))
	clean(c)
	return c.Interface().(*T)
}

// fit reports whether every string of a value is safe to show.
func fit(v reflect.Value) bool { return inspectionOf(v.Type()).fit(v) }

func (in *inspection) fit(v reflect.Value) bool {
	switch in.kind {
	case reflect.Pointer:
		return v.IsNil() || in.inside == nil || in.inside.fit(v.Elem())
	case reflect.Interface:
		return v.IsNil() || fit(v.Elem())
	case reflect.Struct:
		for _, f := range in.fields {
			if !f.fit(v.Field(f.index)) {
				return false
			}
		}
	case reflect.Slice, reflect.Array:
		if in.inside == nil {
			return true
		}
		for i := range v.Len() {
			if !in.inside.fit(v.Index(i)) {
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
