package prose

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"maildoctor/probe/stage"
)

// Value is something to be said. The zero value says nothing, and a slot that
// holds it counts as empty. Values are immutable.
type Value struct {
	kind  kind
	text  string  // data, or the sentence's id
	n     int64   // a count, bytes, or nanoseconds; of data and sentences: how many things it names
	items []Value // of a list, or sentences; of used, two sizes; of a sentence: what its slots hold
	slots *slots  // of a sentence: the names of those, in order
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

// ID names a sentence of the tables. Ids are stable: they stand in JSON beside the
// text.
type ID string

// Args are the values of slots, by the slots' names.
type Args map[string]Value

// Data is text that is not translated: a name, an address, a figure with its unit,
// what a server or a file says. Letters that would draw on a terminal are made
// visible ([stage.Visible]).
func Data(s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{kind: data, text: stage.Visible(s)}
}

// Cut is [Data] of which at most so many bytes are shown.
func Cut(s string, most int) Value { return Data(Shorten(stage.Visible(s), most)) }

// Quoted is [Data] in quotation marks, as Go writes them.
func Quoted(s string) Value { return Data(strconv.Quote(stage.Visible(s))) }

// Set is a value for slots that only decide whether a line stands; nothing where
// ok is false.
func Set(ok bool) Value {
	if !ok {
		return Value{}
	}
	return Value{kind: data, text: "yes"}
}

// Phrase is a sentence of the tables. Package say has a function for each, which
// is how they are made; an id without a sentence shows as itself.
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

// Filled is a sentence that stands in no table, such as one of a page. id tells it from
// others, and general says what stands in slots that have no value.
func Filled(id ID, t *Template, args Args, general func(slot string) Value) Value {
	v := Phrase(id, args)
	v.slots = &slots{names: args.names(), template: t, general: general}
	return v
}

// Brief is a value of which at most so many bytes are shown. With marks all of it is:
// they would be cut apart.
func Brief(v Value, most int) Value {
	if v.Empty() {
		return v
	}
	return Value{kind: brief, n: int64(most), items: []Value{v}}
}

// And is a list, "a, b and c"; empty values are left out.
func And(items ...Value) Value { return listOf(listAnd, items) }

// Or is a list of which one holds, "a, b or c".
func Or(items ...Value) Value { return listOf(listOr, items) }

// Then is several things said one after the other, "a; b; c".
func Then(items ...Value) Value { return listOf(listThen, items) }

// All is a list that leaves nothing out, "a, b, c".
func All(items ...Value) Value { return listOf(listAll, items) }

// Sentences are whole sentences one after the other: each has its full stop, and
// each but the first a capital, "is it there? It is not."
func Sentences(items ...Value) Value {
	some := filledOnes(items)
	if some == nil {
		return Value{}
	}
	return Value{kind: sentences, items: some}
}

// Datas are several [Data].
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

// onlyOne returns the place of the value that alone is not empty; -1 where there is
// none, or several.
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

// filledOnes leaves out empty values. Lists may be long: they take as much as they
// need.
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

// Count is a number of things, in digits.
func Count(n int) Value { return Value{kind: count, n: int64(n)} }

// Figure is a number that counts nothing, such as a port.
func Figure(n int) Value { return Data(strconv.Itoa(n)) }

// InWords is a number of things, in words up to ten.
func InWords(n int) Value { return Value{kind: inWords, n: int64(n)} }

// Size is a size in bytes, "700 MB".
func Size(bytes int64) Value { return Value{kind: size, n: bytes} }

// Used is a size that is part of another, "38 of 700 MB".
func Used(bytes, of int64) Value { return Value{kind: used, items: []Value{Size(bytes), Size(of)}} }

// Duration is a time as precise as its size deserves: "0.2 ms", "41 ms", "1.2 s".
func Duration(m stage.Millis) Value { return Value{kind: duration, n: int64(m.Duration())} }

// Seconds is a limit of time: "10 s", "2.5 s".
func Seconds(m stage.Millis) Value { return Value{kind: seconds, n: int64(m.Duration())} }

// Day is a date in UTC, "2026-11-27"; nothing for no time.
func Day(t time.Time) Value { return at(t, time.DateOnly) }

// Minute is a point of time in UTC, "2026-11-27 12:00 UTC"; nothing for no time.
func Minute(t time.Time) Value { return at(t, "2006-01-02 15:04 MST") }

// Second is a point of time in UTC as RFC 3339 writes it, "2026-11-27T12:00:00Z";
// nothing for no time.
func Second(t time.Time) Value { return at(t, time.RFC3339) }

func at(t time.Time, layout string) Value {
	if t.IsZero() {
		return Value{}
	}
	return Data(t.UTC().Format(layout))
}

// Empty reports whether there is nothing to say.
func (v Value) Empty() bool { return v.kind == nothing }

// ID returns the id of a sentence; "" for any other value.
func (v Value) ID() ID {
	if v.kind == sentence {
		return ID(v.text)
	}
	return ""
}

// Arg returns the value in a sentence's slot.
func (v Value) Arg(slot string) Value { return v.slot(slot) }

// Items returns the parts of a list of several things, or the sentences that stand
// one after the other. A value that is one thing is its own only part, and so is "a
// or b", of which one holds.
func (v Value) Items() []Value {
	switch v.kind {
	case nothing:
		return nil
	case listAnd, listThen, listAll, sentences:
		return v.items
	}
	return []Value{v}
}

// Of returns the value as one that names so many things, whichever its form is:
// "ports 110 and 995" are two.
func (v Value) Of(n int) Value {
	if v.kind == data || v.kind == sentence {
		v.n = int64(n)
	}
	return v
}

// Number returns how many there are: a count, the length of a list, or what
// [Value.Of] says.
func (v Value) Number() int {
	switch v.kind {
	case count, inWords:
		return int(v.n)
	case data, sentence:
		return max(1, int(v.n))
	}
	return len(v.Items())
}

// Key is the same for equal values, and for them alone.
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

// Equal reports whether two values say the same.
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

// AppendNew appends a value unless the list has it. The last entries are looked at
// first, where repeats stand.
func AppendNew(list []Value, v Value) []Value {
	for i := len(list) - 1; i >= 0; i-- {
		if same(&list[i], &v) {
			return list
		}
	}
	return append(list, v)
}

// MarshalJSON writes data as a string, a sentence as {"id", "args"}, a list as an
// array, a count or size as a number, a time in milliseconds.
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
