package prose

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"maildoctor/probe/stage"
)

// Value is something to be said. The zero value says nothing, and a slot that holds it
// counts as empty. Values are immutable.
type Value struct {
	kind  kind
	text  string  // data, or the id of a sentence
	n     int64   // a count, bytes, or nanoseconds; for data and sentences: how many things they name
	items []Value // list elements or sentences; for used, two sizes; for a sentence, the values of its slots
	slots *slots  // for a sentence: the names of its slots, sorted
}

type kind byte

const (
	nothing kind = iota
	data
	sentence
	listAnd
	listOr
	listThen
	listAll
	sentences
	count
	inWords
	size
	used
	duration
	seconds
	brief
)

// ID identifies a sentence of the tables. IDs are stable, because they are in JSON next
// to the text.
type ID string

// Args maps the names of slots to their values.
type Args map[string]Value

// Data returns text that is not translated: a name, an address, a figure with its unit,
// text from a server or a file. It is made safe to show ([stage.Visible]).
func Data(s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{kind: data, text: stage.Visible(s)}
}

// Cut is like [Data], truncated to the given number of bytes.
func Cut(s string, most int) Value { return Data(Shorten(stage.Visible(s), most)) }

// Quoted is like [Data], in quotation marks as in Go.
func Quoted(s string) Value { return Data(strconv.Quote(stage.Visible(s))) }

// Set returns a value for a slot that only decides whether a line appears. It is empty
// if ok is false.
func Set(ok bool) Value {
	if !ok {
		return Value{}
	}
	return Value{kind: data, text: "yes"}
}

// Phrase returns a sentence of the tables. It is for the functions of package say; an
// id without a sentence is shown as it is.
func Phrase(id ID, args Args) Value {
	v := Value{kind: sentence, text: string(id)}
	if names := args.names(); len(names) > 0 {
		v.slots, v.items = slotsOf(names), make([]Value, len(names))
		for i, name := range names {
			v.items[i] = args[name]
		}
	}
	return v
}

// Filled returns a sentence that is in no table, such as one of a page. id
// distinguishes it from others, and general returns the value for slots that have none.
func Filled(id ID, t *Template, args Args, general func(slot string) Value) Value {
	v := Phrase(id, args)
	v.slots = &slots{names: args.names(), template: t, general: general}
	return v
}

// Brief returns v, of which at most the given number of bytes is shown. In a language
// with marks all of it is, so as not to cut the marks.
func Brief(v Value, most int) Value {
	if v.Empty() {
		return v
	}
	return Value{kind: brief, n: int64(most), items: []Value{v}}
}

// And returns a list, "a, b and c". Empty values are left out.
func And(items ...Value) Value { return listOf(listAnd, items) }

// Or returns a list of alternatives, "a, b or c".
func Or(items ...Value) Value { return listOf(listOr, items) }

// Then returns a sequence of statements, "a; b; c".
func Then(items ...Value) Value { return listOf(listThen, items) }

// All returns a list that is never shortened, "a, b, c".
func All(items ...Value) Value { return listOf(listAll, items) }

// Sentences returns complete sentences in sequence. Each has its full stop and all but
// the first an initial capital: "is it there? It is not."
func Sentences(items ...Value) Value {
	some := filledOnes(items)
	if some == nil {
		return Value{}
	}
	return Value{kind: sentences, items: some}
}

// Datas returns each string as [Data].
func Datas(all []string) []Value {
	var out []Value
	for _, s := range all {
		out = append(out, Data(s))
	}
	return out
}

func listOf(k kind, items []Value) Value {
	if i := onlyOne(items); i >= 0 {
		return items[i]
	}
	some := filledOnes(items)
	if some == nil {
		return Value{}
	}
	return Value{kind: k, items: some}
}

// onlyOne returns the index of the only value that is not empty, or -1 if there are
// none or several.
func onlyOne(items []Value) int {
	one := -1
	for i := range items {
		switch {
		case items[i].Empty():
		case one >= 0:
			return -1
		default:
			one = i
		}
	}
	return one
}

// filledOnes returns the values that are not empty. It allocates only as much as
// needed, because lists may be long.
func filledOnes(items []Value) []Value {
	n := 0
	for i := range items {
		if !items[i].Empty() {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	some := make([]Value, 0, n)
	for i := range items {
		if !items[i].Empty() {
			some = append(some, items[i])
		}
	}
	return some
}

// Count returns a number of things, in digits.
func Count(n int) Value { return Value{kind: count, n: int64(n)} }

// Figure returns a number that isn't a count, such as a port.
func Figure(n int) Value { return Data(strconv.Itoa(n)) }

// InWords returns a number of things, in words up to ten.
func InWords(n int) Value { return Value{kind: inWords, n: int64(n)} }

// Size returns a size in bytes, "700 MB".
func Size(bytes int64) Value { return Value{kind: size, n: bytes} }

// Used returns a size that is part of another, "38 of 700 MB".
func Used(bytes, of int64) Value { return Value{kind: used, items: []Value{Size(bytes), Size(of)}} }

// Duration returns a duration with appropriate precision: "0.2 ms", "41 ms", "1.2 s".
func Duration(m stage.Millis) Value { return Value{kind: duration, n: int64(m.Duration())} }

// Seconds returns a time limit: "10 s", "2.5 s".
func Seconds(m stage.Millis) Value { return Value{kind: seconds, n: int64(m.Duration())} }

// Day returns a date in UTC, "2026-11-27". It is empty for the zero time.
func Day(t time.Time) Value { return at(t, time.DateOnly) }

// Minute returns a time in UTC, "2026-11-27 12:00 UTC". It is empty for the zero time.
func Minute(t time.Time) Value { return at(t, "2006-01-02 15:04 MST") }

// Second returns a time in UTC in RFC 3339 format, "2026-11-27T12:00:00Z". It is empty
// for the zero time.
func Second(t time.Time) Value { return at(t, time.RFC3339) }

func at(t time.Time, layout string) Value {
	if t.IsZero() {
		return Value{}
	}
	return Data(t.UTC().Format(layout))
}

// Empty reports whether there is nothing to say.
func (v Value) Empty() bool { return v.kind == nothing }

// ID returns the id of a sentence, or "" for any other value.
func (v Value) ID() ID {
	if v.kind == sentence {
		return ID(v.text)
	}
	return ""
}

// Arg returns the value in a sentence's slot.
func (v Value) Arg(slot string) Value { return v.slot(slot) }

// Items returns the elements of a list, or the sentences of a sequence. Any other
// value, including "a or b", is returned as the only element.
func (v Value) Items() []Value {
	switch v.kind {
	case nothing:
		return nil
	case listAnd, listThen, listAll, sentences:
		return v.items
	}
	return []Value{v}
}

// Of returns the value marked as naming n things, regardless of its form: "ports 110
// and 995" are two.
func (v Value) Of(n int) Value {
	if v.kind == data || v.kind == sentence {
		v.n = int64(n)
	}
	return v
}

// Number returns how many things the value names: a count, the length of a list, or the
// argument of [Value.Of].
func (v Value) Number() int {
	switch v.kind {
	case count, inWords:
		return int(v.n)
	case data, sentence:
		return max(1, int(v.n))
	}
	return len(v.Items())
}

// Key returns a string that is equal exactly for equal values.
func (v Value) Key() string {
	var b strings.Builder
	v.key(&b)
	return b.String()
}

func (v Value) key(b *strings.Builder) {
	b.WriteByte('0' + byte(v.kind))
	b.WriteString(strconv.Quote(v.text))
	b.WriteString(strconv.FormatInt(v.n, 10))
	for i, item := range v.items {
		if v.slots != nil {
			b.WriteString(v.slots.names[i])
		}
		item.key(b)
	}
	b.WriteByte('.')
}

// Equal reports whether two values are equal.
func (v Value) Equal(o Value) bool { return same(&v, &o) }

func same(a, b *Value) bool {
	if a.kind != b.kind || a.text != b.text || a.n != b.n || len(a.items) != len(b.items) || (a.slots == nil) != (b.slots == nil) {
		return false
	}
	if a.slots != nil && a.slots != b.slots && !slices.Equal(a.slots.names, b.slots.names) {
		return false
	}
	for i := range a.items {
		if !same(&a.items[i], &b.items[i]) {
			return false
		}
	}
	return true
}

// AppendNew appends a value unless it is already in the list. It searches from the end,
// where duplicates are likely.
func AppendNew(list []Value, v Value) []Value {
	for i := len(list) - 1; i >= 0; i-- {
		if same(&list[i], &v) {
			return list
		}
	}
	return append(list, v)
}

// MarshalJSON implements [json.Marshaler]: data is a string, a sentence {"id", "args"},
// a list an array, a count or size a number, and a time a number of milliseconds.
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.kind {
	case nothing:
		return []byte("null"), nil
	case sentence:
		return json.Marshal(struct {
			ID   ID   `json:"id"`
			Args Args `json:"args,omitempty"`
		}{ID(v.text), v.args()})
	case listAnd, listOr, listThen, listAll, sentences, used:
		return json.Marshal(v.items)
	case brief:
		return json.Marshal(v.items[0])
	case count, inWords, size:
		return json.Marshal(v.n)
	case duration, seconds:
		return json.Marshal(stage.Ms(time.Duration(v.n)))
	}
	return json.Marshal(v.text)
}
