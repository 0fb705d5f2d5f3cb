package term

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/report"
)

const connectionsHead = "HOW FAR EACH CONNECTION GOT"

// Where the signs stand below the heads of their columns, counted from the
// first head; where the heads stand; and where the time ends.
var signAt = [len(report.Columns)]int{1, 6, 11, 16, 21, 26, 32, 37}

const (
	headsAt = 32 // at least
	timeEnd = 48 // from the first head
)

// connections draws a row for each endpoint.
func connections(p *page, r *report.Report) {
	if r.AllAlike != "" {
		p.head(connectionsHead)
		p.flow(line{{"  ", plain}}, 2, r.AllAlike, plain, p.prose())
		return
	}
	if len(r.Rows) == 0 {
		return
	}
	label := 0
	for _, row := range r.Rows {
		label = max(label, ansi.StringWidth(p.clean(rowLabel(row))))
	}
	at := max(headsAt, 2+label+1)
	if at+timeEnd <= p.width {
		wideRows(p, r, at)
	} else {
		narrowRows(p, r, label)
	}
	legend(p, r)
}

func rowLabel(r report.Row) string { return r.Protocol + " " + r.Address }

// wideRows draws rows below the heads of their columns.
func wideRows(p *page, r *report.Report, at int) {
	p.blank()
	heads := strings.Join(report.Columns[:], " ")
	heads = pad(heads, timeEnd-len("time")) + "time"
	p.add(span{pad(connectionsHead, at), title}, span{heads, faint})
	for _, row := range r.Rows {
		l := line{{pad("  "+p.clean(rowLabel(row)), at), plain}}
		used := 0
		for i, cell := range row.Cells {
			sign, st := p.sign(cell)
			l = append(l, span{strings.Repeat(" ", signAt[i]-used), plain}, span{sign, st})
			used = signAt[i] + ansi.StringWidth(sign)
		}
		took := rowTime(row)
		l = append(l, span{strings.Repeat(" ", max(1, timeEnd-used-len(took))), plain}, span{took, plain})
		p.lines = append(p.lines, l)
		rowNotes(p, row)
	}
}

// narrowRows draws rows without heads, so that a server name stays whole; and
// on two lines where even that doesn't fit.
func narrowRows(p *page, r *report.Report, label int) {
	p.head(connectionsHead)
	p.flow(line{{"  ", plain}}, 2, "signs: "+strings.Join(report.Columns[:], " "), faint, p.width)
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
			signs = append(signs, span{pad(sign, width), st})
		}
		took := rowTime(row)
		signs = append(signs, span{strings.Repeat(" ", max(1, 8-len(took))) + took, plain})
		name := p.clean(rowLabel(row))
		if 2+label+3+signs.width() <= p.width {
			p.lines = append(p.lines, append(line{{"  " + pad(name, label) + "   ", plain}}, signs...))
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
		st = plain // what went wrong is not to be passed over
	}
	for _, n := range row.Notes {
		p.flow(line{{"       ", plain}}, 7, n, st, p.prose())
	}
}

func rowTime(row report.Row) string {
	if row.Time == 0 {
		return ""
	}
	return report.Seconds(row.Time)
}

// sign draws the state of a cell.
func (p *page) sign(s report.Sign) (string, style) {
	m := marks[s]
	if p.ascii {
		return m.ascii, m.style
	}
	return m.sign, m.style
}

// legend explains the signs, once one of them is not self-explanatory.
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
	for _, m := range []struct {
		sign report.Sign
		word string
	}{
		{report.SignPass, "fine"},
		{report.SignWarn, "warning"},
		{report.SignFail, "failed"},
		{report.SignNotReached, "not reached or not tried"},
		{report.SignNotPart, "not part of it"},
	} {
		sign, _ := p.sign(m.sign)
		parts = append(parts, sign+" "+m.word)
	}
	for len(parts) > 0 {
		l := " "
		for len(parts) > 0 && ansi.StringWidth(l)+1+ansi.StringWidth(parts[0]) <= p.width {
			l, parts = l+" "+parts[0]+" ", parts[1:]
		}
		p.add(span{l, faint})
	}
}
