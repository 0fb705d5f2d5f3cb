package term

import "maildoctor/report"

// otherPrograms says which other programs would connect, one kind after the other.
func otherPrograms(p *page, r *report.Report) {
	if r.Programs == nil {
		return
	}
	p.blank()
	for _, l := range p.wrap(r.Programs.Title, p.width) {
		p.add(span{l, title})
	}
	for _, row := range r.Programs.Rows {
		if len(row.Lines) == 1 {
			p.flow(p.signed(row.Lines[0].Sign), 5, row.Who, strong, p.column())
			p.flow(line{{"     ", plain}}, 5, row.Lines[0].Text, plain, p.column())
			continue
		}
		p.flow(line{{"     ", plain}}, 5, row.Who, strong, p.column())
		for _, l := range row.Lines {
			p.flow(p.signed(l.Sign), 5, l.Text, plain, p.column())
		}
	}
	p.blank()
	p.flow(line{{"  ", plain}}, 2, r.Programs.Note, faint, p.column())
	p.paintMuch()
}

// signed returns the sign of a line, or for speech output its meaning.
func (p *page) signed(s report.Sign) line {
	sign, st := p.sign(s)
	if p.linear {
		return line{{p.text(meaning(s)) + ":", st}}
	}
	return line{{"  ", plain}, {p.pad(sign, 3), st}}
}
