package markdown

import (
	"html"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
)

// part is a part of a page: its items stand between head and foot, and may be left out
// from the end. An empty part isn't written.
type part struct {
	name  prose.Value // by which it is known where it is left out
	head  string
	items []string
	foot  string
	more  string // what is not in the items on purpose, after them
}

func (p *page) add(x part) {
	if len(x.items) > 0 || x.more != "" {
		p.parts = append(p.parts, x)
	}
}

// reserve is room for what says that something was left out.
const reserve = 16 << 10

// whole returns the page with at most limit bytes.
func (p *page) whole(limit int) string {
	var b strings.Builder
	var out []prose.Value
	for _, x := range p.parts {
		if len(out) > 0 {
			out = prose.AppendNew(out, x.name)
			continue
		}
		n, ok := x.fits(limit - reserve - b.Len())
		if !ok {
			out = append(out, x.name)
			continue
		}
		b.WriteString(x.head)
		for _, item := range x.items[:n] {
			b.WriteString(item)
		}
		if left := len(x.items) - n; left > 0 {
			b.WriteString("\n" + p.text(say.MarkdownMore(prose.Count(left))) + "\n")
			out = append(out, say.MarkdownMoreOf(prose.Count(left), x.name))
		}
		b.WriteString(x.more + x.foot)
	}
	if len(out) > 0 {
		b.WriteString("\n" + Text(p.l.Sentence(say.MarkdownLeftOut(prose.Size(MaxSize), prose.All(out...)))) + "\n")
	}
	return b.String()
}

// fits returns how many of the items fit into so many bytes; false if the part doesn't
// fit at all.
func (x part) fits(room int) (int, bool) {
	room -= len(x.head) + len(x.foot) + len(x.more)
	for i, item := range x.items {
		if room -= len(item); room < 0 {
			return i, i > 0
		}
	}
	return len(x.items), room >= 0
}

// row returns a row of a table.
func row(cells ...string) string {
	return "| " + strings.Join(cells, " | ") + " |\n"
}

// columns returns the head of a table.
func (p *page) columns(heads ...prose.Value) string {
	var names, rule []string
	for _, h := range heads {
		names, rule = append(names, p.title(h)), append(rule, "---")
	}
	return row(names...) + row(rule...)
}

// folded returns a part that is folded up, below its name. What stands between these
// tags is HTML, until there is an empty line.
func (p *page) folded(name prose.Value) part {
	return part{
		name: name, head: "<details>\n<summary>" + html.EscapeString(oneLine(p.l.Title(name))) + "</summary>\n\n", foot: "\n</details>\n\n",
	}
}
