package term

import (
	"slices"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// The least position of the first column heading, and the gap before that of the
// time.
const (
	headsAt = 32
	timeGap = 4
)

// columns has the headings of the cells, and the position of each sign, counted from
// the first heading.
type columns struct {
	heads  string
	signAt [report.Columns]int
	time   string
	end    int // where the time ends
}

func (p *page) columns() columns {
	var c columns
	var heads []string
	at := 0
	for i, v := range report.Heads {
		h := p.text(v)
		width := p.widest(h)
		heads = append(heads, h)
		c.signAt[i] = at + (width-1)/2
		at += width + 1
	}
	c.heads, c.time = strings.Join(heads, " "), p.text(say.ColumnTime())
	c.end = p.widest(c.heads) + timeGap + p.widest(c.time)
	return c
}

// connections writes a row for each endpoint; if there are very many, only on
// request.
func connections(p *page, r *report.Report, all bool) {
	if r.AllAlike != "" {
		p.head(say.HeadConnections())
		p.flow(line{{"  ", plain}}, 2, r.AllAlike, plain, p.column())
		return
	}
	if len(r.Rows) == 0 {
		return
	}
	if len(r.Outcomes) > report.MostRows && !all {
		folded(p, r)
		return
	}
	if p.linear {
		spokenRows(p, r)
		return
	}
	label := 0
	for _, row := range r.Rows {
		label = max(label, p.widest(p.clean(p.rowLabel(row))))
	}
	at, c := max(headsAt, 2+label+1, p.widest(p.text(say.HeadConnections()))+1), p.columns()
	if at+c.end <= p.width {
		wideRows(p, r, at, c)
	} else {
		narrowRows(p, r, label)
	}
	legend(p, r)
}

func (p *page) rowLabel(r report.Row) string { return p.data(r.Protocol + " " + r.Address) }

// wideRows writes rows below the headings of their columns.
func wideRows(p *page, r *report.Report, at int, c columns) {
	p.blank()
	heads := p.pad(c.heads, c.end-p.widest(c.time)) + c.time
	p.add(span{p.pad(p.text(say.HeadConnections()), at), title}, span{heads, faint})
	for _, row := range r.Rows {
		l := line{{p.pad("  "+p.clean(p.rowLabel(row)), at), plain}}
		used := 0
		for i, cell := range row.Cells {
			sign, st := p.sign(cell)
			l = append(l, span{strings.Repeat(" ", max(0, c.signAt[i]-used)), plain}, span{sign, st})
			used = c.signAt[i] + p.size(sign)
		}
		took := p.rowTime(row)
		l = append(l, span{strings.Repeat(" ", max(1, c.end-used-p.widest(took))), plain}, span{took, plain})
		p.lines = append(p.lines, l)
		rowNotes(p, row)
	}
}

// narrowRows writes rows without headings, so that a server name stays whole. If
// even that doesn't fit, a row has two lines.
func narrowRows(p *page, r *report.Report, label int) {
	p.head(say.HeadConnections())
	p.flow(line{{"  ", plain}}, 2, p.text(say.Signs())+" "+p.columns().heads, faint, p.width)
	for _, row := range r.Rows {
		var signs line
		for i, cell := range row.Cells {
			if i > 0 {
				signs = append(signs, span{" ", plain})
			}
			sign, st := p.sign(cell)
			width := 1
			if p.ascii {
				width = 2
			}
			signs = append(signs, span{p.pad(sign, width), st})
		}
		took := p.rowTime(row)
		signs = append(signs, span{strings.Repeat(" ", max(1, 8-p.widest(took))) + took, plain})
		name := p.clean(p.rowLabel(row))
		if 2+label+3+p.lineWidth(signs) <= p.width {
			p.lines = append(p.lines, append(line{{"  " + p.pad(name, label) + "   ", plain}}, signs...))
		} else {
			p.flow(line{{"  ", plain}}, 7, name, plain, p.width)
			p.lines = append(p.lines, append(line{{"       ", plain}}, signs...))
		}
		rowNotes(p, row)
	}
}

func rowNotes(p *page, row report.Row) {
	st := faint
	if slices.Contains(row.Cells[:], report.SignFail) || slices.Contains(row.Cells[:], report.SignWarn) {
		st = plain // what went wrong must not be overlooked
	}
	for _, n := range row.Notes {
		p.flow(line{{"       ", plain}}, 7, p.text(n), st, p.column())
	}
	p.paintMuch()
}

func (p *page) rowTime(row report.Row) string {
	if row.Time == 0 {
		return ""
	}
	return p.text(prose.Duration(row.Time))
}

// sign returns the sign of a cell and its style.
func (p *page) sign(s report.Sign) (string, style) {
	return p.mark(marks[s])
}

// mark returns a mark's sign and style. If the console's width for the sign is
// unknown, another sign replaces it.
func (p *page) mark(m mark) (string, style) {
	switch {
	case p.ascii:
		return m.ascii, m.style
	case p.size(m.sign) > 1:
		return narrow[m.sign], m.style
	}
	return m.sign, m.style
}

// legend explains the signs, if one of them is not self-explanatory.
func legend(p *page, r *report.Report) {
	needed := false
	for _, row := range r.Rows {
		for _, c := range row.Cells {
			needed = needed || c != report.SignPass && c != report.SignNotPart
		}
	}
	if !needed {
		return
	}
	var parts []string
	for _, m := range report.Legend {
		sign, _ := p.sign(m.Sign)
		parts = append(parts, sign+" "+p.text(m.Said))
	}
	for len(parts) > 0 {
		l := " "
		for len(parts) > 0 && p.size(l)+1+p.size(parts[0]) <= p.width {
			l, parts = l+" "+parts[0]+" ", parts[1:]
		}
		p.add(span{l, faint})
	}
}
