package jsonreport_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"maildoctor/report/jsonreport"
)

// validator checks values against the part of JSON Schema that the schema of
// this package uses. It is stricter than the standard in one thing: a member
// that the schema does not describe is an error.
type validator struct {
	root map[string]any
	errs []string
}

func newValidator(t *testing.T) *validator {
	t.Helper()
	v := &validator{}
	if err := json.Unmarshal(jsonreport.Schema(), &v.root); err != nil {
		t.Fatal(err)
	}
	return v
}

// check validates a document and returns what is wrong with it.
func (v *validator) check(value any) []string {
	v.errs = nil
	v.value("$", value, v.root)
	return v.errs
}

func (v *validator) errorf(format string, args ...any) {
	v.errs = append(v.errs, fmt.Sprintf(format, args...))
}

func (v *validator) value(path string, value any, s map[string]any) {
	if ref, ok := s["$ref"].(string); ok {
		v.value(path, value, v.ref(ref))
	}
	for keyword := range s {
		if !slices.Contains(keywords, keyword) {
			v.errorf("%s: the validator does not know the keyword %q", path, keyword)
		}
	}
	if want, ok := s["type"]; ok && !isType(value, want) {
		v.errorf("%s: %T is not of type %v", path, value, want)
		return
	}
	if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, value) {
		v.errorf("%s: %v is none of %v", path, value, enum)
	}
	if want, ok := s["const"]; ok && value != want {
		v.errorf("%s: %v is not %v", path, value, want)
	}
	if n, ok := value.(float64); ok {
		if least, ok := s["minimum"].(float64); ok && n < least {
			v.errorf("%s: %v is less than %v", path, n, least)
		}
		if most, ok := s["maximum"].(float64); ok && n > most {
			v.errorf("%s: %v is more than %v", path, n, most)
		}
	}
	switch value := value.(type) {
	case []any:
		if items, ok := s["items"].(map[string]any); ok {
			for i, x := range value {
				v.value(fmt.Sprintf("%s[%d]", path, i), x, items)
			}
		}
	case map[string]any:
		v.object(path, value, s)
	}
}

func (v *validator) object(path string, value, s map[string]any) {
	for _, name := range asList(s["required"]) {
		if _, ok := value[name.(string)]; !ok {
			v.errorf("%s: %s is missing", path, name)
		}
	}
	described := v.members(value, s)
	props, _ := s["properties"].(map[string]any)
	for name, x := range value {
		at := path + "." + name
		if p, ok := props[name].(map[string]any); ok {
			v.value(at, x, p)
		} else if p, ok := s["additionalProperties"].(map[string]any); ok {
			v.value(at, x, p)
		} else if props != nil && !described[name] && s["$ref"] == nil {
			v.errorf("%s is not described", at)
		}
	}
	for _, sub := range asList(s["allOf"]) {
		sub := sub.(map[string]any)
		if holds(value, sub["if"].(map[string]any)) {
			for name, p := range sub["then"].(map[string]any)["properties"].(map[string]any) {
				if x, ok := value[name]; ok {
					v.value(path+"."+name, x, p.(map[string]any))
				}
			}
		}
	}
}

// members returns what else an object may contain: nothing is known of one whose
// type depends on a sibling, and its parent describes it.
func (v *validator) members(value, s map[string]any) map[string]bool {
	known := make(map[string]bool)
	if props, _ := s["properties"].(map[string]any); len(props) == 0 {
		for name := range value {
			known[name] = true
		}
	}
	return known
}

// holds evaluates an "if" that compares members with constants.
func holds(value, condition map[string]any) bool {
	for name, p := range condition["properties"].(map[string]any) {
		if value[name] != p.(map[string]any)["const"] {
			return false
		}
	}
	return true
}

func (v *validator) ref(ref string) map[string]any {
	name, _ := strings.CutPrefix(ref, "#/$defs/")
	s, ok := v.root["$defs"].(map[string]any)[name].(map[string]any)
	if !ok {
		v.errorf("no such reference: %s", ref)
		return map[string]any{}
	}
	return s
}

var keywords = []string{
	"$schema", "$defs", "$ref", "title", "description", "type", "properties", "required", "items", "enum", "const",
	"minimum", "maximum", "format", "additionalProperties", "allOf",
}

func asList(x any) []any {
	l, _ := x.([]any)
	return l
}

func isType(value, want any) bool {
	for _, w := range append(asList(want), want) {
		switch w {
		case "string":
			if _, ok := value.(string); ok {
				return true
			}
		case "number":
			if _, ok := value.(float64); ok {
				return true
			}
		case "integer":
			if n, ok := value.(float64); ok && n == float64(int64(n)) {
				return true
			}
		case "boolean":
			if _, ok := value.(bool); ok {
				return true
			}
		case "array":
			if _, ok := value.([]any); ok {
				return true
			}
		case "object":
			if _, ok := value.(map[string]any); ok {
				return true
			}
		case "null":
			if value == nil {
				return true
			}
		}
	}
	return false
}

// described lists the members that a Go type has in JSON.
func described(t reflect.Type) map[string]reflect.Type {
	out := make(map[string]reflect.Type)
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			for n, x := range described(f.Type) {
				out[n] = x
			}
		case f.IsExported() && name != "-":
			out[name] = f.Type
		}
	}
	return out
}
