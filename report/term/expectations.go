package term

import (
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// expectations writes what a smoke file expects and was not seen, and what could not be
// judged. Only as many as rows of connections, unless all were requested.
func expectations(p *page, r *report.Report, all bool) {
	most := report.MostRows
	if all {
		most = len(r.Expectations)
	}
	if n := r.Counted(report.ExpectationUnmet); n > 0 {
		p.head(say.HeadUnmet(prose.Count(n)))
		unmet(p, r, min(n, most))
		p.more(n - most)
	}
	if n := r.Counted(report.ExpectationNotJudged); n > 0 {
		p.head(say.HeadUnjudged(prose.Count(n)))
		groups := r.Unjudged()
		unjudged(p, groups[:min(len(groups), most)])
		p.more(len(groups) - most)
	}
}

// more says how many entries were left out, if any.
func (p *page) more(n int) {
	if n > 0 {
		p.flow(line{{"  ", plain}}, 2, p.text(say.ExpectationMore(prose.Count(n))), faint, p.column())
	}
}

// unmet writes the first unmet expectations.
func unmet(p *page, r *report.Report, most int) {
	id := 0
	for i := range r.Expectations {
		if e := &r.Expectations[i]; e.Outcome == report.ExpectationUnmet {
			id = max(id, p.widest(string(e.ID)))
		}
	}
	for i := range r.Expectations {
		e := &r.Expectations[i]
		if e.Outcome != report.ExpectationUnmet {
			continue
		}
		if most--; most < 0 {
			return
		}
		p.unmet(r, e, id)
	}
}

// unmet writes one expectation: what was seen and where on one line if there is room,
// and where it was asked for below.
func (p *page) unmet(r *report.Report, e *report.Expectation, id int) {
	seen, place, asked := r.SeenText(e), p.data(e.Place), r.AskedText(e)
	name := p.data(string(e.ID))
	if p.linear {
		parts := []string{name + ": " + seen, place}
		if asked != "" {
			parts = append(parts, asked)
		}
		p.flow(nil, 0, strings.Join(parts, "; "), plain, p.column())
		return
	}
	prefix := "  " + p.pad(name, id) + "   "
	hang := p.size(prefix)
	if one := p.clean(seen) + "   " + p.clean(place); hang+p.size(one) <= p.column() {
		p.add(span{prefix, strong}, span{one, plain})
	} else {
		p.flow(line{{prefix, strong}}, hang, seen, plain, p.column())
		p.flow(line{{strings.Repeat(" ", hang), plain}}, hang, place, plain, p.column())
	}
	if asked != "" {
		p.flow(line{{strings.Repeat(" ", hang), plain}}, hang, asked, faint, p.column())
	}
}

// unjudged writes why expectations could not be judged.
func unjudged(p *page, groups []report.Unjudged) {
	id := 0
	for _, g := range groups {
		id = max(id, p.widest(string(g.ID)))
	}
	for _, g := range groups {
		where := p.data(g.Places[0])
		if n := len(g.Places); n > 1 {
			where = p.text(say.ExpectationPlaces(prose.Count(n)))
		}
		name := p.data(string(g.ID))
		if p.linear {
			p.flow(nil, 0, name+": "+g.Why+"; "+where, plain, p.column())
			continue
		}
		prefix := "  " + p.pad(name, id) + "   "
		p.flow(line{{prefix, plain}}, p.size(prefix), g.Why+" ("+where+")", plain, p.column())
	}
}
