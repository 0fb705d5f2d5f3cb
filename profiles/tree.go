package profiles

import (
	"bytes"
	"errors"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// value is a TOML value with its position.
type value struct {
	at    int // offset in the text
	kind  unstable.Kind
	text  string // the content of a string; other scalars as written
	items []*value
	table *table
}

// table is a TOML table, its keys in the order of the file.
type table struct {
	at      int // where it begins: its header's key, its brace, 0 for the whole file
	entries []*entry
	index   map[string]*entry
	defined bool // by a header or as a value; a second definition would be an error
}

type entry struct {
	key   string
	at    int
	value *value
}

func (t *table) get(key string) *entry { return t.index[key] }

func (t *table) put(k key, v *value) {
	e := &entry{k.name, k.at, v}
	if t.index == nil {
		t.index = map[string]*entry{}
	}
	t.index[k.name] = e
	t.entries = append(t.entries, e)
}

// parseTree parses d's text as TOML. It returns nil if the text cannot be parsed to
// its end. Duplicates are reported and parsing continues. This tree is our own
// because a decoder into structs stops at the first value of a wrong type and loses
// the positions of the right ones.
func parseTree(d *document) *table {
	b := builder{d: d, root: &table{defined: true}}
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
		d.wrong(at, "not TOML: %s", err)
		return nil
	}
	return b.root
}

// checkTOML lets the library check rules of TOML that parseTree doesn't know, such
// as numbers out of range. It comes last because it stops at the first error.
func checkTOML(d *document) {
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
	d.wrong(at, "not TOML: %s", strings.TrimPrefix(err.Error(), "toml: "))
}

type builder struct {
	d       *document
	parser  unstable.Parser
	root    *table
	current *table
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
func (b *builder) header(n *unstable.Node, array bool) *table {
	path := keys(n)
	parent := b.descend(b.root, path[:len(path)-1])
	last := path[len(path)-1]
	e := parent.get(last.name)
	fresh := &table{at: last.at, defined: true}
	switch {
	case array && e == nil:
		parent.put(last, &value{at: last.at, kind: unstable.ArrayTable, items: []*value{tableValue(fresh)}})
	case array && e.value.kind == unstable.ArrayTable:
		e.value.items = append(e.value.items, tableValue(fresh))
	case !array && e == nil:
		parent.put(last, tableValue(fresh))
	case !array && e.value.table != nil && !e.value.table.defined:
		e.value.table.defined, e.value.table.at = true, last.at
		return e.value.table
	default:
		b.twice(last, e)
	}
	return fresh
}

func tableValue(t *table) *value {
	return &value{at: t.at, kind: unstable.InlineTable, table: t}
}

// keyValue processes a.b = value within t.
func (b *builder) keyValue(t *table, n *unstable.Node) {
	path := keys(n)
	last := path[len(path)-1]
	t = b.descend(t, path[:len(path)-1])
	if e := t.get(last.name); e != nil {
		b.twice(last, e)
		return
	}
	v := b.value(n.Value(), last.at)
	if v.kind == unstable.Array {
		// Between a key and its value are an equals sign and spaces.
		v.at = last.end + bytes.IndexByte(b.d.text[last.end:], '[')
	}
	t.put(last, v)
}

// descend follows the keys from t, creating missing tables. If a key has another
// kind of value, that is reported and a table outside the tree is returned.
func (b *builder) descend(t *table, path []key) *table {
	for _, k := range path {
		e := t.get(k.name)
		switch {
		case e == nil:
			next := &table{at: k.at}
			t.put(k, tableValue(next))
			t = next
		case e.value.table != nil:
			t = e.value.table
		case e.value.kind == unstable.ArrayTable:
			t = e.value.items[len(e.value.items)-1].table
		default:
			b.twice(k, e)
			return &table{at: k.at}
		}
	}
	return t
}

func (b *builder) twice(k key, first *entry) {
	b.d.wrong(k.at, "%s stands here a second time; it was given on line %d", quote(k.name), b.d.line(first.at))
}

// value copies a node. Arrays have no position of their own in the parser's tree:
// they get the position at, that of what contains them.
func (b *builder) value(n *unstable.Node, at int) *value {
	if n.Raw.Length > 0 {
		at = int(n.Raw.Offset)
	}
	v := &value{at: at, kind: n.Kind}
	switch n.Kind {
	case unstable.Array:
		for it := n.Children(); it.Next(); {
			v.items = append(v.items, b.value(it.Node(), at))
		}
	case unstable.InlineTable:
		v.table = &table{at: at, defined: true}
		for it := n.Children(); it.Next(); {
			b.keyValue(v.table, it.Node())
		}
	default:
		v.text = string(bytes.Clone(n.Data))
	}
	return v
}
