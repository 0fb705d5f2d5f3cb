package term

import (
	"slices"
	"strings"

	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// Widths of the table of evidence.
const (
	minNames    = 26
	columnWidth = 25 // at most, gap included, unless a single word is longer
)

// evidence shows what was seen of the endpoints side by side, as many as fit.
func evidence(p *page, r *report.Report) {
	columns := r.Columns()
	if len(columns) == 0 {
		return
	}
	if p.linear {
		spokenColumns(p, columns)
		return
	}
	names := minNames
	for _, f := range columns[0].Facts {
		names = max(names, p.widest(factName(f))+1)
	}
	for _, c := range columns {
		if names+evidenceWidth(p, c) > p.width {
			listedColumns(p, columns)
			return
		}
	}
	for rest := columns; len(rest) > 0; {
		n, used := 0, names
		var widths []int
		for _, e := range rest {
			w := evidenceWidth(p, e)
			if n > 0 && used+w > p.width {
				break
			}
			widths = append(widths, w)
			used += w
			n++
		}
		evidenceBlock(p, rest[:n], names, widths)
		rest = rest[n:]
	}
}

// evidenceWidth returns the preferred width of a column.
func evidenceWidth(p *page, e report.Column) int {
	longest := p.size(p.clean(e.Label))
	word := longest // a label is not wrapped
	for _, f := range e.Facts {
		value := p.clean(f.Value)
		longest = max(longest, p.size(value))
		for w := range strings.FieldsSeq(value) {
			word = max(word, p.size(w))
		}
	}
	return max(word+2, min(longest+2, columnWidth))
}

// listedColumns lists the facts of each endpoint below its name, if a table would be
// too wide.
func listedColumns(p *page, columns []report.Column) {
	p.head(say.HeadEvidence())
	for _, c := range columns {
		p.flow(line{{"  ", plain}}, 2, c.Label, strong, p.width)
		for _, f := range c.Facts {
			st := plain
			if f.Bad {
				st = fail
			}
			if f.Value != "" {
				p.flow(line{{"    " + f.Name + ": ", plain}}, 6, f.Value, st, p.width)
			}
		}
		p.paintMuch()
	}
}

func evidenceBlock(p *page, columns []report.Column, names int, widths []int) {
	p.blank()
	head := p.text(say.HeadEvidence())
	l := line{{p.pad(head, names), title}}
	for i, e := range columns {
		l = append(l, span{p.pad(p.clean(e.Label), widths[i]), strong})
	}
	p.lines = append(p.lines, l)
	for k, f := range columns[0].Facts {
		values := make([][]string, len(columns))
		height := 1
		for i, e := range columns {
			values[i] = p.wrap(e.Facts[k].Value, widths[i]-1)
			height = max(height, len(values[i]))
		}
		if slices.IndexFunc(columns, func(e report.Column) bool { return e.Facts[k].Value != "" }) < 0 {
			continue
		}
		for n := range height {
			name := ""
			if n == 0 {
				name = factName(f)
			}
			l := line{{p.pad(name, names), plain}}
			for i, e := range columns {
				value, st := "", plain
				if n < len(values[i]) {
					value = values[i][n]
				}
				if e.Facts[k].Bad {
					st = fail
				}
				l = append(l, span{p.pad(value, widths[i]), st})
			}
			p.lines = append(p.lines, l)
		}
	}
	p.paintMuch()
}

// factName returns the name of a fact, indented if it belongs to the one above.
func factName(f report.Fact) string {
	if f.Under {
		return "    " + f.Name
	}
	return "  " + f.Name
}
