package strict

import (
	"bytes"
	"errors"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// Value is a TOML value with its position.
type Value struct {
	At    int // offset in the text
	Kind  unstable.Kind
	Text  string // the content of a string; other scalars as written
	Items []*Value
	Table *Table
}

// Table is a TOML table, its keys in the order of the file.
type Table struct {
	At      int // where it begins: its header's key, its brace, 0 for the whole file
	Entries []*Entry
	index   map[string]*Entry
	defined bool // by a header or as a value; a second definition would be an error
}

type Entry struct {
	Key   string
	At    int
	Value *Value
}

func (t *Table) Get(key string) *Entry { return t.index[key] }

func (t *Table) put(k key, v *Value) {
	e := &Entry{k.name, k.at, v}
	if t.index == nil {
		t.index = map[string]*Entry{}
	}
	t.index[k.name] = e
	t.Entries = append(t.Entries, e)
}

// Parse parses the text as TOML. It returns nil if the text cannot be parsed to
// its end. Duplicates are reported and parsing continues. This tree is our own
// because a decoder into structs stops at the first value of a wrong type and loses
// the positions of the right ones.
func (d *Document) Parse() *Table {
	b := builder{d: d, root: &Table{defined: true}}
	b.current = b.root
	b.parser.Reset(d.text)
	for b.parser.NextExpression() {
		n := b.parser.Expression()
		switch n.Kind {
		case unstable.Table:
			b.current = b.header(n, false)
		case unstable.ArrayTable:
			b.current = b.header(n, true)
		case unstable.KeyValue:
			b.keyValue(b.current, n)
		}
	}
	if err := b.parser.Error(); err != nil {
		at := 0
		if e, ok := errors.AsType[*unstable.ParserError](err); ok {
			at = int(b.parser.Range(e.Highlight).Offset)
		}
		// The problems so far may be consequences of the syntax error, so only that
		// is reported.
		d.found = nil
		d.Wrong(at, "not TOML: %s", d.syntax(err))
		return nil
	}
	return b.root
}

// Check lets the library check rules of TOML that Parse doesn't know, such
// as numbers out of range. It comes last because it stops at the first error.
func (d *Document) Check() {
	var all map[string]any
	err := toml.Unmarshal(d.text, &all)
	if err == nil {
		return
	}
	at := 0
	if e, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, column := e.Position()
		at = min(d.lines[line-1]+column-1, len(d.text))
	}
	d.Wrong(at, "not TOML: %s", d.syntax(err))
}

// shown are the parts of the library's messages that repeat the text.
var shown = regexp.MustCompile(`( but got|: strconv\.|: invalid syntax)?[ :]*(U\+[0-9A-F]+ '.*'|ParseFloat.*|".*")`)

// syntax returns the library's message; in a discreet document, without what it repeats
// of the text.
func (d *Document) syntax(err error) string {
	message := strings.TrimPrefix(err.Error(), "toml: ")
	if d.Discreet {
		message = shown.ReplaceAllString(message, "")
	}
	return message
}

type builder struct {
	d       *Document
	parser  unstable.Parser
	root    *Table
	current *Table
}

// key is one part of a dotted key.
type key struct {
	name    string
	at, end int // offsets
}

func keys(n *unstable.Node) []key {
	var parts []key
	for it := n.Key(); it.Next(); {
		raw := it.Node().Raw
		parts = append(parts, key{string(it.Node().Data), int(raw.Offset), int(raw.Offset + raw.Length)})
	}
	return parts
}

// header processes [a.b] or [[a.b]] and returns the table that it opens.
func (b *builder) header(n *unstable.Node, array bool) *Table {
	path := keys(n)
	parent := b.descend(b.root, path[:len(path)-1])
	last := path[len(path)-1]
	e := parent.Get(last.name)
	fresh := &Table{At: last.at, defined: true}
	switch {
	case array && e == nil:
		parent.put(last, &Value{At: last.at, Kind: unstable.ArrayTable, Items: []*Value{tableValue(fresh)}})
	case array && e.Value.Kind == unstable.ArrayTable:
		e.Value.Items = append(e.Value.Items, tableValue(fresh))
	case !array && e == nil:
		parent.put(last, tableValue(fresh))
	case !array && e.Value.Table != nil && !e.Value.Table.defined:
		e.Value.Table.defined, e.Value.Table.At = true, last.at
		return e.Value.Table
	default:
		b.twice(last, e)
	}
	return fresh
}

func tableValue(t *Table) *Value {
	return &Value{At: t.At, Kind: unstable.InlineTable, Table: t}
}

// keyValue processes a.b = value within t.
func (b *builder) keyValue(t *Table, n *unstable.Node) {
	path := keys(n)
	last := path[len(path)-1]
	t = b.descend(t, path[:len(path)-1])
	if e := t.Get(last.name); e != nil {
		b.twice(last, e)
		return
	}
	v := b.value(n.Value(), last.at)
	if v.Kind == unstable.Array {
		// Between a key and its value are an equals sign and spaces.
		v.At = last.end + bytes.IndexByte(b.d.text[last.end:], '[')
	}
	t.put(last, v)
}

// descend follows the keys from t, creating missing tables. If a key has another
// kind of value, that is reported and a table outside the tree is returned.
func (b *builder) descend(t *Table, path []key) *Table {
	for _, k := range path {
		e := t.Get(k.name)
		switch {
		case e == nil:
			next := &Table{At: k.at}
			t.put(k, tableValue(next))
			t = next
		case e.Value.Table != nil:
			t = e.Value.Table
		case e.Value.Kind == unstable.ArrayTable:
			t = e.Value.Items[len(e.Value.Items)-1].Table
		default:
			b.twice(k, e)
			return &Table{At: k.at}
		}
	}
	return t
}

func (b *builder) twice(k key, first *Entry) {
	b.d.Wrong(k.at, "%s stands here a second time; it was given on line %d", Quote(k.name), b.d.Line(first.At))
}

// value copies a node. Arrays have no position of their own in the parser's tree:
// they get the position at, that of what contains them.
func (b *builder) value(n *unstable.Node, at int) *Value {
	if n.Raw.Length > 0 {
		at = int(n.Raw.Offset)
	}
	v := &Value{At: at, Kind: n.Kind}
	switch n.Kind {
	case unstable.Array:
		for it := n.Children(); it.Next(); {
			v.Items = append(v.Items, b.value(it.Node(), at))
		}
	case unstable.InlineTable:
		v.Table = &Table{At: at, defined: true}
		for it := n.Children(); it.Next(); {
			b.keyValue(v.Table, it.Node())
		}
	default:
		v.Text = string(bytes.Clone(n.Data))
	}
	return v
}
