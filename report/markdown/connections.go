package markdown

import (
	"cmp"
	"slices"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// connections has a row for each connection. Of very many, those that are in order are
// only counted, and the worst come first.
func (p *page) connections() part {
	r := p.r
	out := part{name: say.MarkdownConnections(), head: p.head(say.MarkdownConnections())}
	if r.AllAlike != "" {
		out.more = Text(r.AllAlike) + "\n\n"
		return out
	}
	fine, size := 0, 0
	if len(r.Outcomes) <= report.MostRows {
		out.items, size = p.rows(r.Rows)
	}
	if len(r.Outcomes) > report.MostRows || size > MaxSize/2 {
		var rows []report.Row
		rows, fine = p.worst()
		out.items, _ = p.rows(rows)
	}
	if len(out.items)+fine == 0 {
		return out
	}
	if len(out.items) > 0 {
		out.head += p.columns(slices.Concat([]prose.Value{say.MarkdownConnection()}, report.Heads[:], []prose.Value{say.ColumnTime(), say.MarkdownRemarks()})...)
	}
	if fine > 0 {
		out.more = "\n" + Text(p.l.Sentence(say.MarkdownInOrder(prose.Count(fine)))) + "\n"
	}
	out.more += "\n" + p.legend() + "\n\n"
	return out
}

// rows returns rows as Markdown, and how long they are together.
func (p *page) rows(all []report.Row) (items []string, size int) {
	for _, x := range all {
		items = append(items, p.connection(x))
		size += len(items[len(items)-1])
	}
	return items, size
}

// rank orders verdicts, the worst first.
var rank = map[report.Verdict]int{report.DoesNotWork: 0, report.Unknown: 1, report.WorksWithWarnings: 2}

// worst returns the rows of connections that are not in order, the worst first, and the
// number of the others.
func (p *page) worst() (rows []report.Row, fine int) {
	verdict := make(map[string]report.Verdict)
	for _, o := range p.r.Outcomes {
		verdict[o.Check] = o.Verdict
		if o.Verdict == report.Works {
			fine++
		}
	}
	for _, x := range p.r.Rows {
		if v := verdict[x.Check]; v != report.Works && v != "" {
			rows = append(rows, x)
		}
	}
	slices.SortStableFunc(rows, func(a, b report.Row) int { return cmp.Compare(rank[verdict[a.Check]], rank[verdict[b.Check]]) })
	return rows, fine
}

func (p *page) connection(x report.Row) string {
	cells := []string{p.code(x.Protocol + " " + x.Address)}
	for _, c := range x.Cells {
		cells = append(cells, signs[c])
	}
	took := ""
	if x.Time > 0 {
		took = p.text(prose.Duration(x.Time))
	}
	var notes []string
	for _, n := range p.r.NotesOf(x) {
		notes = append(notes, Text(n))
	}
	if p.stood[x.Check] {
		notes = append(notes, Text(p.r.StoodText()))
	}
	return row(append(cells, took, strings.Join(notes, "<br>"))...)
}

// legend explains the signs.
func (p *page) legend() string {
	var all []string
	for _, m := range report.Legend {
		all = append(all, signs[m.Sign]+" "+p.text(m.Said))
	}
	return strings.Join(all, ", ")
}
