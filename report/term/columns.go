package term

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// Widths of the table of evidence.
const (
	minNames    = 26
	columnWidth = 25 // at most, gap included, unless a single word is longer
)

// evidence sets what was seen of the endpoints side by side, as many as fit.
func evidence(p *page, r *report.Report) {
	columns := r.Columns()
	if len(columns) == 0 {
		return
	}
	names := minNames
	for _, f := range columns[0].Facts {
		names = max(names, widest(factName(f))+1)
	}
	names = min(names, p.width/2)
	for rest := columns; len(rest) > 0; {
		n, used := 0, names
		var widths []int
		for _, e := range rest {
			w := min(evidenceWidth(p, e), p.width-names)
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

// evidenceWidth is how wide a column wants to be.
func evidenceWidth(p *page, e report.Column) int {
	longest, word := ansi.StringWidth(p.clean(e.Label)), 0
	for _, f := range e.Facts {
		value := p.clean(f.Value)
		longest = max(longest, ansi.StringWidth(value))
		for w := range strings.FieldsSeq(value) {
			word = max(word, ansi.StringWidth(w))
		}
	}
	return max(word+2, min(longest+2, columnWidth))
}

func evidenceBlock(p *page, columns []report.Column, names int, widths []int) {
	p.blank()
	head := p.text(say.HeadEvidence())
	l := line{{pad(head, names), title}}
	for i, e := range columns {
		l = append(l, span{pad(p.clean(e.Label), widths[i]), strong})
	}
	if l.width() > p.width {
		l = line{{head, title}, {"  " + p.clean(columns[0].Label), strong}}
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
				name = ansi.Truncate(factName(f), names, "")
			}
			l := line{{pad(name, names), plain}}
			for i, e := range columns {
				value, st := "", plain
				if n < len(values[i]) {
					value = values[i][n]
				}
				if e.Facts[k].Bad {
					st = fail
				}
				l = append(l, span{pad(value, widths[i]), st})
			}
			p.lines = append(p.lines, l)
		}
	}
	p.paintMuch()
}

// factName is the name of a fact, indented where it belongs to the one above.
func factName(f report.Fact) string {
	if f.Under {
		return "    " + f.Name
	}
	return "  " + f.Name
}
